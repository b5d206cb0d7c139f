/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * What the tests of the kernel client share: a pretended kernel at the other
 * end of its sockets.
 */

#ifndef CLIENT_FAKE_H
#define CLIENT_FAKE_H

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
#define QUEUE_MAX	32

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

static struct tasking_dest dropped;

void tasking_dest_dropped(struct tasking *t, const struct tasking_dest *d)
{
	dropped = *d;
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

__attribute__((unused))
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

__attribute__((unused))
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
	cb = nl_socket_get_cb(client->route);
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

__attribute__((unused))
static void answer_ack(uint8_t cmd)
{
	push_ack();
}

/* Attributes of the filter that was sent, as "type:hex ..." in their order. */
__attribute__((unused))
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
