// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#include "act.h"

static bool dest_same(const struct dest *expected, const struct dest *actual)
{
	CHECK_EQUAL(expected->id, actual->id);
	CHECK_EQUAL(expected->flags, actual->flags);
	CHECK_EQUAL(expected->family, actual->family);
	CHECK(!memcmp(expected->addr, actual->addr, sizeof(actual->addr)));
	CHECK(!memcmp(expected->src_addr, actual->src_addr,
		      sizeof(actual->src_addr)));
	CHECK_EQUAL(expected->port, actual->port);
	CHECK_EQUAL(expected->src_port, actual->src_port);
	CHECK_EQUAL(expected->ttl, actual->ttl);
	CHECK_EQUAL(expected->security, actual->security);
	CHECK_EQUAL(expected->format, actual->format);
	CHECK_EQUAL(expected->dscp, actual->dscp);
	CHECK_EQUAL(expected->queue_max ?: DFC_DEST_QUEUE_DEFAULT,
		    actual->queue_max);
	CHECK_EQUAL(expected->tag, actual->tag);
	return true;
}

static bool comes_back(struct wire *w, const struct dest *dest)
{
	struct dest d;

	CHECK(act_dest_add(w, dest));
	CHECK(act_dest_get(w, dest->id, &d));
	CHECK(dest_same(dest, &d));
	CHECK_EQUAL(0, d.filters);
	CHECK_EQUAL(0, d.counters.matched_packets + d.counters.copies);
	CHECK(act_dest_del(w, dest->id));
	return act_holds(w, 0, 0);
}

static bool least(struct wire *w)
{
	const struct dest defaults = {
		.id = 1,
		.family = AF_INET,
		.addr = { 192, 0, 2, 1 },
		.port = 7890,
		.src_port = 7890,
		.ttl = 255,
		.security = DFC_SECURITY_REQUIRED,
	};
	struct request *r = wire_request(w, DFC_CMD_DEST_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_DEST);
	struct dest d;

	put_u16(r, DFC_DEST_A_PORT, 7890);
	put(r, DFC_DEST_A_ADDRESS, 4, defaults.addr);
	put_u32(r, DFC_DEST_A_ID, 1);
	nest_end(r, nest);
	CHECK(wire_done(w));
	CHECK(act_dest_get(w, 1, &d));
	CHECK(!has(d.present, DFC_DEST_A_SRC_ADDRESS));
	return dest_same(&defaults, &d);
}

static bool all_ipv4(struct wire *w)
{
	const struct dest dest = {
		.id = UINT32_MAX,
		.flags = DFC_DEST_F_OWNED,
		.family = AF_INET,
		.addr = { 223, 255, 255, 255 },
		.src_addr = { 198, 51, 100, 7 },
		.port = 65535,
		.src_port = 1,
		.ttl = 1,
		.security = DFC_SECURITY_NONE,
		.format = DFC_FORMAT_DFC,
		.dscp = 63,
		.queue_max = DFC_DEST_QUEUE_MAX,
		.tag = UINT32_MAX,
	};

	return comes_back(w, &dest);
}

static bool all_ipv6(struct wire *w)
{
	const struct dest dest = {
		.id = 2,
		.family = AF_INET6,
		.addr = { 0x20, 1, 0xd, 0xb8, [15] = 2 },
		.src_addr = { 0x20, 1, 0xd, 0xb8, [15] = 1 },
		.port = 1,
		.src_port = 65535,
		.ttl = 255,
		.security = DFC_SECURITY_REQUIRED,
	};

	return comes_back(w, &dest);
}

static bool without_ports(struct wire *w)
{
	const struct dest dest = {
		.id = 3,
		.family = AF_INET,
		.addr = { 192, 0, 2, 1 },
		.ttl = 64,
		.format = DFC_FORMAT_IPIP,
		.dscp = 1,
		.queue_max = DFC_DEST_QUEUE_MIN,
	};

	return comes_back(w, &dest);
}

static bool busy(struct wire *w)
{
	struct nlattr *nest;
	struct dest d;

	CHECK(act_dest_any(w, 1));
	CHECK(act_rule_any(w, 1, 1) && act_rule_any(w, 2, 1));
	CHECK(act_filter_del(w, 1));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(1, d.filters);
	nest = nest_begin(wire_request(w, DFC_CMD_DEST_DEL), DFC_A_DEST);
	culprit(&w->request);
	put_u32(&w->request, DFC_DEST_A_ID, 1);
	nest_end(&w->request, nest);
	CHECK(wire_refused(w, EBUSY, "filters still copy to this destination"));
	CHECK(act_holds(w, 1, 1));
	CHECK(act_filter_del(w, 2) && act_dest_del(w, 1));
	return act_holds(w, 0, 0);
}

static bool id_again(struct wire *w)
{
	const struct dest other = {
		.id = 1,
		.family = AF_INET6,
		.addr = { 0x20, 1, 0xd, 0xb8, [15] = 9 },
		.port = 9,
		.src_port = 9,
		.ttl = 9,
	};
	struct dest d;

	CHECK(act_dest_any(w, 1));
	dest_put(wire_request(w, DFC_CMD_DEST_ADD), &other);
	CHECK(wire_refused(w, EEXIST, "destination id is already in use"));
	CHECK(act_dest_get(w, 1, &d));
	CHECK_EQUAL(7890, d.port);
	CHECK(act_dest_del(w, 1));
	return comes_back(w, &other);
}

static bool ids_are_apart(struct wire *w)
{
	CHECK(act_dest_any(w, 1) && act_dest_any(w, 2));
	CHECK(act_rule_any(w, 1, 2) && act_dest_del(w, 1));
	return act_holds(w, 1, 1);
}

static const struct test tests[] = {
	{ "a destination needs no more than id, address and port", least },
	{ "all of an IPv4 destination comes back", all_ipv4 },
	{ "all of an IPv6 destination comes back", all_ipv6 },
	{ "all of a destination without ports comes back", without_ports },
	{ "a destination stays while filters use it", busy },
	{ "an id is free again after deletion", id_again },
	{ "ids of filters and destinations have nothing in common",
	  ids_are_apart },
};

GROUP(dest, tests);
