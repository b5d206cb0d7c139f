// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "dtcp/body.h"
#include "dtcp/command.h"

static int print_digest(const struct options *o, const struct body *b,
			struct trouble *t)
{
	char hex[2 * DTCP_DIGEST_LEN + 1];

	if (body_digest(b, &o->secret, hex, t))
		return -1;
	if (o->json)
		printf("{\"digest\": \"%s\"}\n", hex);
	else
		puts(hex);
	return 0;
}

static const struct option names[] = {
	{ "key-file", required_argument, NULL, 'k' },
	{ "key", required_argument, NULL, 'K' },
	{ NULL, 0, NULL, 0 }
};

/* The key may stand behind the command, for there is no router. */
static int parse(struct options *o, int argc, char **argv, struct trouble *t)
{
	int c, err = 0;

	opterr = 0;
	optind = 0;
	while (!err &&
	       (c = getopt_long(argc, argv, "+:k:", names, NULL)) != -1) {
		if (c == 'k')
			err = secret_read(&o->secret, optarg, t);
		else if (c == 'K')
			err = dtcp_options_take_key(o, optarg, t);
		else
			argc = -1;
	}
	if (!err && optind != argc)
		return trouble_set(t, "digest: expected nothing, -k FILE or "
				   "--key KEY, and a message on standard "
				   "input");
	return err ? err : dtcp_options_key(o, t);
}

static int run(struct options *o, int argc, char **argv)
{
	struct dtcp_text file;
	struct trouble t = { "" };
	struct body b;
	int err;

	/* getopt() wants a name before its options: that of the command. */
	if (parse(o, argc + 1, argv - 1, &t) || body_read("-", &file, &t))
		return trouble_say(&t);
	err = body_find(&b, file, &t) || print_digest(o, &b, &t);
	free((void *)file.at);
	return err ? trouble_say(&t) : 0;
}

const struct command command_digest = {
	.name = "digest",
	.usage = "[-k FILE | --key KEY] < MESSAGE",
	.place = COMMAND_LOCAL,
	.run = run,
};
