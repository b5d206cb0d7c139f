// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <net/if.h>
#include <string.h>

#include "dfcctl/complete.h"
#include "dfcctl/kind.h"
#include "dfcctl/dtcpd.h"

static void offer(FILE *out, const char *candidate, const char *typed)
{
	if (!strncmp(candidate, typed, strlen(typed)))
		fprintf(out, "%s\n", candidate);
}

static void offer_commands(FILE *out, const struct command *table,
			   const char *typed)
{
	const struct command *c;

	for (c = table; c->name; c++)
		if (!c->hidden)
			offer(out, c->name, typed);
}

static void offer_ids(FILE *out, struct ctl *ctl, const struct object *o,
		      const char *typed)
{
	json_t *rows = NULL, *row;
	char id[24];
	size_t i;

	/* A shell that completes is no place for errors. */
	if (!ctl->genl)
		ctl->genl = genl_open();
	if (!ctl->genl)
		return;
	if (!object_dump(ctl, o, &rows))
		json_array_foreach(rows, i, row) {
			snprintf(id, sizeof(id), "%" JSON_INTEGER_FORMAT,
				 json_integer_value(json_object_get(row,
								    "id")));
			offer(out, id, typed);
		}
	json_decref(rows);
}

static void offer_sources(FILE *out, struct ctl *ctl, const char *typed)
{
	json_t *answer = dtcpd_ask(ctl->control, "source-names"), *name;
	size_t i;

	json_array_foreach(json_object_get(answer, "source-names"), i, name)
		if (json_is_string(name))
			offer(out, json_string_value(name), typed);
	json_decref(answer);
}

static void offer_devices(FILE *out, const char *typed)
{
	struct if_nameindex *all = if_nameindex(), *i;

	for (i = all; i && i->if_name; i++)
		offer(out, i->if_name, typed);
	if (all)
		if_freenameindex(all);
}

static void offer_values(FILE *out, struct ctl *ctl, const struct field *f,
			 const char *typed)
{
	const char *const *word;

	if (f->flags & FIELD_DEST)
		offer_ids(out, ctl, &object_destination, typed);
	else if (f->flags & FIELD_GROUP)
		offer_ids(out, ctl, &object_group, typed);
	else if (f->kind == &kind_device)
		offer_devices(out, typed);
	else if (f->kind && f->kind->words)
		for (word = f->kind->words; *word; word++)
			offer(out, *word, typed);
}

static void offer_words(FILE *out, struct ctl *ctl, const struct command *c,
			int argc, char **argv)
{
	const char *typed = argv[argc - 1];
	const struct field *f;

	for (f = c->fields; !field_end(f); f++) {
		if (!(f->flags & c->where))
			continue;
		if (argc % 2)
			offer(out, field_word(f), typed);
		else if (!strcmp(field_word(f), argv[argc - 2]))
			offer_values(out, ctl, f, typed);
	}
}

void complete_print(FILE *out, struct ctl *ctl, int argc, char **argv)
{
	const struct command *table = command_table, *c = NULL;

	for (; argc > 1 && table; argc--, argv++) {
		c = command_find(table, argv[0]);
		if (!c)
			return;
		table = c->sub;
	}
	if (table)
		offer_commands(out, table, argv[0]);
	else if (c->ids)
		offer_ids(out, ctl, c->ids, argv[argc - 1]);
	else if (c->sources)
		offer_sources(out, ctl, argv[0]);
	else if (c->fields)
		offer_words(out, ctl, c, argc, argv);
	else if (c->run == help_run && argc == 1)
		offer_commands(out, command_table, argv[0]);
}

int complete_run(struct ctl *ctl, int argc, char **argv)
{
	char *nothing[] = { "" };

	if (argc)
		complete_print(stdout, ctl, argc, argv);
	else
		complete_print(stdout, ctl, 1, nothing);
	return 0;
}
