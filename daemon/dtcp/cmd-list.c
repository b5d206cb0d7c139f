// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

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
	if (compose_has(v, "criteria") && compose_has(v, "cdest"))
		return trouble_set(t, "list: expected only one of --criteria "
				   "and --cdest");
	if (compose_has(v, "stats") +
	    compose_has(v, "criteria-only") +
	    compose_has(v, "both") > 1)
		return trouble_set(t, "list: expected only one of --stats, "
				   "--criteria-only and --both");
	return 0;
}

static const struct compose_form form = { "LIST", args, check };

const struct command command_list = {
	.name = "list",
	.usage = "[--criteria IDS | --cdest NAME] "
		 "[--stats | --criteria-only | --both]\n"
		 "      [--header 'NAME: VALUE']...",
	.form = &form,
};
