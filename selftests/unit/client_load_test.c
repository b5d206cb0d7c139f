// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The client of the kernel module: what copies look like, how much there is of
// them, and what is lost.

#include "client_fake.h"

static void put_drop(struct nl_msg *msg, uint32_t cause, uint64_t packets,
		     uint64_t bytes)
{
	struct nlattr *nest = nla_nest_start(msg, DFC_COUNTERS_A_DROP);

	nla_put_u32(msg, DFC_DROP_A_CAUSE, cause);
	nla_put_u64(msg, DFC_DROP_A_PACKETS, packets);
	nla_put_u64(msg, DFC_DROP_A_BYTES, bytes);
	nla_nest_end(msg, nest);
}

static void put_drops(struct nl_msg *msg)
{
	put_drop(msg, DFC_DROP_NO_SA, 1, 10);
	put_drop(msg, DFC_DROP_QUEUE_FULL, 2, 20);
	put_drop(msg, DFC_DROP_LATE, 4, 40);
	put_drop(msg, DFC_DROP_DUPLICATE, 8, 80);
	/* Of a kernel that is newer. */
	put_drop(msg, DFC_DROP_MAX + 1, 16, 160);
}

static struct nl_msg *dest_msg(uint32_t seq, uint8_t cmd, uint32_t id)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest, *counters;

	genlmsg_put(msg, 0, seq, FAMILY, 0, NLM_F_MULTI, cmd, 1);
	nest = nla_nest_start(msg, DFC_A_DEST);
	nla_put_u32(msg, DFC_DEST_A_ID, id);
	counters = nla_nest_start(msg, DFC_DEST_A_COUNTERS);
	nla_put_u64(msg, DFC_COUNTERS_A_MATCHED_PACKETS, 100 + id);
	nla_put_u64(msg, DFC_COUNTERS_A_MATCHED_BYTES, 200 + id);
	nla_put_u64(msg, DFC_COUNTERS_A_BANDWIDTH, 300 + id);
	put_drops(msg);
	nla_nest_end(msg, counters);
	nla_nest_end(msg, nest);
	return msg;
}

static void check_dest(const struct tasking_dest *d, uint32_t id)
{
	assert_int_equal(d->id, id);
	assert_int_equal(d->matched_packets, 100 + id);
	assert_int_equal(d->matched_bytes, 200 + id);
	assert_int_equal(d->bandwidth, 300 + id);
	assert_int_equal(d->drop[DFC_DROP_NO_SA].packets, 1);
	assert_int_equal(d->drop[DFC_DROP_NO_ROUTE].packets, 0);
	assert_int_equal(d->drop[DFC_DROP_LATE].packets, 4);
	assert_int_equal(d->drop[DFC_DROP_LATE].bytes, 40);
}

static uint32_t dests;

static void keep_dest(void *arg, const struct tasking_dest *d)
{
	assert_ptr_equal(arg, &dests);
	check_dest(d, ++dests);
}

static void answer_dests(uint8_t cmd)
{
	assert_int_equal(cmd, DFC_CMD_DEST_GET);
	assert_true(sent->nlmsg_flags & NLM_F_DUMP);
	push_msg(dest_msg(sent->nlmsg_seq, cmd, 1));
	push_msg(dest_msg(sent->nlmsg_seq, cmd, 2));
	push_done(NLM_F_DUMP_INTR, 0);
}

/* Once, also if something has changed under way. */
static void each_dest(void **state)
{
	dests = 0;
	answer = answer_dests;
	assert_int_equal(dfc_client_ops.dest_each(client, keep_dest, &dests),
			 0);
	assert_int_equal(dests, 2);
	assert_int_equal(nsent, 1);
}

static void dropped_event(void **state)
{
	memset(&dropped, 0, sizeof(dropped));
	push_msg(dest_msg(0, DFC_CMD_DEST_DROP_NTF, 7));
	assert_int_equal(dfc_client_events(client, NULL), 0);
	check_dest(&dropped, 7);
	assert_int_equal(ngone, 0);
}

static struct nl_msg *lossy_filter(uint32_t id)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest, *counters;

	genlmsg_put(msg, 0, sent->nlmsg_seq, FAMILY, 0, NLM_F_MULTI,
		    DFC_CMD_FILTER_GET, 1);
	nest = nla_nest_start(msg, DFC_A_FILTER);
	nla_put_u32(msg, DFC_FILTER_A_ID, id);
	counters = nla_nest_start(msg, DFC_FILTER_A_COUNTERS);
	nla_put_u64(msg, DFC_COUNTERS_A_BANDWIDTH, id);
	put_drops(msg);
	nla_nest_end(msg, counters);
	nla_nest_end(msg, nest);
	return msg;
}

