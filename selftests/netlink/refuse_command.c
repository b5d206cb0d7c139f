// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>

#include "refuse.h"

#define NO_SUCH_FILTER "there is no filter with this id"

/* What a filter may have; SET, DEL, GET and FLUSH take but some of it. */
static const struct part filter_parts[] = {
	U32(DFC_FILTER_A_FLAGS, 0),
	U16(DFC_FILTER_A_FAMILY, 2),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_SRC),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_DST),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_PROTOCOL),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_SRC_PORT),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_DST_PORT),
	U32(DFC_FILTER_A_PRIORITY, 1),
	U32(DFC_FILTER_A_TIMEOUT_TOTAL, 1),
	U32(DFC_FILTER_A_TIMEOUT_IDLE, 1),
	U64(DFC_FILTER_A_LIMIT_PACKETS, 1),
	U64(DFC_FILTER_A_LIMIT_BYTES, 1),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_ICMP_TYPE),
	NOTHING(NLA_F_NESTED | DFC_FILTER_A_ICMP_CODE),
	U32(DFC_FILTER_A_SCOPE, DFC_SCOPE_INPUT),
	U32(DFC_FILTER_A_ACTION, DFC_ACTION_COPY),
	U32(DFC_FILTER_A_INTERCEPT_ID, 1),
	U32(DFC_FILTER_A_SESSION_ID, 1),
	U32(DFC_FILTER_A_GROUP_ID, 1),
};

#define FILTER_PARTS (sizeof(filter_parts) / sizeof(*filter_parts))

static bool is_limit(uint16_t type)
{
	return type >= DFC_FILTER_A_TIMEOUT_TOTAL &&
	       type <= DFC_FILTER_A_LIMIT_BYTES;
}

/* @must is what the command needs, @other what it does not take. */
static bool foreign(struct wire *w, enum dfc_cmd cmd, uint16_t must,
		    uint16_t other)
{
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i <= FILTER_PARTS; i++) {
		if (i < FILTER_PARTS && cmd == DFC_CMD_FILTER_SET &&
		    is_limit(filter_parts[i].type))
			continue;
		r = wire_request(w, cmd);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, must, 1);
		culprit(r);
		if (i < FILTER_PARTS)
			refuse_part(r, &filter_parts[i]);
		else
			put_u32(r, other, 1);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, FOREIGN));
	}
	return true;
}

static bool set_foreign(struct wire *w)
{
	return foreign(w, DFC_CMD_FILTER_SET, DFC_FILTER_A_ID,
		       DFC_FILTER_A_DEST_ID);
}

static bool del_foreign(struct wire *w)
{
	return foreign(w, DFC_CMD_FILTER_DEL, DFC_FILTER_A_ID,
		       DFC_FILTER_A_DEST_ID);
}

static bool get_foreign(struct wire *w)
{
	return foreign(w, DFC_CMD_FILTER_GET, DFC_FILTER_A_ID,
		       DFC_FILTER_A_DEST_ID);
}

static bool flush_foreign(struct wire *w)
{
	return foreign(w, DFC_CMD_FILTER_FLUSH, DFC_FILTER_A_DEST_ID,
		       DFC_FILTER_A_ID);
}

static bool no_filter(struct wire *w)
{
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_FILTER_GET; cmd++) {
		wire_request(w, cmd);
		CHECK(wire_refused(w, EINVAL, "no filter is given"));
	}
	return true;
}

static bool no_filter_id(struct wire *w)
{
	struct nlattr *nest;
	struct request *r;
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_FILTER_GET; cmd++) {
		r = wire_request(w, cmd);
		culprit(r);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, "filter id is missing"));
	}
	return true;
}

static bool no_dest(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);

	culprit(r);
	rule_put_id(r, 9);
	CHECK(wire_refused(w, EINVAL, "filter needs a destination"));
	r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	culprit(r);
	rule_put_id(r, 1);
	CHECK(wire_refused(w, EINVAL, "filter needs a destination"));
	r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	culprit(r);
	nest_end(r, nest_begin(r, DFC_A_FILTER));
	return wire_refused(w, EINVAL, "filter needs a destination");
}

static bool no_such_filter(struct wire *w)
{
	static const enum dfc_cmd cmds[] = {
		DFC_CMD_FILTER_SET, DFC_CMD_FILTER_DEL, DFC_CMD_FILTER_GET,
	};
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < sizeof(cmds) / sizeof(*cmds); i++) {
		nest = nest_begin(wire_request(w, cmds[i]), DFC_A_FILTER);
		culprit(&w->request);
		put_u32(&w->request, DFC_FILTER_A_ID, 2);
		nest_end(&w->request, nest);
		CHECK(wire_refused(w, ENOENT, NO_SUCH_FILTER));
	}
	return true;
}

