// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>

#include "dtcp/body.h"
#include "dtcp/client.h"
#include "dtcp/command.h"

static int check(const struct options *o, int words, struct trouble *t)
{
	if (o->has_seq || o->sequence_file)
		return trouble_set(t, "%s: raw sends the number that is in "
				   "FILE; expected it without",
				   o->has_seq ? "--seq" : "--sequence-file");
	if (words != 1)
		return trouble_set(t, "raw: expected one FILE, '-' for "
				   "standard input");
	return 0;
}

static int run(struct options *o, int argc, char **argv)
{
	struct dtcp_text file;
	struct trouble t = { "" };
	struct body b;
	int status;

	if (check(o, argc, &t))
		return trouble_say(&t);
	if (body_read(argv[0], &file, &t))
		return trouble_say(&t);
	status = body_find(&b, file, &t) ? trouble_say(&t) : client_raw(o, &b);
	free((void *)file.at);
	return status;
}

const struct command command_raw = {
	.name = "raw",
	.usage = "FILE",
	.run = run,
};
