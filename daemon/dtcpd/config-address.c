// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <string.h>

#include "dtcpd/config-address.h"

bool config_address(const char *text, struct dtcp_outer_addr *a)
{
	memset(a, 0, sizeof(*a));
	a->family = strchr(text, ':') ? AF_INET6 : AF_INET;
	return inet_pton(a->family, text, a->addr) == 1;
}

bool config_address_unicast(const struct dtcp_outer_addr *a)
{
	static const uint8_t zero[16];

	if (a->family == AF_INET)
		return a->addr[0] != 0 && a->addr[0] < 224;
	return memcmp(a->addr, zero, sizeof(zero)) && a->addr[0] != 0xff;
}

bool config_address_same(const struct dtcp_outer_addr *a,
			 const struct dtcp_outer_addr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_UNSPEC ||
	       !memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16);
}
