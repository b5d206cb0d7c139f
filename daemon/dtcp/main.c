// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "dtcp/usage.h"

static int run(struct options *o, int argc, char **argv)
{
	struct trouble t = { "" };
	int words;

	words = dtcp_options_parse(o, argc, argv, &t);
	if (words < 0)
		return trouble_say(&t);
	if (o->show_version) {
		puts("dtcp " DFC_VERSION);
		return 0;
	}
	if (o->help || words == argc) {
		usage_show(o->help ? stdout : stderr);
		return o->help ? 0 : TROUBLE_FAILED;
	}
	return dtcp_command_run(o, argc - words, argv + words);
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
