// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/client.h"
#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "criteria", COMPOSE_TEXT, "Criteria-ID" },
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "stats", COMPOSE_FLAG, "Stats" },
	{ "criteria-only", COMPOSE_FLAG, "Criteria" },
	{ "both", COMPOSE_FLAG, "Both" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int check(const struct compose_values *v, struct trouble *t)
{
	if (compose_has(v, args, "criteria") && compose_has(v, args, "cdest"))
		return trouble_set(t, "list: expected only one of --criteria "
				   "and --cdest");
	if (compose_has(v, args, "stats") +
	    compose_has(v, args, "criteria-only") +
	    compose_has(v, args, "both") > 1)
		return trouble_set(t, "list: expected only one of --stats, "
				   "--criteria-only and --both");
	return 0;
}

static int run(struct options *o, int argc, char **argv)
{
	struct compose_values v;
	struct trouble t = { "" };

	if (compose_parse(&v, args, argc, argv, &t) || check(&v, &t))
		return trouble_say(&t);
	return client_request(o, "LIST", args, &v);
}

const struct command command_list = {
	.name = "list",
	.usage = "[--criteria IDS | --cdest NAME] "
		 "[--stats | --criteria-only | --both]\n"
		 "      [--header 'NAME: VALUE']...",
	.run = run,
};
