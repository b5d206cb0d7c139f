// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "refuse.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define BAD_NAME "no network device can have this name"
#define NO_SUCH_GROUP "there is no group with this id"
#define IN_USE "another passive group has this device"

/* Each of them alone, behind what a group needs. */
static const struct bad_part attrs[] = {
	{ "unknown group attribute", U32(DFC_GROUP_A_MAX + 1, 1),
	  EINVAL, UNKNOWN },
	{ "group attribute of number 0", U32(DFC_GROUP_A_UNSPEC, 1),
	  EINVAL, UNKNOWN },
	{ "id 0 of a group", U32(DFC_GROUP_A_ID, 0), ERANGE, OUT_OF_RANGE },
	{ "unknown group flag", U32(DFC_GROUP_A_FLAGS, 4), EINVAL, RESERVED },
	{ "unknown mode", U32(DFC_GROUP_A_MODE, DFC_MODE_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "mode of 1 byte", U8(DFC_GROUP_A_MODE, 0), EINVAL, WRONG_LENGTH },
	{ "no masks", U32(DFC_GROUP_A_MASKS_MAX, 0), ERANGE, OUT_OF_RANGE },
	{ "1025 masks", U32(DFC_GROUP_A_MASKS_MAX, 1025),
	  ERANGE, OUT_OF_RANGE },
	{ "no copies of a packet", U32(DFC_GROUP_A_DUPLICATES_MAX, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "65 copies of a packet", U32(DFC_GROUP_A_DUPLICATES_MAX, 65),
	  ERANGE, OUT_OF_RANGE },
	{ "copies of a packet of 1 byte", U8(DFC_GROUP_A_DUPLICATES_MAX, 1),
	  EINVAL, WRONG_LENGTH },
	{ "a second id of a group", U32(DFC_GROUP_A_ID, 9), EINVAL, TWICE },
	{ "FILTERS of a group given", U32(DFC_GROUP_A_FILTERS, 1),
	  EINVAL, "FILTERS is reported, not set" },
	{ "MASKS of a group given", U32(DFC_GROUP_A_MASKS, 1),
	  EINVAL, "MASKS is reported, not set" },
	{ "SEEN_PACKETS of a group given", U64(DFC_GROUP_A_SEEN_PACKETS, 1),
	  EINVAL, "SEEN_PACKETS is reported, not set" },
	{ "device without a name in a group", TEXT(DFC_GROUP_A_DEVICE, ""),
	  EINVAL, BAD_NAME },
	{ "device a/b in a group", TEXT(DFC_GROUP_A_DEVICE, "a/b"),
	  EINVAL, BAD_NAME },
	{ "device name of 16 bytes in a group",
	  TEXT(DFC_GROUP_A_DEVICE, "0123456789abcdef"), EINVAL, BAD_POLICY },
};

static struct wire *try_attr(struct wire *w, const struct bad_part *bad)
{
	struct request *r = wire_request(w, DFC_CMD_GROUP_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_GROUP);

	put_u32(r, DFC_GROUP_A_ID, 9);
	culprit(r);
	refuse_part(r, &bad->part);
	nest_end(r, nest);
	return refuse_result(w, bad->name,
			     wire_refused(w, bad->error, bad->text));
}

static bool no_group(struct wire *w)
{
	enum dfc_cmd cmd;
	struct request *r;

	for (cmd = DFC_CMD_GROUP_ADD; cmd <= DFC_CMD_GROUP_GET; cmd++) {
		wire_request(w, cmd);
		CHECK(wire_refused(w, EINVAL, "no group is given"));
		r = wire_request(w, cmd);
		culprit(r);
		nest_end(r, nest_begin(r, DFC_A_GROUP));
		CHECK(wire_refused(w, EINVAL, "group id is missing"));
	}
	return true;
}

/* Begins a group; what follows is what is wrong. */
static struct nlattr *begin(struct wire *w, enum dfc_cmd cmd, uint32_t id)
{
	struct nlattr *nest = nest_begin(wire_request(w, cmd), DFC_A_GROUP);

	culprit(&w->request);
	put_u32(&w->request, DFC_GROUP_A_ID, id);
	return nest;
}

static bool end(struct wire *w, struct nlattr *nest, int error,
		const char *text)
{
	nest_end(&w->request, nest);
	return wire_refused(w, error, text);
}

static bool no_such_group(struct wire *w)
{
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_GROUP_SET; cmd <= DFC_CMD_GROUP_GET; cmd++)
		CHECK(end(w, begin(w, cmd, 9), ENOENT, NO_SUCH_GROUP));
	return true;
}

static bool id_in_use(struct wire *w)
{
	return end(w, begin(w, DFC_CMD_GROUP_ADD, 2), EEXIST,
		   "group id is already in use");
}

static bool foreign(struct wire *w)
{
	const struct part parts[] = {
		U32(DFC_GROUP_A_FLAGS, 0), U32(DFC_GROUP_A_MODE, 0),
		U32(DFC_GROUP_A_DUPLICATES_MAX, 1),
		U32(DFC_GROUP_A_MASKS_MAX, 1), TEXT(DFC_GROUP_A_DEVICE, "a"),
	};
	enum dfc_cmd cmd;
	struct nlattr *nest;
	unsigned int i;

	for (cmd = DFC_CMD_GROUP_DEL; cmd <= DFC_CMD_GROUP_GET; cmd++) {
		for (i = 0; i < COUNT(parts); i++) {
			nest = begin(w, cmd, 1);
			culprit(&w->request);
			refuse_part(&w->request, &parts[i]);
			CHECK(end(w, nest, EINVAL, FOREIGN));
		}
	}
	nest = begin(w, DFC_CMD_GROUP_SET, 1);
	culprit(&w->request);
	refuse_part(&w->request, &parts[1]);
	CHECK(end(w, nest, EINVAL, FOREIGN));
	nest = begin(w, DFC_CMD_GROUP_SET, 1);
	culprit(&w->request);
	put_u32(&w->request, DFC_GROUP_A_TAG, 1);
	return end(w, nest, EINVAL, FOREIGN);
}

static bool too_many_devices(struct wire *w)
{
	struct nlattr *nest = begin(w, DFC_CMD_GROUP_ADD, 9);
	char name[] = "aa";
	unsigned int i;

	for (i = 0; i <= DFC_GROUP_DEVICES_MAX; i++) {
		name[0] = 'a' + i / 26;
		name[1] = 'a' + i % 26;
		culprit(&w->request);
		put(&w->request, DFC_GROUP_A_DEVICE, sizeof(name), name);
	}
	return end(w, nest, EINVAL, "group has more than 64 devices");
}

static bool same_device(struct wire *w)
{
	struct nlattr *nest = begin(w, DFC_CMD_GROUP_ADD, 9);

	put(&w->request, DFC_GROUP_A_DEVICE, 2, "b");
	culprit(&w->request);
	put(&w->request, DFC_GROUP_A_DEVICE, 2, "b");
	return end(w, nest, EINVAL, "device is given twice");
}

/* Group 3, which has "p", and 9, which is to be passive as well. */
static bool passive(struct wire *w)
{
	struct nlattr *nest;
	struct request *r;

	r = wire_request(w, DFC_CMD_GROUP_ADD);
	culprit(r);
	nest = nest_begin(r, DFC_A_GROUP);
	put_u32(r, DFC_GROUP_A_ID, 9);
	put_u32(r, DFC_GROUP_A_MODE, DFC_MODE_PASSIVE);
	CHECK(end(w, nest, EINVAL, "a passive group needs a DEVICE"));
	r = wire_request(w, DFC_CMD_GROUP_SET);
	culprit(r);
	site_put_id(r, 3);
	CHECK(wire_refused(w, EINVAL, "a passive group needs a DEVICE"));

	nest = begin(w, DFC_CMD_GROUP_SET, 3);
	put(r, DFC_GROUP_A_DEVICE, 2, "p");
	culprit(r);
	put_u32(r, DFC_GROUP_A_FLAGS, DFC_GROUP_F_LOCAL);
	CHECK(end(w, nest, EINVAL, "LOCAL is for active groups only"));

	nest = begin(w, DFC_CMD_GROUP_ADD, 9);
	put_u32(r, DFC_GROUP_A_MODE, DFC_MODE_PASSIVE);
	put(r, DFC_GROUP_A_DEVICE, 2, "q");
	culprit(r);
	put(r, DFC_GROUP_A_DEVICE, 2, "p");
	return end(w, nest, EBUSY, IN_USE);
}

/* A refused SET leaves the group what it has. */
static bool device_of_another(struct wire *w)
{
	const struct site own = {
		.id = 9, .mode = DFC_MODE_PASSIVE, .ndevices = 1,
		.device = { "q" },
	};
	static struct site found;
	struct nlattr *nest;

	CHECK(act_site_add(w, &own));
	nest = begin(w, DFC_CMD_GROUP_SET, 9);
	put(&w->request, DFC_GROUP_A_DEVICE, 2, "r");
	culprit(&w->request);
	put(&w->request, DFC_GROUP_A_DEVICE, 2, "p");
	CHECK(end(w, nest, EBUSY, IN_USE));
	CHECK(act_site_get(w, 9, &found));
	CHECK_EQUAL(1, found.ndevices);
	CHECK_EQUAL('q', found.device[0][0]);
	return act_site_del(w, 9);
}

static bool frames_without_devices(struct wire *w)
{
	const struct rule rule = { .id = 2, .family = AF_PACKET, .group = 2,
				   .ndests = 1, .dest = { 1 } };
	const struct site bare = { .id = 2, .masks_max = 5 };
	struct request *r;

	CHECK(act_rule_add(w, &rule));
	r = wire_request(w, DFC_CMD_GROUP_SET);
	culprit(r);
	site_put(r, &bare);
	CHECK(wire_refused(w, EBUSY,
			   "filters of frames in this group need a DEVICE"));
	return act_filter_del(w, 2);
}

static bool full(struct wire *w, const struct rule *rule)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);

	culprit(r);
	rule_put(r, rule);
	return wire_refused(w, ENOSPC,
			    "the group has as many different combinations of fields and prefix lengths as its MASKS_MAX allows");
}

