// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The client of the kernel module, with a pretended kernel at the other end of
// its sockets: how it reads errors, dumps and events.

#include "client_fake.h"

static void test_dest(void **state)
{
	struct nlattr *tb[DFC_DEST_A_MAX + 1], *nest;
	struct config_dest d = {
		.address = { AF_INET6, { 0x20, 1, 0xd, 0xb8 } },
		.port = 7890, .ttl = 9, .security_none = true,
	};

	answer = answer_ack;
	assert_int_equal(dfc_client_ops.dest_add(client, 5, &d), 0);
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_DEST);
	assert_int_equal(nla_parse_nested(tb, DFC_DEST_A_MAX, nest, NULL), 0);
	assert_int_equal(nla_get_u32(tb[DFC_DEST_A_ID]), 5);
	assert_int_equal(nla_get_u32(tb[DFC_DEST_A_FLAGS]), DFC_DEST_F_OWNED);
	assert_int_equal(nla_len(tb[DFC_DEST_A_ADDRESS]), 16);
	assert_int_equal(nla_get_u16(tb[DFC_DEST_A_PORT]), 7890);
	assert_int_equal(nla_get_u8(tb[DFC_DEST_A_TTL]), 9);
	assert_int_equal(nla_get_u32(tb[DFC_DEST_A_SECURITY]),
			 DFC_SECURITY_NONE);
	assert_null(tb[DFC_DEST_A_SRC_ADDRESS]);
	assert_null(tb[DFC_DEST_A_SRC_PORT]);
	d.address.family = d.source.family = AF_INET;
	d.source_port = 1;
	d.security_none = false;
	assert_int_equal(dfc_client_ops.dest_add(client, 5, &d), 0);
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_DEST);
	assert_int_equal(nla_parse_nested(tb, DFC_DEST_A_MAX, nest, NULL), 0);
	assert_int_equal(nla_len(tb[DFC_DEST_A_ADDRESS]), 4);
	assert_int_equal(nla_len(tb[DFC_DEST_A_SRC_ADDRESS]), 4);
	assert_int_equal(nla_get_u16(tb[DFC_DEST_A_SRC_PORT]), 1);
	assert_int_equal(nla_get_u32(tb[DFC_DEST_A_SECURITY]),
			 DFC_SECURITY_REQUIRED);
	assert_int_equal(dfc_client_ops.dest_del(client, 5), 0);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_DEST_DEL);
}

/* Devices of the group that was sent, and what else it has. */
static const char *sent_devices(struct nlattr *tb[DFC_GROUP_A_MAX + 1])
{
	struct nlattr *a, *nest;
	static char text[2048];
	int rem;

	text[0] = 0;
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_GROUP);
	assert_int_equal(nla_parse_nested(tb, DFC_GROUP_A_MAX, nest, NULL), 0);
	nla_for_each_nested(a, nest, rem)
		if (nla_type(a) == DFC_GROUP_A_DEVICE)
			sprintf(text + strlen(text), "%s ", nla_get_string(a));
	return text;
}

static void test_group(void **state)
{
	char *device[64], names[64][16];
	struct config_group g = {
		.passive = true, .device = device, .mask_limit = 9,
	};
	struct nlattr *tb[DFC_GROUP_A_MAX + 1];

	for (; g.ndevice < 64; g.ndevice++) {
		device[g.ndevice] = names[g.ndevice];
		sprintf(names[g.ndevice], "123456789012-%02zu", g.ndevice);
	}
	answer = answer_ack;
	assert_int_equal(dfc_client_ops.group_add(client, 3, &g), 0);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_GROUP_ADD);
	assert_int_equal(strlen(sent_devices(tb)), 64 * 16);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_ID]), 3);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_MODE]), DFC_MODE_PASSIVE);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_FLAGS]),
			 DFC_GROUP_F_OWNED);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_MASKS_MAX]), 9);
	g = (struct config_group){ .local = true, .mask_limit = 1024 };
	assert_int_equal(dfc_client_ops.group_set(client, 3, &g), 0);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_GROUP_SET);
	assert_string_equal(sent_devices(tb), "");
	assert_null(tb[DFC_GROUP_A_MODE]);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_FLAGS]),
			 DFC_GROUP_F_OWNED | DFC_GROUP_F_LOCAL);
	assert_int_equal(dfc_client_ops.group_del(client, 3), 0);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_GROUP_DEL);
	sent_devices(tb);
	assert_int_equal(nla_get_u32(tb[DFC_GROUP_A_ID]), 3);
	assert_null(tb[DFC_GROUP_A_FLAGS]);
}

