// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/error.h"

const struct command command_table[] = {
	{ .name = "summary", .run = summary_run, .repeats = true,
	  .help = "module, dtcpd, counters (the default)" },
	{ .name = "filter", .sub = filter_commands },
	{ .name = "destination", .sub = destination_commands },
	{ .name = "group", .sub = group_commands },
	{ .name = "statistics", .run = statistics_run, .repeats = true,
	  .help = "counters of this network namespace" },
	{ .name = "control-source", .run = control_source_run,
	  .args = "[SOURCE]...", .sources = true,
	  .help = "control sources, from dtcpd" },
	{ .name = "audit", .sub = audit_commands },
	{ .name = "clear", .sub = clear_commands },
	{ .name = "monitor", .run = monitor_run,
	  .help = "events of kernel and dtcpd, as they happen" },
	{ .name = "help", .args = "[COMMAND]", .run = help_run,
	  .help = "this text, or more about a command" },
	{ .name = "complete", .args = "[WORD]...", .run = complete_run,
	  .help = "what the last word can be, for shells", .hidden = true },
	{ 0 }
};

const struct command *command_find(const struct command *table,
				   const char *word)
{
	const struct command *c, *found = NULL;
	size_t len = strlen(word);

	errno = ENOENT;
	for (c = table; c->name; c++) {
		if (!strcmp(c->name, word))
			return c;
		if (!len || c->hidden || strncmp(c->name, word, len))
			continue;
		if (found)
			errno = EBUSY;
		found = c;
	}
	return errno == EBUSY ? NULL : found;
}

static int say_not_found(const struct command *table, const char *word)
{
	bool ambiguous = errno == EBUSY;
	const struct command *c;
	char list[256] = "";
	size_t len = 0;

	for (c = table; c->name; c++) {
		if (c->hidden || len >= sizeof(list) ||
		    (ambiguous && strncmp(c->name, word, strlen(word))))
			continue;
		len += snprintf(list + len, sizeof(list) - len, "%s%s",
				len ? ", " : "", c->name);
	}
	return error_say(ERROR_USAGE, ambiguous ?
			 "'%s' may stand for %s" :
			 "unknown command '%s', expected one of %s",
			 word, list);
}

int command_run(struct ctl *ctl, const struct command *table, int argc,
		char **argv)
{
	const struct command *c = table;

	if (argc) {
		c = command_find(table, argv[0]);
		if (!c)
			return say_not_found(table, argv[0]);
		argc--;
		argv++;
	}
	if (c->sub && argc && !strcmp(argv[0], "help"))
		return help_run(ctl, 1, argv - 1);
	if (c->sub)
		return command_run(ctl, c->sub, argc, argv);
	if (ctl->interval && !c->repeats)
		return error_say(ERROR_USAGE, "-i goes with summary, "
				 "statistics, and 'show' of filter, "
				 "destination and group");
	return c->run(ctl, argc, argv);
}

int command_no_words(int argc, char **argv)
{
	if (!argc)
		return 0;
	return error_say(ERROR_USAGE, "unexpected word '%s'", argv[0]);
}
