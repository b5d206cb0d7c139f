// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp/body.h"
#include "dtcp/command.h"

static int print_digest(const struct options *o, const struct body *b,
			struct trouble *t)
{
	char hex[2 * DTCP_DIGEST_LEN + 1];

	if (body_digest(b, &o->secret, hex, t))
		return -1;
	puts(hex);
	return 0;
}

static int parse(struct options *o, int argc, char **argv, struct trouble *t)
{
	if (!argc)
		return 0;
	if (argc == 2 && (!strcmp(argv[0], "-k") || !strcmp(argv[0], "--key")))
		return secret_read(&o->secret, argv[1], t);
	return trouble_set(t, "digest: expected nothing or -k FILE, and a "
			   "message on standard input");
}

static int run(struct options *o, int argc, char **argv)
{
	struct dtcp_text file;
	struct trouble t = { "" };
	struct body b;
	int err;

	if (parse(o, argc, argv, &t) || body_read("-", &file, &t))
		return trouble_say(&t);
	err = body_find(&b, file, &t) || print_digest(o, &b, &t);
	free((void *)file.at);
	return err ? trouble_say(&t) : 0;
}

const struct command command_digest = {
	.name = "digest",
	.usage = "[-k FILE] < MESSAGE",
	.local = true,
	.run = run,
};
