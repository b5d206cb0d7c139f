// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "message.h"

#define ATTRS_MAX	64

static const char *const devices[] = {
	"target", "server", "mediation", "lo", "absent0", "absent1",
};

#define DEVICES	(sizeof(devices) / sizeof(*devices))

static void put(struct message *m, uint16_t type, const void *value,
		uint16_t len)
{
	struct nlattr a = { .nla_len = NLA_HDRLEN + len, .nla_type = type };
	uint32_t at = NLMSG_ALIGN(m->nlh.nlmsg_len);

	if (at + NLA_ALIGN(a.nla_len) > MESSAGE_MAX / 2)
		return;
	memset(m->bytes + at, 0, NLA_ALIGN(a.nla_len));
	memcpy(m->bytes + at, &a, sizeof(a));
	memcpy(m->bytes + at + NLA_HDRLEN, value, len);
	m->nlh.nlmsg_len = at + NLA_ALIGN(a.nla_len);
}

/* An id that there is, or, to add one, that there is not; mostly. */
static uint32_t choose_id(struct message *m, unsigned int kind, bool there)
{
	static const unsigned int most[DFC_A_MAX + 1] = {
		[DFC_A_FILTER] = MESSAGE_FILTERS,
		[DFC_A_DEST] = MESSAGE_DESTS,
		[DFC_A_GROUP] = MESSAGE_GROUPS,
	};
	unsigned int tries = dice_one_in(m->dice, 16) ? 1 : 12;
	uint32_t id;

	do {
		id = 1 + dice_below(m->dice, most[kind]);
	} while (--tries && m->known[kind][id] != there);
	return id;
}

static uint64_t choose_number(struct dice *dice, uint64_t min, uint64_t max)
{
	uint64_t span = max - min;

	switch (dice_below(dice, 8)) {
	case 0:
		return min;
	case 1:
		return max;
	case 2:
		return min + (span ? dice_next(dice) % span : 0);
	default:
		return min + dice_below(dice, (span > 300 ? 300 : span) + 1);
	}
}

static void put_number(struct message *m, uint16_t type, enum spec_kind kind,
		       uint64_t value)
{
	static const uint16_t len[] = {
		[SPEC_U8] = 1, [SPEC_U16] = 2, [SPEC_U32] = 4, [SPEC_U64] = 8,
	};

	/* The host is little-endian or the value is cut at the wrong end,
	 * which is as random.
	 */
	put(m, type, &value, len[kind]);
}

/* Some that packets of the topology have, or any. */
static void choose_address(struct dice *dice, bool ipv6, uint8_t *addr)
{
	static const uint8_t net4[3][3] = {
		{ 192, 0, 2 }, { 198, 51, 100 }, { 203, 0, 113 },
	};
	uint64_t any = dice_next(dice);

	memset(addr, 0, 16);
	if (dice_one_in(dice, 8)) {
		memcpy(addr, &any, 8);
	} else if (ipv6) {
		memcpy(addr, "\x20\x01\x0d\xb8\x00", 5);
		addr[5] = 1 + any % 3;
		addr[15] = any >> 8 & 3;
	} else {
		memcpy(addr, net4[any % 3], 3);
		addr[3] = any >> 8 & 3;
	}
}

static uint32_t open_nest(struct message *m, uint16_t type)
{
	uint32_t at = m->nlh.nlmsg_len;

	put(m, type | NLA_F_NESTED, NULL, 0);
	return at;
}

static void close_nest(struct message *m, uint32_t at)
{
	struct nlattr *a = (void *)(m->bytes + at);

	if (m->nlh.nlmsg_len > at)
		a->nla_len = m->nlh.nlmsg_len - at;
}