/* Prefixes of different lengths; group 2 may have five, or fewer then. */
static bool too_many_masks(struct wire *w)
{
	struct site fewer = { .id = 2, .masks_max = 1, .ndevices = 1,
			      .device = { "a" } };
	struct rule rule = { .family = AF_INET, .group = 2, .ndests = 1,
			     .dest = { 1 },
			     .src = ONE(.from = { 192, 0, 2 },
					.to = { 192, 0, 2 }) };

	for (rule.id = 2; rule.id <= 6; rule.id++) {
		CHECK(act_rule_add(w, &rule));
		rule.src.entry[0].to[3] = 2 * rule.src.entry[0].to[3] + 1;
	}
	CHECK(full(w, &rule));
	rule.src.entry[0].to[3] = 0;
	CHECK(act_rule_add(w, &rule) && act_filter_del(w, rule.id));

	/* Where it has more than it may, what it has may still be used. */
	CHECK(act_site_set(w, &fewer));
	CHECK(act_rule_add(w, &rule) && act_filter_del(w, rule.id));
	rule.src.entry[0].to[3] = 31;
	CHECK(full(w, &rule));
	rule.group = 1;
	CHECK(act_rule_add(w, &rule));
	for (; rule.id > 1; rule.id--)
		CHECK(act_filter_del(w, rule.id));
	fewer.masks_max = 5;
	return act_site_set(w, &fewer);
}

