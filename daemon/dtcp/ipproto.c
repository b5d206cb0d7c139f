// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "dtcp/ipproto.h"

static const struct {
	const char *name;
	unsigned int number;
} protocols[] = {
	{ "icmp", 1 }, { "igmp", 2 }, { "ipip", 4 }, { "tcp", 6 },
	{ "udp", 17 }, { "dccp", 33 }, { "ipv6", 41 }, { "rsvp", 46 },
	{ "gre", 47 }, { "esp", 50 }, { "ah", 51 }, { "icmpv6", 58 },
	{ "ospf", 89 }, { "pim", 103 }, { "vrrp", 112 }, { "l2tp", 115 },
	{ "sctp", 132 }, { "udplite", 136 }, { "mpls", 137 },
};

#define N_PROTOCOLS (sizeof(protocols) / sizeof(protocols[0]))

static int find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < N_PROTOCOLS; i++) {
		if (strlen(protocols[i].name) == len &&
		    !strncasecmp(protocols[i].name, name, len))
			return (int)protocols[i].number;
	}
	return -1;
}

static int refuse(const char *name, size_t len, struct trouble *t)
{
	char known[256] = "";
	size_t i, n = 0;

	for (i = 0; i < N_PROTOCOLS; i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s",
				      i ? ", " : "", protocols[i].name);
	return trouble_set(t, "--protocol: unknown protocol '%.*s'; expected "
			   "0..255 or one of %s", (int)len, name, known);
}

int ipproto_translate(const char *list, char *out, size_t room,
		      struct trouble *t)
{
	size_t n = 0;

	while (*list) {
		size_t len = strcspn(list, ",!- \t");
		int number = -1, put;

		if (isalpha((unsigned char)*list)) {
			number = find(list, len);
			if (number < 0)
				return refuse(list, len, t);
		} else if (!len) {
			len = 1;
		}
		if (number < 0)
			put = snprintf(out + n, room - n, "%.*s", (int)len,
				       list);
		else
			put = snprintf(out + n, room - n, "%d", number);
		if ((size_t)put >= room - n)
			return trouble_set(t, "--protocol: too long");
		n += (size_t)put;
		list += len;
	}
	out[n] = '\0';
	return 0;
}
