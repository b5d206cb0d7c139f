// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"

static void print_words(const struct command *c)
{
	const struct field *f;
	const char *expected;

	for (f = c->fields; f && !field_end(f); f++) {
		if (!(f->flags & c->where))
			continue;
		expected = f->kind ? f->kind->expected : "an id";
		printf("      %-16s  %s%s\n", field_word(f), expected,
		       f->flags & FIELD_NEEDED ? ", needed" :
		       f->flags & FIELD_LIST ? ", ..." : "");
	}
}

static void print_table(const struct command *table, const char *prefix,
			bool words)
{
	const struct command *c;
	char left[64];

	for (c = table; c->name; c++) {
		if (c->hidden)
			continue;
		if (c->sub) {
			print_table(c->sub, c->name, words);
			continue;
		}
		snprintf(left, sizeof(left), "%s%s%s%s%s", prefix,
			 *prefix ? " " : "", c->name, c->args ? " " : "",
			 c->args ? c->args : "");
		printf("  %-30s  %s\n", left, c->help);
		if (words)
			print_words(c);
	}
}

static int print_all(void)
{
	puts("Usage: dfcctl [-j] [-p] [-i SECONDS] [-S SOCKET] [COMMAND]\n"
	     "Shows and changes what the kernel module dfc copies.\n");
	print_table(command_table, "", false);
	puts("\n"
	     "  -j         JSON\n"
	     "  -p         JSON for people: several lines, indented\n"
	     "  -i SECONDS show it again and again, with rates\n"
	     "  -S SOCKET  control socket of dtcpd, by default\n"
	     "             " DTCPD_CONTROL_SOCKET "\n"
	     "  -V         version\n"
	     "  -h         this text\n\n"
	     "Commands may be abbreviated. `dfcctl help filter` tells all "
	     "words of a filter.");
	return 0;
}

int help_run(struct ctl *ctl, int argc, char **argv)
{
	const struct command *c;

	if (!argc)
		return print_all();
	c = command_find(command_table, argv[0]);
	if (!c)
		return error_say(ERROR_USAGE, errno == EBUSY ?
				 "'%s' is ambiguous" :
				 "unknown command '%s'", argv[0]);
	if (c->sub)
		print_table(c->sub, c->name, true);
	else
		printf("  %-30s  %s\n", c->name, c->help);
	return 0;
}
