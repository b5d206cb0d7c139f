// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/client.h"
#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "criteria", COMPOSE_TEXT, "Criteria-ID" },
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "static", COMPOSE_FLAG, "Static" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int run(struct options *o, int argc, char **argv)
{
	struct compose_values v;
	struct trouble t = { "" };

	if (compose_parse(&v, args, argc, argv, &t))
		return trouble_say(&t);
	if (compose_has(&v, args, "criteria") ==
	    compose_has(&v, args, "cdest")) {
		trouble_set(&t, "delete: expected either --criteria IDS or "
			    "--cdest NAME");
		return trouble_say(&t);
	}
	return client_request(o, "DELETE", args, &v);
}

const struct command command_delete = {
	.name = "delete",
	.usage = "--criteria IDS | --cdest NAME [--static] "
		 "[--header 'NAME: VALUE']...",
	.run = run,
};
