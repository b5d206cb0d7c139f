/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef SCHEMA_MESSAGE_H
#define SCHEMA_MESSAGE_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/dfc.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <sys/socket.h>

/* Messages as the kernel writes them: to JSON, and from there to text. */
static char message[8192] __attribute__((aligned(4)));

static struct nlmsghdr *begin(uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(message);
	struct genlmsghdr *genl;

	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	return nlh;
}

static void put_drop(struct nlmsghdr *nlh, uint32_t cause, uint64_t packets)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, DFC_COUNTERS_A_DROP);

	mnl_attr_put_u32(nlh, DFC_DROP_A_CAUSE, cause);
	mnl_attr_put_u64(nlh, DFC_DROP_A_PACKETS, packets);
	mnl_attr_put_u64(nlh, DFC_DROP_A_BYTES, packets * 100);
	mnl_attr_nest_end(nlh, nest);
}

static void put_counters(struct nlmsghdr *nlh, uint16_t attr, uint64_t n)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);

	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_MATCHED_PACKETS, n);
	mnl_attr_put(nlh, DFC_COUNTERS_A_PAD, 0, NULL);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_MATCHED_BYTES, n * 100);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_COPIES, n);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_SENT_PACKETS, n ? n - 1 : 0);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_SENT_BYTES,
			 n ? (n - 1) * 100 : 0);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_DROPPED_PACKETS, n ? 1 : 0);
	mnl_attr_put_u64(nlh, DFC_COUNTERS_A_BANDWIDTH, n * 1234567);
	if (attr != DFC_FILTER_A_COUNTERS && n) {
		put_drop(nlh, DFC_DROP_NO_SA, n);
		put_drop(nlh, DFC_DROP_OUTPUT, 2);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_port(struct nlmsghdr *nlh, uint16_t attr, uint16_t from,
		     uint16_t to, uint32_t flags)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);

	mnl_attr_put_u16(nlh, DFC_RANGE_A_FROM, from);
	if (to != from)
		mnl_attr_put_u16(nlh, DFC_RANGE_A_TO, to);
	if (flags)
		mnl_attr_put_u32(nlh, DFC_RANGE_A_FLAGS, flags);
	mnl_attr_nest_end(nlh, nest);
}

static void put_filter(struct nlmsghdr *nlh, uint32_t id, uint64_t n)
{
	struct nlattr *filter = mnl_attr_nest_start(nlh, DFC_A_FILTER);

	mnl_attr_put_u32(nlh, DFC_FILTER_A_ID, id);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_FLAGS, DFC_FILTER_F_OWNED);
	if (n) {
		mnl_attr_put_u16(nlh, DFC_FILTER_A_FAMILY, AF_INET);
		put_port(nlh, DFC_FILTER_A_PROTOCOL, 6, 6, 0);
		put_port(nlh, DFC_FILTER_A_DST_PORT, 80, 80, 0);
		put_port(nlh, DFC_FILTER_A_DST_PORT, 8000, 8080, 0);
		put_port(nlh, DFC_FILTER_A_DST_PORT, 8001, 8001,
			 DFC_ENTRY_F_NOT);
	}
	mnl_attr_put_u32(nlh, DFC_FILTER_A_DEST_ID, 1);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_PRIORITY, 0);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_TIMEOUT_IDLE, 60);
	mnl_attr_put_u64(nlh, DFC_FILTER_A_LEFT_IDLE, 59500);
	mnl_attr_put_u64(nlh, DFC_FILTER_A_AGE, 61001);
	put_counters(nlh, DFC_FILTER_A_COUNTERS, n);
	mnl_attr_nest_end(nlh, filter);
}

static void assert_equal(const json_t *value, const char *expected)
{
	char *text = json_dumps(value, JSON_REAL_PRECISION(15) |
				JSON_COMPACT | JSON_ENCODE_ANY);

	assert_string_equal(text, expected);
	free(text);
}

#endif
