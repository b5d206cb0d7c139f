// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "send-async", COMPOSE_FLAG, "SendAsync" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static const struct compose_form form = { "NOOP", args, NULL };

const struct command command_noop = {
	.name = "noop",
	.usage = "[--send-async] [--header 'NAME: VALUE']...",
	.form = &form,
};