static void put_addresses(struct message *m, uint16_t type, bool ipv6)
{
	uint32_t nest = open_nest(m, type), flags = DFC_ENTRY_F_NOT;
	uint8_t from[16], to[16];

	choose_address(m->dice, ipv6, from);
	memcpy(to, from, sizeof(to));
	to[ipv6 ? 15 : 3] |= dice_below(m->dice, 256);
	put(m, DFC_ADDR_A_FROM, from, ipv6 ? 16 : 4);
	if (dice_one_in(m->dice, 2))
		put(m, DFC_ADDR_A_TO, to, ipv6 ? 16 : 4);
	if (dice_one_in(m->dice, 4))
		put(m, DFC_ADDR_A_FLAGS, &flags, sizeof(flags));
	close_nest(m, nest);
}

static void put_numbers(struct message *m, uint16_t type, uint32_t max)
{
	uint32_t nest = open_nest(m, type), flags = DFC_ENTRY_F_NOT;
	uint16_t from = choose_number(m->dice, 0, max);
	uint16_t to = choose_number(m->dice, from, max);

	put(m, DFC_RANGE_A_FROM, &from, sizeof(from));
	if (dice_one_in(m->dice, 2))
		put(m, DFC_RANGE_A_TO, &to, sizeof(to));
	if (dice_one_in(m->dice, 4))
		put(m, DFC_RANGE_A_FLAGS, &flags, sizeof(flags));
	close_nest(m, nest);
}

/**
 * struct plan - what an object is going to have
 * @times: how often each attribute
 * @family: of its addresses
 * @first_dest: where its lists of destinations and devices begin
 * @action: of a filter
 * @scope: of a filter
 * @format: of a destination
 */
struct plan {
	uint8_t times[ATTRS_MAX];
	uint16_t family;
	uint32_t first_dest;
	uint32_t action;
	uint32_t scope;
	uint32_t format;
};

static void put_special(struct message *m, const struct plan *p, int set,
			uint16_t type, unsigned int i)
{
	const struct spec_attr *a = spec_attr(set, type);
	const char *name;
	uint8_t addr[16];

	switch (a->kind) {
	case SPEC_NEST:
		if (a->set == SPEC_SET_ADDR)
			put_addresses(m, type, p->family == AF_INET6);
		else
			put_numbers(m, type, type == DFC_FILTER_A_SRC_PORT ||
				    type == DFC_FILTER_A_DST_PORT ?
				    65535 : 255);
		break;
	case SPEC_STRING:
		name = devices[(p->first_dest + i) % DEVICES];
		put(m, type, name, strlen(name) + 1);
		break;
	case SPEC_BINARY:
		choose_address(m->dice, p->family == AF_INET6, addr);
		put(m, type, addr, p->family == AF_INET6 ? 16 : 4);
		break;
	default:
		put_number(m, type, a->kind,
			   choose_number(m->dice, a->min, a->max));
		break;
	}
}

static void put_filter_attr(struct message *m, const struct plan *p,
			    uint16_t type, unsigned int i)
{
	uint32_t id;

	switch (type) {
	case DFC_FILTER_A_FAMILY:
		put(m, type, &p->family, sizeof(p->family));
		break;
	case DFC_FILTER_A_DEST_ID:
		id = choose_id(m, DFC_A_DEST, true);
		if (p->times[type] > 1)
			id = 1 + (p->first_dest + i) % MESSAGE_DESTS;
		put(m, type, &id, sizeof(id));
		break;
	case DFC_FILTER_A_GROUP_ID:
		id = choose_id(m, DFC_A_GROUP, true);
		put(m, type, &id, sizeof(id));
		break;
	case DFC_FILTER_A_SCOPE:
		put(m, type, &p->scope, sizeof(p->scope));
		break;
	case DFC_FILTER_A_ACTION:
		put(m, type, &p->action, sizeof(p->action));
		break;
	default:
		put_special(m, p, SPEC_SET_FILTER, type, i);
		break;
	}
}

