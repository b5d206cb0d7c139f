// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dfc-netlink/client-private.h"
#include "dfcctl/answer.h"
#include "dfcctl/object.h"

#define SEQ	1
#define PORTID	7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void read_as(const struct object *o, const struct nlmsghdr *nlh)
{
	json_t *rows = json_array();
	char *text;

	object_read(o, nlh, rows);
	text = json_dumps(rows, JSON_COMPACT);
	check(text);
	free(text);
	json_decref(rows);
}

/* As dfcctl reads it, and as dtcpd does. */
static void handle(const struct nlmsghdr *nlh, void *data)
{
	struct tasking_counters counters;
	struct tasking_dest dest;
	enum dfc_reason reason;
	uint32_t id;

	read_as(&object_filter, nlh);
	read_as(&object_destination, nlh);
	read_as(&object_group, nlh);
	client_filter_read((struct nlmsghdr *)nlh, &id, &counters, &reason);
	client_dest_read((struct nlmsghdr *)nlh, &dest);
	++*(unsigned int *)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int handled = 0;
	struct answer a = {
		.seq = SEQ, .portid = PORTID, .handler = handle,
		.data = &handled,
	};
	struct nlmsghdr *nlh;
	uint8_t *buf;
	int ret;

	/* No byte behind it is read; and it is an answer to what was asked. */
	buf = malloc(size ? size : 1);
	check(buf);
	memcpy(buf, data, size);
	nlh = (void *)buf;
	if (size >= sizeof(*nlh)) {
		nlh->nlmsg_seq = SEQ;
		nlh->nlmsg_pid = PORTID;
	}
	ret = answer_feed(&a, buf, size);
	check(memchr(a.text, 0, sizeof(a.text)));
	check(ret <= 1 && handled <= size / sizeof(*nlh));
	free(buf);
	return 0;
}
