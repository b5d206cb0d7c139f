// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/usage.h"

static int run(struct options *o, int argc, char **argv)
{
	const struct command *c = argc ? dtcp_command_find(*argv) : NULL;
	struct trouble t = { "" };

	if (!argc) {
		usage_show(stdout);
		return 0;
	}
	if (!c || argc > 1) {
		trouble_set(&t, "help: '%s'; expected one command, 'dtcp help' "
			    "lists them", argv[argc - 1]);
		return trouble_say(&t);
	}
	usage_command(stdout, c);
	return 0;
}

const struct command command_help = {
	.name = "help",
	.usage = "[COMMAND]",
	.place = COMMAND_EITHER,
	.run = run,
};