/* What goes with what, as the header says. */
static void mend_filter(struct message *m, struct plan *p)
{
	uint8_t *t = p->times;
	unsigned int type;

	if (dice_one_in(m->dice, 8))
		p->family = AF_PACKET;
	for (type = 0; type <= DFC_FILTER_A_MAX; type++)
		if (p->family == AF_PACKET &&
		    spec_attr(SPEC_SET_FILTER, type) &&
		    spec_attr(SPEC_SET_FILTER, type)->kind == SPEC_NEST)
			t[type] = 0;
	if (dice_one_in(m->dice, 2))
		t[DFC_FILTER_A_SRC_PORT] = t[DFC_FILTER_A_DST_PORT] = 0;
	else
		t[DFC_FILTER_A_ICMP_TYPE] = t[DFC_FILTER_A_ICMP_CODE] = 0;
	t[DFC_FILTER_A_FAMILY] |= p->family == AF_PACKET;
	p->scope = p->family == AF_PACKET ? 1 + dice_below(m->dice, 2) :
					    dice_below(m->dice, 4);
	t[DFC_FILTER_A_SCOPE] = p->scope != DFC_SCOPE_ANY;
	t[DFC_FILTER_A_DEVICE] = p->scope == DFC_SCOPE_ANY ? 0 :
				 p->scope == DFC_SCOPE_VRF ? 1 :
				 1 + dice_below(m->dice, 3);
	p->action = dice_below(m->dice, 3);
	t[DFC_FILTER_A_ACTION] = p->action != DFC_ACTION_COPY;
	t[DFC_FILTER_A_DEST_ID] = 1 + dice_below(m->dice, 2);
	if (p->action == DFC_ACTION_BLOCK)
		t[DFC_FILTER_A_DEST_ID] = t[DFC_FILTER_A_INTERCEPT_ID] = 0;
	t[DFC_FILTER_A_SESSION_ID] &= t[DFC_FILTER_A_INTERCEPT_ID];
	if (dice_one_in(m->dice, 4))
		return;
	/* Or most of them would never see a packet. */
	t[DFC_FILTER_A_TIMEOUT_TOTAL] = t[DFC_FILTER_A_LIMIT_PACKETS] = 0;
	t[DFC_FILTER_A_LIMIT_BYTES] = t[DFC_FILTER_A_TIMEOUT_IDLE] = 0;
}

/* A filter in a request of this command may have no other attributes. */
static bool filter_may(uint8_t command, unsigned int type)
{
	switch (command) {
	case DFC_CMD_FILTER_ADD:
		return true;
	case DFC_CMD_FILTER_SET:
		return type == DFC_FILTER_A_TIMEOUT_TOTAL ||
		       type == DFC_FILTER_A_TIMEOUT_IDLE ||
		       type == DFC_FILTER_A_LIMIT_PACKETS ||
		       type == DFC_FILTER_A_LIMIT_BYTES;
	default:
		return false;
	}
}

static void plan(struct message *m, struct plan *p, int set)
{
	uint8_t command = m->command->number;
	const struct spec_attr *a;
	unsigned int type;

	memset(p, 0, sizeof(*p));
	p->family = dice_one_in(m->dice, 3) ? AF_INET6 : AF_INET;
	p->first_dest = dice_below(m->dice, 1000);
	p->format = dice_below(m->dice, DFC_FORMAT_MAX + 1);
	for (type = 1; type < spec_sets[set].n && type < ATTRS_MAX; type++) {
		a = spec_attr(set, type);
		if (!a || a->output || a->kind == SPEC_PAD ||
		    !dice_one_in(m->dice, 3))
			continue;
		if (set == SPEC_SET_FILTER && !filter_may(command, type))
			continue;
		p->times[type] = 1;
		if (a->many)
			p->times[type] += dice_below(m->dice, 3);
	}
}

