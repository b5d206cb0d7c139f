// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

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
	{ "ip-version", COMPOSE_TEXT, "X-JTap-IP-Version" },
	{ "filter-family", COMPOSE_TEXT, "X-JTap-Filter-Family" },
	{ "vrf", COMPOSE_TEXT, "X-JTap-VRF-Name" },
	{ "input", COMPOSE_TEXT, "X-JTap-Input-Interface" },
	{ "output", COMPOSE_TEXT, "X-JTap-Output-Interface" },
	{ "timeout-total", COMPOSE_TEXT, "Timeout-Total" },
	{ "timeout-idle", COMPOSE_TEXT, "Timeout-Idle" },
	{ "timeout-packets", COMPOSE_TEXT, "Timeout-Packets" },
	{ "timeout-bytes", COMPOSE_TEXT, "Timeout-Bytes" },
	{ "priority", COMPOSE_TEXT, "Priority" },
	{ "action", COMPOSE_TEXT, "Action" },
	{ "cdest-address", COMPOSE_TEXT, "X-JTap-Cdest-Dest-Address" },
	{ "cdest-port", COMPOSE_TEXT, "X-JTap-Cdest-Dest-Port" },
	{ "cdest-source", COMPOSE_TEXT, "X-JTap-Cdest-Source-Address" },
	{ "cdest-source-port", COMPOSE_TEXT, "X-JTap-Cdest-Source-Port" },
	{ "cdest-ttl", COMPOSE_TEXT, "X-JTap-Cdest-TTL" },
	{ "intercept-id", COMPOSE_TEXT, "X-MD-Intercept-Id" },
	{ "static", COMPOSE_FLAG, "Static" },
	{ "send-async", COMPOSE_FLAG, "SendAsync" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static int check(const struct compose_values *v, struct trouble *t)
{
	if (!compose_has(v, "cdest"))
		return trouble_set(t, "add: expected --cdest NAME, where the "
				   "copies go");
	return 0;
}

static const struct compose_form form = { "ADD", args, check };

const struct command command_add = {
	.name = "add",
	.usage = "--cdest NAME[,NAME] [--source ADDRESSES] [--dest ADDRESSES]\n"
		 "      [--protocol PROTOCOLS] [--source-port PORTS] "
		 "[--dest-port PORTS]\n"
		 "      [--icmp-type TYPES] [--icmp-code CODES] "
		 "[--ip-version ipv4|ipv6]\n"
		 "      [--vrf NAME | --input INTERFACES | "
		 "--output INTERFACES]\n"
		 "      [--filter-family ccc]\n"
		 "      [--timeout-total SECONDS] [--timeout-idle SECONDS]\n"
		 "      [--timeout-packets N] [--timeout-bytes N] [--static]\n"
		 "      [--priority N] [--action copy|redirect|block] "
		 "[--send-async]\n"
		 "      [--cdest-address ADDRESS[,ADDRESS]] "
		 "[--cdest-port PORT[,PORT]]\n"
		 "      [--cdest-source ADDRESS] [--cdest-source-port PORT] "
		 "[--cdest-ttl N]\n"
		 "      [--intercept-id HEX] [--header 'NAME: VALUE']...",
	.form = &form,
};
