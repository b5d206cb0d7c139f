// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The client of the kernel module, with a pretended kernel at the other end of
// its sockets: what it sends, how it reads errors, dumps and events.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/attr.h>

#include "dfc-netlink/client-private.h"

#define FAMILY		42
#define QUEUE_MAX	16

/* What the pretended kernel was sent, and what it will answer. */
static struct nlmsghdr *sent;
static unsigned int nsent;
static struct {
	unsigned char *buf;
	int len;	/* or a negative NLE_* */
} queue[QUEUE_MAX];
static unsigned int head, tail;
static void (*answer)(uint8_t cmd);

static struct dfc_client *client;
static uint32_t gone[16], ngone;
static enum dfc_reason gone_reason;
static uint64_t gone_packets;

void tasking_filter_gone(struct tasking *t, uint32_t id,
			 enum dfc_reason reason,
			 const struct tasking_counters *c)
{
	gone[ngone++] = id;
	gone_reason = reason;
	gone_packets = c ? c->matched_packets : 0;
}

long tasking_filter_ids(const struct tasking *t, uint32_t **id)
{
	*id = calloc(3, sizeof(**id));
	(*id)[0] = 7;
	(*id)[1] = 3;
	(*id)[2] = 5;
	return 3;
}

static int fake_send(struct nl_sock *sk, struct nl_msg *msg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);

	free(sent);
	sent = malloc(nlh->nlmsg_len);
	memcpy(sent, nlh, nlh->nlmsg_len);
	nsent++;
	if (answer)
		answer(genlmsg_hdr(sent)->cmd);
	return nlh->nlmsg_len;
}

static int fake_recv(struct nl_sock *sk, struct sockaddr_nl *from,
		     unsigned char **buf, struct ucred **creds)
{
	if (head == tail)
		return -NLE_AGAIN;
	*buf = queue[tail].buf;
	return queue[tail++].len;
}

static void push(const void *buf, int len)
{
	assert_true(head < QUEUE_MAX);
	queue[head].buf = NULL;
	if (len > 0) {
		queue[head].buf = malloc(len);
		memcpy(queue[head].buf, buf, len);
	}
	queue[head++].len = len;
}

static void push_msg(struct nl_msg *msg)
{
	push(nlmsg_hdr(msg), nlmsg_hdr(msg)->nlmsg_len);
	nlmsg_free(msg);
}

/* An acknowledgement, with the text that the kernel may add. */
static void push_error(int err, int flags, const char *text)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlmsgerr e = { .error = err, .msg = *sent };

	nlmsg_put(msg, 0, sent->nlmsg_seq, NLMSG_ERROR, 0, flags);
	nlmsg_append(msg, &e, sizeof(e), 4);
	if (!(flags & NLM_F_CAPPED))
		nlmsg_append(msg, sent + 1, sent->nlmsg_len - NLMSG_HDRLEN, 4);
	if (text) {
		nla_put_u32(msg, NLMSGERR_ATTR_OFFS, 20);
		nla_put_string(msg, NLMSGERR_ATTR_MSG, text);
	}
	push_msg(msg);
}

static void push_ack(void)
{
	push_error(0, NLM_F_CAPPED, NULL);
}

static struct nl_msg *filter_msg(uint32_t seq, int flags, uint8_t cmd,
				 uint32_t id, uint64_t packets)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest, *counters;

	genlmsg_put(msg, 0, seq, FAMILY, 0, flags, cmd, 1);
	nest = nla_nest_start(msg, DFC_A_FILTER);
	nla_put_u32(msg, DFC_FILTER_A_ID, id);
	nla_put_u64(msg, DFC_FILTER_A_LEFT_TOTAL, 1);
	nla_put_u64(msg, DFC_FILTER_A_LEFT_IDLE, 2);
	nla_put_u64(msg, DFC_FILTER_A_LEFT_PACKETS, 3);
	nla_put_u64(msg, DFC_FILTER_A_LEFT_BYTES, 4);
	counters = nla_nest_start(msg, DFC_FILTER_A_COUNTERS);
	nla_put_u64(msg, DFC_COUNTERS_A_MATCHED_PACKETS, packets);
	nla_put_u64(msg, DFC_COUNTERS_A_MATCHED_BYTES, 5);
	nla_put_u64(msg, DFC_COUNTERS_A_COPIES, 6);
	nla_put_u64(msg, DFC_COUNTERS_A_SENT_PACKETS, 7);
	nla_put_u64(msg, DFC_COUNTERS_A_DROPPED_PACKETS, 8);
	nla_put_u64(msg, DFC_COUNTERS_A_BANDWIDTH, 9);
	nla_nest_end(msg, counters);
	nla_nest_end(msg, nest);
	return msg;
}

static void push_done(int flags, int err)
{
	struct nl_msg *msg = nlmsg_alloc();

	nlmsg_put(msg, 0, sent->nlmsg_seq, NLMSG_DONE, 0, NLM_F_MULTI | flags);
	nlmsg_append(msg, &err, sizeof(err), 4);
	push_msg(msg);
}

static int setup(void **state)
{
	struct nl_cb *cb;

	client = client_alloc();
	client->family = FAMILY;
	cb = nl_socket_get_cb(client->request);
	nl_cb_overwrite_send(cb, fake_send);
	nl_cb_put(cb);
	nl_cb_overwrite_recv(client->cb, fake_recv);
	nl_cb_overwrite_recv(client->event_cb, fake_recv);
	client_event_expect(client);
	head = tail = nsent = ngone = 0;
	answer = NULL;
	return 0;
}

