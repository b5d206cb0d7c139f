// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"
#include "dfcctl/interval.h"

static bool is_screen(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb");
}

static bool want_colour(void)
{
	const char *none = getenv("NO_COLOR");

	return is_screen() && !(none && *none);
}

static const struct option long_options[] = {
	{ "interval", required_argument, NULL, 'i' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 }
};

/* Returns 0 or -1 when there is something else to be said. */
static int read_options(struct ctl *ctl, int argc, char **argv)
{
	int option;

	/* What completion asks about may look like an option. */
	if (argc > 1 && !strcmp(argv[1], "complete"))
		return 0;
	while ((option = getopt_long(argc, argv, "hi:jpS:V", long_options,
				     NULL)) != -1)
		switch (option) {
		case 'i':
			if (!interval_parse(optarg, &ctl->interval))
				break;
			error_say(0, "-i '%s': expected seconds, 0.1..3600",
				  optarg);
			return -1;
		case 'j':
			ctl->json = true;
			break;
		case 'p':
			ctl->json = ctl->pretty = true;
			break;
		case 'S':
			ctl->control = optarg;
			break;
		case 'h':
			exit(help_run(ctl, 0, NULL));
		case 'V':
			puts("dfcctl " DFC_VERSION);
			exit(0);
		default:
			fputs("Usage: dfcctl [-j] [-p] [-i SECONDS] "
			      "[-S SOCKET] [COMMAND]; see dfcctl help\n",
			      stderr);
			return -1;
		}
	return 0;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { .control = DTCPD_CONTROL_SOCKET };
	int status;

	if (read_options(&ctl, argc, argv))
		return ERROR_USAGE;
	ctl.colour = !ctl.json && want_colour();
	ctl.screen = !ctl.json && is_screen();
	status = command_run(&ctl, command_table, argc - optind,
			     argv + optind);
	ctl_close(&ctl);
	if (fflush(stdout) || ferror(stdout))
		return error_say(ERROR_USAGE, "cannot write: %s",
				 strerror(errno));
	return status;
}
