// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/client.h"
#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "send-async", COMPOSE_FLAG, "SendAsync" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int run(struct options *o, int argc, char **argv)
{
	struct compose_values v;
	struct trouble t = { "" };

	if (compose_parse(&v, args, argc, argv, &t))
		return trouble_say(&t);
	return client_request(o, "NOOP", args, &v);
}

const struct command command_noop = {
	.name = "noop",
	.usage = "[--send-async] [--header 'NAME: VALUE']...",
	.run = run,
};