static void put_filter(struct message *m)
{
	uint8_t command = m->command->number;
	unsigned int type, i;
	uint32_t nest, id;
	struct plan p;

	plan(m, &p, SPEC_SET_FILTER);
	if (command == DFC_CMD_FILTER_ADD)
		mend_filter(m, &p);
	if (command == DFC_CMD_FILTER_FLUSH)
		p.times[DFC_FILTER_A_DEST_ID] = 1;
	nest = open_nest(m, DFC_A_FILTER);
	id = choose_id(m, DFC_A_FILTER, command != DFC_CMD_FILTER_ADD);
	if (command != DFC_CMD_FILTER_FLUSH)
		put(m, DFC_FILTER_A_ID, &id, sizeof(id));
	for (type = DFC_FILTER_A_ID + 1; type < spec_sets[SPEC_SET_FILTER].n;
	     type++)
		for (i = 0; i < p.times[type]; i++)
			put_filter_attr(m, &p, type, i);
	close_nest(m, nest);
}

static void put_dest(struct message *m)
{
	bool add = m->command->number == DFC_CMD_DEST_ADD;
	unsigned int type, i;
	uint32_t nest, id;
	struct plan p;

	plan(m, &p, SPEC_SET_DEST);
	nest = open_nest(m, DFC_A_DEST);
	id = choose_id(m, DFC_A_DEST, !add);
	put(m, DFC_DEST_A_ID, &id, sizeof(id));
	p.times[DFC_DEST_A_ADDRESS] = 1;
	p.times[DFC_DEST_A_PORT] = p.format != DFC_FORMAT_IPIP;
	p.times[DFC_DEST_A_SRC_PORT] &= p.format != DFC_FORMAT_IPIP;
	p.times[DFC_DEST_A_FORMAT] = 0;
	if (add && p.format)
		put(m, DFC_DEST_A_FORMAT, &p.format, sizeof(p.format));
	for (type = DFC_DEST_A_ID + 1; add && type < spec_sets[SPEC_SET_DEST].n;
	     type++)
		for (i = 0; i < p.times[type]; i++)
			put_special(m, &p, SPEC_SET_DEST, type, i);
	close_nest(m, nest);
}

static void put_group(struct message *m)
{
	uint8_t command = m->command->number;
	bool add = command == DFC_CMD_GROUP_ADD;
	unsigned int type, i;
	uint32_t nest, id;
	struct plan p;

	plan(m, &p, SPEC_SET_GROUP);
	nest = open_nest(m, DFC_A_GROUP);
	id = choose_id(m, DFC_A_GROUP, !add);
	put(m, DFC_GROUP_A_ID, &id, sizeof(id));
	p.times[DFC_GROUP_A_MODE] &= add;
	if (!add && command != DFC_CMD_GROUP_SET)
		memset(p.times, 0, sizeof(p.times));
	for (type = DFC_GROUP_A_ID + 1; type < spec_sets[SPEC_SET_GROUP].n;
	     type++)
		for (i = 0; i < p.times[type]; i++)
			put_special(m, &p, SPEC_SET_GROUP, type, i);
	close_nest(m, nest);
}

static void put_object(struct message *m)
{
	bool many = m->command->number == DFC_CMD_FILTER_ADD ||
		    m->command->number == DFC_CMD_FILTER_DEL ||
		    m->command->number == DFC_CMD_FILTER_SET;

	switch (m->command->takes) {
	case DFC_A_FILTER:
		if (m->command->number == DFC_CMD_FILTER_FLUSH &&
		    dice_one_in(m->dice, 16))
			break;
		do {
			put_filter(m);
		} while (many && dice_one_in(m->dice, 4));
		break;
	case DFC_A_DEST:
		put_dest(m);
		break;
	case DFC_A_GROUP:
		put_group(m);
		break;
	}
}

void message_make(struct message *m, uint16_t family)
{
	struct genlmsghdr genl = {
		.cmd = m->command->number, .version = DFC_GENL_VERSION,
	};

	m->nlh = (struct nlmsghdr){
		.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN,
		.nlmsg_type = family,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
	};
	memcpy(m->bytes + NLMSG_HDRLEN, &genl, sizeof(genl));
	if (m->command->dump && dice_one_in(m->dice, 4)) {
		m->nlh.nlmsg_flags |= NLM_F_DUMP;
		if (!dice_one_in(m->dice, 8))
			return;
	}
	put_object(m);
}
