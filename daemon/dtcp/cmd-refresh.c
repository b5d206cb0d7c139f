// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

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
	if (compose_has(v, "criteria") == compose_has(v, "cdest"))
		return trouble_set(t, "refresh: expected either --criteria IDS "
				   "or --cdest NAME");
	if (!compose_has(v, "timeout-total") &&
	    !compose_has(v, "timeout-idle") &&
	    !compose_has(v, "timeout-packets") &&
	    !compose_has(v, "timeout-bytes"))
		return trouble_set(t, "refresh: expected --timeout-total, "
				   "--timeout-idle, --timeout-packets or "
				   "--timeout-bytes");
	return 0;
}

static const struct compose_form form = { "REFRESH", args, check };

const struct command command_refresh = {
	.name = "refresh",
	.usage = "--criteria IDS | --cdest NAME [--timeout-total SECONDS]\n"
		 "      [--timeout-idle SECONDS] [--timeout-packets N] "
		 "[--timeout-bytes N]\n"
		 "      [--header 'NAME: VALUE']...",
	.form = &form,
};