static int next_error, next_flags;
static const char *next_text;

static void answer_error(uint8_t cmd)
{
	push_error(next_error, next_flags, next_text);
}

static void fails(int err, int flags, const char *text, int expected,
		  const char *sentence)
{
	next_error = err;
	next_flags = flags;
	next_text = text;
	assert_int_equal(dfc_client_ops.dest_del(client, 5), expected);
	assert_string_equal(dfc_client_ops.error(client), sentence);
}

static void test_errors(void **state)
{
	answer = answer_error;
	fails(-EBUSY, NLM_F_CAPPED | NLM_F_ACK_TLVS, "filters use it", -EBUSY,
	      "filters use it");
	fails(-ENOENT, NLM_F_ACK_TLVS, "no such destination", -ENOENT,
	      "no such destination");
	fails(-EPERM, NLM_F_CAPPED, NULL, -EPERM, "Operation not permitted");
	fails(-ENOENT, NLM_F_CAPPED, NULL, -ENODEV,
	      "kernel module dfc was unloaded: modprobe dfc and start again");
	fails(-EOPNOTSUPP, NLM_F_CAPPED, NULL, -EOPNOTSUPP,
	      "kernel module dfc is older than this program: load the one that "
	      "came with it and start again");
	/* libnl has numbers of its own: its NLE_EXIST is 6, which is ENXIO. */
	fails(-EEXIST, 0, NULL, -EEXIST, "File exists");
	answer = NULL;
	assert_int_equal(dfc_client_ops.dest_del(client, 5), -EIO);
	assert_non_null(strstr(dfc_client_ops.error(client),
			       "no answer of the kernel: "));
}

/* The rest of an answer that was given up must not be taken for the next. */
static void answer_late(uint8_t cmd)
{
	uint32_t seq = sent->nlmsg_seq;

	sent->nlmsg_seq = seq - 1;
	push_msg(filter_msg(seq - 1, 0, cmd, 5, 50));
	push_error(-EBUSY, NLM_F_CAPPED, NULL);
	sent->nlmsg_seq = seq;
	push_error(-ENOENT, NLM_F_CAPPED | NLM_F_ACK_TLVS, "no such filter");
}

static void test_late_answer(void **state)
{
	static const uint32_t id[] = { 5 };
	struct tasking_counters c;
	bool found;

	answer = answer_late;
	assert_int_equal(dfc_client_ops.filter_get(client, id, 1, &c, &found),
			 0);
	assert_false(found);
}

static void answer_singles(uint8_t cmd)
{
	struct nlattr *nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_FILTER);
	uint32_t id = nla_get_u32(nla_data(nest));

	assert_int_equal(cmd, DFC_CMD_FILTER_GET);
	assert_false(sent->nlmsg_flags & NLM_F_DUMP);
	if (id == 8) {
		push_error(-ENOENT, NLM_F_CAPPED | NLM_F_ACK_TLVS,
			   "no such filter");
		return;
	}
	push_msg(filter_msg(sent->nlmsg_seq, 0, cmd, id, id * 10));
	push_ack();
}

static void test_get_singly(void **state)
{
	static const uint32_t id[] = { 9, 8, 7 };
	struct tasking_counters c[3];
	bool found[3] = { false, true, false };

	answer = answer_singles;
	assert_int_equal(dfc_client_ops.filter_get(client, id, 3, c, found), 0);
	assert_true(found[0] && !found[1] && found[2]);
	assert_int_equal(c[0].matched_packets, 90);
	assert_int_equal(c[2].matched_packets, 70);
	assert_int_equal(c[0].matched_bytes, 5);
	assert_int_equal(c[0].copies, 6);
	assert_int_equal(c[0].sent_packets, 7);
	assert_int_equal(c[0].dropped_packets, 8);
	assert_int_equal(c[0].bandwidth, 9);
	assert_int_equal(c[0].left_total, 1);
	assert_int_equal(c[0].left_idle, 2);
	assert_int_equal(c[0].left_packets, 3);
	assert_int_equal(c[0].left_bytes, 4);
}

static unsigned int ndumps;