static uint32_t filters;

static void keep_filter(void *arg, uint32_t id,
			const struct tasking_counters *c)
{
	filters++;
	assert_int_equal(c->bandwidth, id);
	assert_int_equal(c->overload.packets, 2 + 4 + 8);
	assert_int_equal(c->overload.bytes, 20 + 40 + 80);
}

static void answer_filters(uint8_t cmd)
{
	assert_int_equal(cmd, DFC_CMD_FILTER_GET);
	assert_true(sent->nlmsg_flags & NLM_F_DUMP);
	push_msg(lossy_filter(3));
	push_msg(lossy_filter(9));
	push_done(NLM_F_DUMP_INTR, 0);
}

static void each_filter(void **state)
{
	filters = 0;
	answer = answer_filters;
	assert_int_equal(dfc_client_ops.filter_each(client, keep_filter, NULL),
			 0);
	assert_int_equal(filters, 2);
	assert_int_equal(nsent, 1);
}

static void push_seen(uint8_t cmd, int top, int attr)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;

	genlmsg_put(msg, 0, sent->nlmsg_seq, FAMILY, 0, 0, cmd, 1);
	nest = nla_nest_start(msg, top);
	if (attr)
		nla_put_u64(msg, attr, 1000 + attr);
	nla_nest_end(msg, nest);
	push_msg(msg);
	push_ack();
}

static void answer_seen(uint8_t cmd)
{
	if (cmd == DFC_CMD_STATS_GET)
		push_seen(cmd, DFC_A_STATS, DFC_STATS_A_SEEN_PACKETS);
	else
		push_seen(cmd, DFC_A_GROUP, DFC_GROUP_A_SEEN_PACKETS);
}

static void answer_unseen(uint8_t cmd)
{
	push_seen(cmd, DFC_A_GROUP, 0);
}

static void seen(void **state)
{
	struct nlattr *nest;
	uint64_t packets;

	answer = answer_seen;
	assert_int_equal(dfc_client_ops.seen_get(client, 0, &packets), 0);
	assert_int_equal(packets, 1000 + DFC_STATS_A_SEEN_PACKETS);
	assert_int_equal(dfc_client_ops.seen_get(client, 6, &packets), 0);
	assert_int_equal(packets, 1000 + DFC_GROUP_A_SEEN_PACKETS);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_GROUP_GET);
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_GROUP);
	assert_int_equal(nla_get_u32(nla_find(nla_data(nest), nla_len(nest),
					      DFC_GROUP_A_ID)), 6);
	answer = answer_unseen;
	assert_int_equal(dfc_client_ops.seen_get(client, 6, &packets),
			 -EBADMSG);
}

static void delivery(void **state)
{
	struct config_dest d = {
		.address = { AF_INET, { 203, 0, 113, 2 } }, .port = 7,
		.source_port = 8, .ttl = 9, .format = DFC_FORMAT_DFC,
		.dscp = 10, .queue_limit = 70000,
	};
	struct nlattr *tb[DFC_DEST_A_MAX + 1], *nest;
	int i;

	answer = answer_ack;
	for (i = 0; i < 2; i++) {
		assert_int_equal(dfc_client_ops.dest_add(client, 1, &d), 0);
		nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_DEST);
		nla_parse_nested(tb, DFC_DEST_A_MAX, nest, NULL);
		assert_int_equal(nla_get_u32(tb[DFC_DEST_A_FORMAT]), d.format);
		assert_int_equal(nla_get_u8(tb[DFC_DEST_A_DSCP]), 10);
		assert_int_equal(nla_get_u32(tb[DFC_DEST_A_QUEUE_MAX]), 70000);
		assert_int_equal(!tb[DFC_DEST_A_PORT], i);
		assert_int_equal(!tb[DFC_DEST_A_SRC_PORT], i);
		d.format = DFC_FORMAT_IPIP;
	}
}

static void duplicates(void **state)
{
	const struct config_group g = {
		.mask_limit = 1, .max_duplicates = 33,
	};
	struct nlattr *nest;

	answer = answer_ack;
	assert_int_equal(dfc_client_ops.group_set(client, 1, &g), 0);
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_GROUP);
	assert_int_equal(nla_get_u32(nla_find(nla_data(nest), nla_len(nest),
				DFC_GROUP_A_DUPLICATES_MAX)), 33);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_dest),
		TEST(dropped_event),
		TEST(each_filter),
		TEST(seen),
		TEST(delivery),
		TEST(duplicates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
