// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/client.h"
#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "criteria", COMPOSE_TEXT, "Criteria-ID" },
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "timeout-total", COMPOSE_TEXT, "Timeout-Total" },
	{ "timeout-idle", COMPOSE_TEXT, "Timeout-Idle" },
	{ "timeout-packets", COMPOSE_TEXT, "Timeout-Packets" },
	{ "timeout-bytes", COMPOSE_TEXT, "Timeout-Bytes" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int check(const struct compose_values *v, struct trouble *t)
{
	if (compose_has(v, args, "criteria") == compose_has(v, args, "cdest"))
		return trouble_set(t, "refresh: expected either --criteria IDS "
				   "or --cdest NAME");
	if (!compose_has(v, args, "timeout-total") &&
	    !compose_has(v, args, "timeout-idle") &&
	    !compose_has(v, args, "timeout-packets") &&
	    !compose_has(v, args, "timeout-bytes"))
		return trouble_set(t, "refresh: expected --timeout-total, "
				   "--timeout-idle, --timeout-packets or "
				   "--timeout-bytes");
	return 0;
}

static int run(struct options *o, int argc, char **argv)
{
	struct compose_values v;
	struct trouble t = { "" };

	if (compose_parse(&v, args, argc, argv, &t) || check(&v, &t))
		return trouble_say(&t);
	return client_request(o, "REFRESH", args, &v);
}

const struct command command_refresh = {
	.name = "refresh",
	.usage = "--criteria IDS | --cdest NAME [--timeout-total SECONDS]\n"
		 "      [--timeout-idle SECONDS] [--timeout-packets N] "
		 "[--timeout-bytes N]\n"
		 "      [--header 'NAME: VALUE']...",
	.run = run,
};
