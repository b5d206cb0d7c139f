// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcp/client.h"
#include "dtcp/usage.h"

static const struct command *const commands[] = {
	&command_add, &command_delete, &command_refresh, &command_list,
	&command_noop, &command_listen, &command_raw, &command_digest,
	&command_help,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

void dtcp_command_usage(FILE *out)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %s %s\n", commands[i]->name,
			commands[i]->usage);
}

const struct command *dtcp_command_find(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

/* Finds the command and leaves its arguments in @argc and @argv. */
static const struct command *choose(struct options *o, int *argc, char ***argv,
				    struct trouble *t)
{
	const struct command *c = dtcp_command_find(**argv);

	if (!c || c->place == COMMAND_REMOTE) {
		if (dtcp_options_router(o, **argv, t))
			return NULL;
		(*argc)--;
		(*argv)++;
		c = *argc ? dtcp_command_find(**argv) : NULL;
	}
	if (c && c->place == COMMAND_LOCAL && *o->router) {
		trouble_set(t, "%s takes no router; expected 'dtcp %s %s'",
			    c->name, c->name, c->usage);
		return NULL;
	}
	if (!c) {
		trouble_set(t, "%s%s%s; 'dtcp --help' lists the commands",
			    *argc ? "unknown command '" : "no command",
			    *argc ? **argv : "", *argc ? "'" : "");
		return NULL;
	}
	(*argc)--;
	(*argv)++;
	return c;
}

static int request(struct options *o, const struct compose_form *form,
		   int argc, char **argv)
{
	struct compose_values v;
	struct trouble t = { "" };

	if (compose_parse(&v, form, argc, argv, &t))
		return trouble_say(&t);
	return client_request(o, &v);
}

int dtcp_command_run(struct options *o, int argc, char **argv)
{
	const struct command *c;
	struct trouble t = { "" };

	if (usage_wanted(argc, argv))
		return 0;
	c = choose(o, &argc, &argv, &t);
	if (!c)
		return trouble_say(&t);
	return c->form ? request(o, c->form, argc, argv) :
			 c->run(o, argc, argv);
}
