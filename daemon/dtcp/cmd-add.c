// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/client.h"
#include "dtcp/command.h"

static const struct compose_arg args[] = {
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "source", COMPOSE_TEXT, "Source-Address" },
	{ "dest", COMPOSE_TEXT, "Dest-Address" },
	{ "protocol", COMPOSE_PROTOCOL, "Protocol" },
	{ "source-port", COMPOSE_TEXT, "Source-Port" },
	{ "dest-port", COMPOSE_TEXT, "Dest-Port" },
	{ "icmp-type", COMPOSE_TEXT, "ICMP-Type" },
	{ "icmp-code", COMPOSE_TEXT, "ICMP-Code" },
	{ "timeout-total", COMPOSE_TEXT, "Timeout-Total" },
	{ "timeout-idle", COMPOSE_TEXT, "Timeout-Idle" },
	{ "timeout-packets", COMPOSE_TEXT, "Timeout-Packets" },
	{ "timeout-bytes", COMPOSE_TEXT, "Timeout-Bytes" },
	{ "priority", COMPOSE_TEXT, "Priority" },
	{ "action", COMPOSE_TEXT, "Action" },
	{ "static", COMPOSE_FLAG, "Static" },
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
	if (!compose_has(&v, args, "cdest")) {
		trouble_set(&t, "add: expected --cdest NAME, where the copies "
			    "go");
		return trouble_say(&t);
	}
	return client_request(o, "ADD", args, &v);
}

const struct command command_add = {
	.name = "add",
	.usage = "--cdest NAME[,NAME] [--source ADDRESSES] [--dest ADDRESSES]\n"
		 "      [--protocol PROTOCOLS] [--source-port PORTS] "
		 "[--dest-port PORTS]\n"
		 "      [--icmp-type TYPES] [--icmp-code CODES]\n"
		 "      [--timeout-total SECONDS] [--timeout-idle SECONDS]\n"
		 "      [--timeout-packets N] [--timeout-bytes N] [--static]\n"
		 "      [--priority N] [--action ACTION] [--send-async]\n"
		 "      [--header 'NAME: VALUE']...",
	.run = run,
};