static void answer_dump(uint8_t cmd)
{
	struct nl_msg *msg;
	struct nlattr *nest;

	if (cmd == DFC_CMD_STATS_GET) {
		msg = nlmsg_alloc();
		genlmsg_put(msg, 0, sent->nlmsg_seq, FAMILY, 0, 0, cmd, 1);
		nest = nla_nest_start(msg, DFC_A_STATS);
		nla_put_u32(msg, DFC_STATS_A_FILTERS, 30);
		nla_nest_end(msg, nest);
		push_msg(msg);
		push_ack();
		return;
	}
	assert_true(sent->nlmsg_flags & NLM_F_DUMP);
	push_msg(filter_msg(sent->nlmsg_seq, NLM_F_MULTI, cmd, 3, 30));
	/* The first dump is disturbed, the second is whole. */
	if (!ndumps++) {
		push_done(NLM_F_DUMP_INTR, 0);
		return;
	}
	push_msg(filter_msg(sent->nlmsg_seq, NLM_F_MULTI, cmd, 5, 50));
	push_msg(filter_msg(sent->nlmsg_seq, NLM_F_MULTI, cmd, 6, 60));
	push_done(0, 0);
}

static void test_get_by_dump(void **state)
{
	struct tasking_counters c[20];
	uint32_t id[20];
	bool found[20];
	int i;

	for (i = 0; i < 20; i++)
		id[i] = 20 - i;
	ndumps = 0;
	answer = answer_dump;
	assert_int_equal(dfc_client_ops.filter_get(client, id, 20, c, found),
			 0);
	assert_int_equal(ndumps, 2);
	for (i = 0; i < 20; i++)
		assert_int_equal(found[i], id[i] == 3 || id[i] == 5 ||
				 id[i] == 6);
	assert_int_equal(c[20 - 5].matched_packets, 50);
}

static void answer_dump_error(uint8_t cmd)
{
	push_done(0, -ENOMEM);
}

static void test_dump_error(void **state)
{
	answer = answer_dump_error;
	assert_int_equal(client_dump(client, NULL, NULL), -ENOMEM);
}

static void push_event(uint32_t id, enum dfc_reason reason, uint64_t packets)
{
	struct nl_msg *msg;

	msg = filter_msg(0, 0, DFC_CMD_FILTER_DEL_NTF, id, packets);
	nla_put_u32(msg, DFC_A_REASON, reason);
	push_msg(msg);
}

static void test_events(void **state)
{
	push_event(11, DFC_REASON_TIMEOUT_IDLE, 1);
	push_event(12, DFC_REASON_LIMIT_BYTES, 99);
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(ngone, 2);
	assert_int_equal(gone[0], 11);
	assert_int_equal(gone[1], 12);
	assert_int_equal(gone_reason, DFC_REASON_LIMIT_BYTES);
	assert_int_equal(gone_packets, 99);
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(nsent, 0);
}

/* Of the filters 7, 3 and 5 a dump shows 3 and 5 (and 6, which is another's) */
static void test_lost_events(void **state)
{
	push_event(11, DFC_REASON_TIMEOUT_IDLE, 1);
	push(NULL, -NLE_NOMEM);
	push_event(12, DFC_REASON_TIMEOUT_IDLE, 1);
	push(NULL, -NLE_AGAIN);
	ndumps = 1;
	answer = answer_dump;
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(ngone, 3);
	assert_int_equal(gone[1], 12);
	assert_int_equal(gone[2], 7);
	assert_int_equal(gone_reason, DFC_REASON_DELETED);
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(nsent, 1);
}

/* Nothing more arrives after the dump that failed: a later call makes up. */
static void test_lost_events_retry(void **state)
{
	push(NULL, -NLE_NOMEM);
	push(NULL, -NLE_AGAIN);
	answer = answer_dump_error;
	assert_int_equal(dfc_client_events(client, NULL), -ENOMEM);
	assert_int_equal(ngone, 0);
	assert_int_equal(dfc_client_events(client, NULL), -ENOMEM);
	ndumps = 1;
	answer = answer_dump;
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(ngone, 1);
	assert_int_equal(gone[0], 7);
	assert_int_equal(dfc_client_events(client, NULL), 0);
	assert_int_equal(nsent, 3);
}

static void push_family(const char *name)
{
	struct nl_msg *msg = nlmsg_alloc();

	genlmsg_put(msg, 0, 0, GENL_ID_CTRL, 0, 0, CTRL_CMD_DELFAMILY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, name);
	push_msg(msg);
}

static void test_unloaded(void **state)
{
	push_family("dfc2");
	assert_int_equal(dfc_client_events(client, NULL), 0);
	push_family("dfc");
	assert_int_equal(dfc_client_events(client, NULL), -ENODEV);
	assert_int_equal(dfc_client_events(client, NULL), -ENODEV);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_group),
		TEST(test_dest),
		TEST(test_errors),
		TEST(test_late_answer),
		TEST(test_get_singly),
		TEST(test_get_by_dump),
		TEST(test_dump_error),
		TEST(test_events),
		TEST(test_lost_events),
		TEST(test_lost_events_retry),
		TEST(test_unloaded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
