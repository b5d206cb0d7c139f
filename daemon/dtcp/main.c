// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "dtcp/command.h"

static const struct command *const commands[] = {
	&command_add, &command_delete, &command_refresh, &command_list,
	&command_noop, &command_raw, &command_digest,
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void show_usage(FILE *out)
{
	size_t i;

	fputs("Usage: dtcp [OPTION]... [USER@]ROUTER COMMAND [ARGUMENT]...\n"
	      "A control source for DTCP over SSH.\n"
	      "  -p, --port PORT         TCP port (32001)\n"
	      "  -l, --login USER        control source\n"
	      "  -i, --identity FILE     private key to log in with\n"
	      "  -k, --key FILE          shared key ('" SECRET_DEFAULT_KEY
	      "')\n"
	      "      --known-hosts FILE  known host keys "
	      "(~/.ssh/known_hosts)\n"
	      "      --accept-new        take the key of an unknown router\n"
	      "  -j, --json              print JSON\n"
	      "  -t, --timeout SECONDS   how long to wait for the router "
	      "(10)\n"
	      "A password is taken from DTCP_PASSWORD or asked for.\n"
	      "Commands:\n", out);
	for (i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %s %s\n", commands[i]->name,
			commands[i]->usage);
}

static const struct command *find(const char *name)
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
	const struct command *c = find(**argv);

	if (!c || !c->local) {
		if (dtcp_options_router(o, **argv, t))
			return NULL;
		(*argc)--;
		(*argv)++;
		c = *argc ? find(**argv) : NULL;
	}
	if (!c || (c->local && *o->router)) {
		trouble_set(t, "%s%s%s; 'dtcp --help' lists the commands",
			    *argc ? "unknown command '" : "no command",
			    *argc ? **argv : "", *argc ? "'" : "");
		return NULL;
	}
	(*argc)--;
	(*argv)++;
	return c;
}

static int run(struct options *o, int argc, char **argv)
{
	const struct command *c;
	struct trouble t = { "" };
	int words;

	words = dtcp_options_parse(o, argc, argv, &t);
	if (words < 0)
		return trouble_say(&t);
	if (o->help || words == argc) {
		show_usage(o->help ? stdout : stderr);
		return o->help ? 0 : TROUBLE_FAILED;
	}
	argc -= words;
	argv += words;
	c = choose(o, &argc, &argv, &t);
	return c ? c->run(o, argc, argv) : trouble_say(&t);
}

int main(int argc, char **argv)
{
	struct options o;
	int status = run(&o, argc, argv);

	explicit_bzero(&o.secret, sizeof(o.secret));
	if (fflush(stdout) || ferror(stdout)) {
		fputs("dtcp: standard output cannot be written\n", stderr);
		return TROUBLE_FAILED;
	}
	return status;
}
