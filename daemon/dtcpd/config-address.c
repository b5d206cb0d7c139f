// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/config-address.h"

#define TEXT_MAX 64	/* room for an address, its brackets, prefix or port */

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

bool config_address_mapped(const struct dtcp_outer_addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return a->family == AF_INET6 &&
	       !memcmp(a->addr, mapped, sizeof(mapped));
}

bool config_address_link_local(const struct dtcp_outer_addr *a)
{
	return a->family == AF_INET6 && a->addr[0] == 0xfe &&
	       (a->addr[1] & 0xc0) == 0x80;
}

bool config_address_same(const struct dtcp_outer_addr *a,
			 const struct dtcp_outer_addr *b)
{
	if (a->family != b->family)
		return false;
	return a->family == AF_UNSPEC ||
	       !memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16);
}

/* Decimal digits only, so neither sign nor blank; false above @max. */
static bool parse_number(const char *text, unsigned int max, unsigned int *n)
{
	size_t digits = strspn(text, "0123456789");
	char *end;

	if (!digits || digits > 5 || text[digits])
		return false;
	*n = (unsigned int)strtoul(text, &end, 10);
	return *n <= max;
}

/* The first @len bytes of @text as an address. */
static bool parse_part(const char *text, size_t len, struct dtcp_outer_addr *a)
{
	char part[TEXT_MAX];

	if (len >= sizeof(part))
		return false;
	memcpy(part, text, len);
	part[len] = '\0';
	return config_address(part, a);
}

bool config_prefix(const char *text, struct config_prefix *p)
{
	size_t len = strcspn(text, "/");
	unsigned int n, max;

	if (!parse_part(text, len, &p->addr))
		return false;
	max = p->addr.family == AF_INET ? 32 : 128;
	n = max;
	if (text[len] && !parse_number(text + len + 1, max, &n))
		return false;
	p->len = (uint8_t)n;
	return true;
}

bool config_prefix_trim(struct config_prefix *p)
{
	size_t bytes = p->addr.family == AF_INET ? 4 : 16;
	struct dtcp_outer_addr whole = p->addr;
	size_t i = p->len / 8;

	if (p->len % 8)
		p->addr.addr[i++] &= (uint8_t)(0xff00 >> (p->len % 8));
	for (; i < bytes; i++)
		p->addr.addr[i] = 0;
	return memcmp(whole.addr, p->addr.addr, bytes);
}

bool config_target(const char *text, struct config_target *t)
{
	bool bracket = text[0] == '[';
	const char *end = bracket ? strchr(text, ']') : strchr(text, ':');
	unsigned int port;

	if (!end)
		return false;
	if (!parse_part(text + bracket, (size_t)(end - text) - bracket,
			&t->addr) ||
	    (t->addr.family == AF_INET6) != bracket)
		return false;
	end += bracket;
	if (*end != ':' || !parse_number(end + 1, UINT16_MAX, &port) || !port)
		return false;
	t->port = (uint16_t)port;
	return true;
}
