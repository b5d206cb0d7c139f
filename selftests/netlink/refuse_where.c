// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>

#include "refuse.h"

#define PORT_AND_ICMP \
	"a filter has ICMP types and codes, or ports, but not both"

static void put_range(struct request *r, uint16_t list)
{
	struct nlattr *entry = nest_begin(r, list);

	put_u16(r, DFC_RANGE_A_FROM, 3);
	nest_end(r, entry);
}

static bool icmp_and_ports(struct wire *w)
{
	static const uint16_t lists[][2] = {
		{ DFC_FILTER_A_SRC_PORT, DFC_FILTER_A_ICMP_TYPE },
		{ DFC_FILTER_A_SRC_PORT, DFC_FILTER_A_ICMP_CODE },
		{ DFC_FILTER_A_DST_PORT, DFC_FILTER_A_ICMP_TYPE },
		{ DFC_FILTER_A_DST_PORT, DFC_FILTER_A_ICMP_CODE },
	};
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, 9);
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		put_range(r, lists[i][0]);
		culprit(r);
		put_range(r, lists[i][1]);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, PORT_AND_ICMP));
	}
	return true;
}

/* Begins a filter with a scope, and @n devices of different names. */
static struct nlattr *begin(struct wire *w, enum dfc_scope scope,
			    unsigned int n)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);
	char name[] = "a";

	put_u32(r, DFC_FILTER_A_ID, 9);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	put_u32(r, DFC_FILTER_A_SCOPE, scope);
	for (; n--; name[0]++)
		put(r, DFC_FILTER_A_DEVICE, sizeof(name), name);
	return nest;
}

static bool last_device(struct wire *w, enum dfc_scope scope, unsigned int n,
			const struct part *last, const char *text)
{
	struct nlattr *nest = begin(w, scope, n);

	culprit(&w->request);
	refuse_part(&w->request, last);
	nest_end(&w->request, nest);
	return wire_refused(w, EINVAL, text);
}

static bool too_many_devices(struct wire *w)
{
	static const struct part z = TEXT(DFC_FILTER_A_DEVICE, "z");

	CHECK(last_device(w, DFC_SCOPE_INPUT, DFC_FILTER_DEVICES_MAX, &z,
			  "filter has more than 8 devices"));
	CHECK(last_device(w, DFC_SCOPE_OUTPUT, DFC_FILTER_DEVICES_MAX, &z,
			  "filter has more than 8 devices"));
	return last_device(w, DFC_SCOPE_VRF, 1, &z,
			   "filter has more than one VRF");
}

static bool same_device(struct wire *w)
{
	static const struct part b = TEXT(DFC_FILTER_A_DEVICE, "b");

	return last_device(w, DFC_SCOPE_INPUT, 3, &b, "device is given twice");
}

static bool bad_names(struct wire *w)
{
	static const struct part names[] = {
		TEXT(DFC_FILTER_A_DEVICE, ""), TEXT(DFC_FILTER_A_DEVICE, "."),
		TEXT(DFC_FILTER_A_DEVICE, ".."),
		TEXT(DFC_FILTER_A_DEVICE, "a/b"),
		TEXT(DFC_FILTER_A_DEVICE, "a b"),
		TEXT(DFC_FILTER_A_DEVICE, "a:1"),
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		CHECK(last_device(w, DFC_SCOPE_OUTPUT, i % 2, &names[i],
				  "no network device can have this name"));
	return true;
}

static bool scope_any(struct wire *w)
{
	static const struct part lo = TEXT(DFC_FILTER_A_DEVICE, "lo");

	return last_device(w, DFC_SCOPE_ANY, 0, &lo,
			   "DEVICE needs a SCOPE that says what it is");
}

/* What goes with an action and what does not. */
static bool block(struct wire *w)
{
	const struct part parts[] = {
		U32(DFC_FILTER_A_DEST_ID, 1),
		U32(DFC_FILTER_A_INTERCEPT_ID, 1),
	};
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, 9);
		put_u32(r, DFC_FILTER_A_ACTION, DFC_ACTION_BLOCK);
		culprit(r);
		refuse_part(r, &parts[i]);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL,
				   "a filter that blocks makes no copies"));
	}
	return true;
}

static bool redirect_nowhere(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	struct nlattr *nest;

	culprit(r);
	nest = nest_begin(r, DFC_A_FILTER);
	put_u32(r, DFC_FILTER_A_ID, 9);
	put_u32(r, DFC_FILTER_A_ACTION, DFC_ACTION_REDIRECT);
	nest_end(r, nest);
	return wire_refused(w, EINVAL, "filter needs a destination");
}

static const struct test tests[] = {
	{ "ICMP types or codes beside ports", icmp_and_ports },
	{ "more devices than a filter may have", too_many_devices },
	{ "a device twice", same_device },
	{ "names that no device can have", bad_names },
	{ "a device with the scope of all", scope_any },
	{ "destinations or ids in a filter that blocks", block },
	{ "redirection without a destination", redirect_nowhere },
};

REFUSE_GROUP(refuse_where, tests);