static bool id_in_use(struct wire *w)
{
	const struct rule rule = { .id = 1, .priority = 7, .ndests = 1,
				   .dest = { 2 } };
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);

	culprit(r);
	rule_put(r, &rule);
	return wire_refused(w, EEXIST, "filter id is already in use");
}

static const struct part bad_limits[] = {
	U32(DFC_FILTER_A_TIMEOUT_TOTAL, DFC_TIMEOUT_MAX + 1),
	U32(DFC_FILTER_A_TIMEOUT_IDLE, 0),
	U64(DFC_FILTER_A_LIMIT_PACKETS, 0),
	U64(DFC_FILTER_A_LIMIT_BYTES, 0),
};

static bool bad_limit_set(struct wire *w)
{
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < sizeof(bad_limits) / sizeof(*bad_limits); i++) {
		r = wire_request(w, DFC_CMD_FILTER_SET);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, 1);
		culprit(r);
		refuse_part(r, &bad_limits[i]);
		nest_end(r, nest);
		CHECK(wire_refused(w, ERANGE, OUT_OF_RANGE));
	}
	return true;
}

static bool too_many_entries(struct wire *w)
{
	static const uint8_t addr[4] = { 192, 0, 2, 1 };
	struct nlattr *nest, *entry;
	struct request *r;
	uint16_t list;
	unsigned int i;

	for (list = DFC_FILTER_A_SRC; list <= DFC_FILTER_A_ICMP_CODE; list++) {
		if (list > DFC_FILTER_A_DST_PORT &&
		    list < DFC_FILTER_A_ICMP_TYPE)
			continue;
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, 9);
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		for (i = 0; i <= DFC_FILTER_ENTRIES_MAX; i++) {
			culprit(r);
			entry = nest_begin(r, list);
			if (list < DFC_FILTER_A_PROTOCOL)
				put(r, DFC_ADDR_A_FROM, 4, addr);
			else
				put_u16(r, DFC_RANGE_A_FROM, i);
			nest_end(r, entry);
		}
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL,
				   "a list has more than 64 entries"));
	}
	return true;
}

static bool too_many_dests(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	struct nlattr *nest;
	unsigned int i;

	culprit(r);
	nest = nest_begin(r, DFC_A_FILTER);
	put_u32(r, DFC_FILTER_A_ID, 9);
	for (i = 0; i <= DFC_FILTER_DESTS_MAX; i++)
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	nest_end(r, nest);
	return wire_refused(w, EINVAL, "filter has more than 64 destinations");
}

/* An id that is given twice leaves open which filter is meant. */
static bool two_ids(struct wire *w, enum dfc_cmd cmd, uint32_t first,
		    uint32_t second)
{
	struct request *r = wire_request(w, cmd);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, first);
	culprit(r);
	put_u32(r, DFC_FILTER_A_ID, second);
	if (cmd == DFC_CMD_FILTER_ADD)
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	nest_end(r, nest);
	rule_put_id(r, 10);
	return wire_refused(w, EINVAL, TWICE);
}

static bool two_ids_add(struct wire *w)
{
	return two_ids(w, DFC_CMD_FILTER_ADD, 1, 9) &&
	       two_ids(w, DFC_CMD_FILTER_ADD, 9, 8);
}

static bool two_ids_del(struct wire *w)
{
	return two_ids(w, DFC_CMD_FILTER_DEL, 1, 9) &&
	       two_ids(w, DFC_CMD_FILTER_DEL, 9, 1);
}

static bool twice(struct wire *w)
{
	struct request *r;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < FILTER_PARTS; i++) {
		if (filter_parts[i].type & NLA_F_NESTED)
			continue;
		r = wire_request(w, DFC_CMD_FILTER_ADD);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_ID, 9);
		put_u32(r, DFC_FILTER_A_DEST_ID, 1);
		refuse_part(r, &filter_parts[i]);
		culprit(r);
		refuse_part(r, &filter_parts[i]);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, TWICE));
	}
	return true;
}

static const struct test tests[] = {
	{ "attributes that SET does not take", set_foreign },
	{ "attributes that DEL does not take", del_foreign },
	{ "attributes that GET does not take", get_foreign },
	{ "attributes that FLUSH does not take", flush_foreign },
	{ "ADD, SET, DEL, GET without a filter", no_filter },
	{ "ADD, SET, DEL, GET without a filter id", no_filter_id },
	{ "ADD and FLUSH of a filter without a destination", no_dest },
	{ "SET, DEL, GET of an unknown filter", no_such_filter },
	{ "filter id in use", id_in_use },
	{ "limits out of range in SET", bad_limit_set },
	{ "65 entries in a list", too_many_entries },
	{ "65 destinations", too_many_dests },
	{ "two ids in a filter to add", two_ids_add },
	{ "two ids in a filter to delete", two_ids_del },
	{ "what a filter has once, given twice", twice },
};

REFUSE_GROUP(refuse_command, tests);