static bool filters_in_it(struct wire *w)
{
	const struct rule rule = { .id = 2, .group = 1, .ndests = 1,
				   .dest = { 1 } };

	CHECK(act_rule_add(w, &rule));
	CHECK(end(w, begin(w, DFC_CMD_GROUP_DEL, 1), EBUSY,
		  "filters are still in this group"));
	return act_filter_del(w, 2);
}

/* Begins a filter in a group. */
static struct nlattr *filter(struct wire *w, uint32_t group)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, 9);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	culprit(r);
	if (group)
		put_u32(r, DFC_FILTER_A_GROUP_ID, group);
	return nest;
}

static bool unknown_group(struct wire *w)
{
	return end(w, filter(w, 9), ENOENT, NO_SUCH_GROUP);
}

static bool passive_scope(struct wire *w)
{
	static const enum dfc_scope scopes[] = {
		DFC_SCOPE_OUTPUT, DFC_SCOPE_VRF,
	};
	struct request *r = &w->request;
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < COUNT(scopes); i++) {
		nest = filter(w, 3);
		put(r, DFC_FILTER_A_DEVICE, 2, "p");
		culprit(r);
		put_u32(r, DFC_FILTER_A_SCOPE, scopes[i]);
		CHECK(end(w, nest, EINVAL,
			  "in a passive group SCOPE can only be input"));
	}
	nest = filter(w, 3);
	put_u32(r, DFC_FILTER_A_SCOPE, DFC_SCOPE_INPUT);
	put(r, DFC_FILTER_A_DEVICE, 2, "p");
	culprit(r);
	put(r, DFC_FILTER_A_DEVICE, 2, "q");
	return end(w, nest, EINVAL, "device is not one of the passive group");
}