static int teardown(void **state)
{
	while (tail < head)
		free(queue[tail++].buf);
	dfc_client_close(client);
	free(sent);
	sent = NULL;
	return 0;
}

static void answer_ack(uint8_t cmd)
{
	push_ack();
}

/* Attributes of the filter that was sent, as "type:hex ..." in their order. */
static const char *sent_filter(void)
{
	static char text[4096];
	struct nlattr *a, *b, *nest;
	int rem, rem2, i;

	text[0] = 0;
	nest = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_FILTER);
	assert_non_null(nest);
	assert_true(nest->nla_type & NLA_F_NESTED);
	nla_for_each_nested(a, nest, rem) {
		sprintf(text + strlen(text), "%d:", nla_type(a));
		if (a->nla_type & NLA_F_NESTED) {
			nla_for_each_nested(b, a, rem2) {
				sprintf(text + strlen(text), "(%d=",
					nla_type(b));
				for (i = 0; i < nla_len(b); i++)
					sprintf(text + strlen(text), "%02x",
						((uint8_t *)nla_data(b))[i]);
				strcat(text, ")");
			}
		} else {
			for (i = 0; i < nla_len(a); i++)
				sprintf(text + strlen(text), "%02x",
					((uint8_t *)nla_data(a))[i]);
		}
		strcat(text, " ");
	}
	return text;
}

static void parse_lists(struct dtcp_request *r, const char *src,
			const char *dst, const char *protocol,
			const char *ports)
{
	memset(r, 0, sizeof(*r));
	if (src)
		assert_int_equal(dtcp_filter_addresses(&r->src,
			(struct dtcp_text){ src, strlen(src) }), 0);
	if (dst)
		assert_int_equal(dtcp_filter_addresses(&r->dst,
			(struct dtcp_text){ dst, strlen(dst) }), 0);
	if (protocol)
		assert_int_equal(dtcp_filter_numbers(&r->protocol,
			(struct dtcp_text){ protocol, strlen(protocol) },
			255), 0);
	if (ports)
		assert_int_equal(dtcp_filter_numbers(&r->dst_port,
			(struct dtcp_text){ ports, strlen(ports) },
			65535), 0);
}

static void test_filter_add(void **state)
{
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 0x01020304, .match = &r, .dest = { 1, 2 }, .ndest = 2,
		.priority = 3, .timeout_total = 4, .timeout_idle = 5,
		.limit_packets = 6, .limit_bytes = 7,
	};

	answer = answer_ack;
	parse_lists(&r, "192.0.2.2", "198.51.100.0/24, !198.51.100.7", "6",
		    "80,443-*");
	r.family = AF_INET;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_int_equal(sent->nlmsg_type, FAMILY);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_FILTER_ADD);
	assert_string_equal(sent_filter(),
		"2:04030201 12:04000000 13:05000000 14:0600000000000000 "
		"15:0700000000000000 3:01000000 11:03000000 4:0200 "
		"5:(1=c0000202)(2=c0000202) "
		"6:(1=c6336400)(2=c63364ff) "
		"6:(1=c6336407)(2=c6336407)(3=01000000) "
		"7:(1=0600)(2=0600) "
		"9:(1=5000)(2=5000) 9:(1=bb01)(2=ffff) "
		"10:01000000 10:02000000 ");
	dtcp_request_fini(&r);
}

/* "*" is no condition, but "any port" is one. */
static void test_any(void **state)
{
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 1, .match = &r, .dest = { 1 }, .ndest = 1,
	};

	answer = answer_ack;
	parse_lists(&r, "*", "*,192.0.2.0/24,!192.0.2.1", "*", "*");
	r.family = AF_INET;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 4:0200 "
		"6:(1=c0000201)(2=c0000201)(3=01000000) "
		"9:(1=0000)(2=ffff) 10:01000000 ");
	dtcp_request_fini(&r);
	parse_lists(&r, "!*", "2001:db8::/32", "*,!6", NULL);
	/* What stands in an entry of no family means nothing. */
	memset(r.src.entry[0].from, 0x55, sizeof(r.src.entry[0].from));
	memset(r.src.entry[0].to, 0x55, sizeof(r.src.entry[0].to));
	r.family = AF_INET6;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 4:0a00 "
		"5:(1=00000000000000000000000000000000)"
		"(2=ffffffffffffffffffffffffffffffff)(3=01000000) "
		"6:(1=20010db8000000000000000000000000)"
		"(2=20010db8ffffffffffffffffffffffff) "
		"7:(1=0000)(2=ff00) 7:(1=0600)(2=0600)(3=01000000) "
		"10:01000000 ");
	dtcp_request_fini(&r);
}

static void test_filter_set(void **state)
{
	struct tasking_filter f = { .id = 9, .limit_bytes = 3, .ndest = 1 };

	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_set(client, &f), 0);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_FILTER_SET);
	assert_string_equal(sent_filter(), "2:09000000 15:0300000000000000 ");
}

static void test_filter_del(void **state)
{
	uint32_t *id = calloc(100000, sizeof(*id));
	struct nlattr *a;
	int rem, n = 0;

	for (rem = 0; rem < 100000; rem++)
		id[rem] = rem + 1;
	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_del(client, id, 100000), 0);
	assert_int_equal(nsent, 1);
	nlmsg_for_each_attr(a, sent, GENL_HDRLEN, rem)
		n += nla_type(a) == DFC_A_FILTER;
	assert_int_equal(n, 100000);
	assert_int_equal(dfc_client_ops.filter_del(client, id, 0), 0);
	assert_int_equal(nsent, 1);
	free(id);
}

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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_filter_add),
		TEST(test_any),
		TEST(test_filter_set),
		TEST(test_filter_del),
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
