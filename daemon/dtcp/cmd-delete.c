// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "criteria", COMPOSE_TEXT, "Criteria-ID" },
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "static", COMPOSE_FLAG, "Static" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int check(const struct compose_values *v, struct trouble *t)
{
	if (compose_has(v, "criteria") == compose_has(v, "cdest"))
		return trouble_set(t, "delete: expected either --criteria IDS "
				   "or --cdest NAME");
	return 0;
}

static const struct compose_form form = { "DELETE", args, check };

const struct command command_delete = {
	.name = "delete",
	.usage = "--criteria IDS | --cdest NAME [--static] "
		 "[--header 'NAME: VALUE']...",
	.form = &form,
};