#define NEED_DEVICES \
	"frames need SCOPE input or output, or a group with devices"

static bool frames(struct wire *w)
{
	struct request *r = &w->request;
	struct nlattr *nest, *entry;
	uint32_t group;
	uint16_t list;

	for (group = 0; group <= 1; group++) {
		nest = filter(w, group);
		culprit(r);
		put_u16(r, DFC_FILTER_A_FAMILY, AF_PACKET);
		CHECK(end(w, nest, EINVAL, NEED_DEVICES));
	}
	nest = filter(w, 1);
	put_u32(r, DFC_FILTER_A_SCOPE, DFC_SCOPE_VRF);
	put(r, DFC_FILTER_A_DEVICE, 2, "v");
	culprit(r);
	put_u16(r, DFC_FILTER_A_FAMILY, AF_PACKET);
	CHECK(end(w, nest, EINVAL, NEED_DEVICES));
	for (list = DFC_FILTER_A_SRC; list <= DFC_FILTER_A_ICMP_CODE; list++) {
		if (list > DFC_FILTER_A_DST_PORT &&
		    list < DFC_FILTER_A_ICMP_TYPE)
			continue;
		nest = filter(w, 2);
		put_u16(r, DFC_FILTER_A_FAMILY, AF_PACKET);
		culprit(r);
		entry = nest_begin(r, list);
		put_u16(r, DFC_RANGE_A_FROM, 1);
		nest_end(r, entry);
		CHECK(end(w, nest, EINVAL,
			  "a filter of frames can have no lists"));
	}
	return true;
}

static const struct test tests[] = {
	{ "commands without a group or its id", no_group },
	{ "SET, DEL, GET of an unknown group", no_such_group },
	{ "group id in use", id_in_use },
	{ "attributes that a command of groups does not take", foreign },
	{ "65 devices in a group", too_many_devices },
	{ "a device twice in a group", same_device },
	{ "what a passive group cannot be", passive },
	{ "a device of another passive group by SET", device_of_another },
	{ "SET without devices where there are frames",
	  frames_without_devices },
	{ "more masks than MASKS_MAX of a group", too_many_masks },
	{ "deletion of a group with filters", filters_in_it },
	{ "a filter in an unknown group", unknown_group },
	{ "scopes that make no sense in a passive group", passive_scope },
	{ "frames with lists, or without devices", frames },
};

static unsigned int count(void)
{
	return COUNT(attrs) + COUNT(tests);
}

static void run(void)
{
	struct wire *w = refuse_begin();
	unsigned int i;

	for (i = 0; i < COUNT(attrs); i++)
		w = try_attr(w, &attrs[i]);
	wire_close(w);
	refuse_tests(tests, COUNT(tests));
}

const struct group refuse_site_group = { .count = count, .run = run };
