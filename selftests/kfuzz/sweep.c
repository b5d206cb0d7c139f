// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>

#include "run.h"

#define LEFT_MAX	4096

static struct message request;

static void make_plain(struct message *m, uint8_t command, uint16_t flags)
{
	struct dice dice = { 0 };

	m->command = spec_command(DFC_CMD_STATS_GET);
	m->known = run.known;
	m->dice = &dice;
	message_make(m, run.family);
	m->bytes[NLMSG_HDRLEN] = command;
	m->nlh.nlmsg_flags |= flags;
}

void ask(uint8_t command, uint16_t flags, channel_reader reader,
		void *arg)
{
	struct channel *c = &run.channels[0];

	make_plain(&request, command, flags);
	channel_send(c, &request, 1);
	while (c->left)
		read_on(c, reader, arg);
	if (c->end[0].error)
		complain("the kernel refuses what is right", &request);
}

static void count_left(const struct nlmsghdr *nlh, void *arg)
{
	static const char *const names[] = {
		[DFC_STATS_A_FILTERS] = "filters",
		[DFC_STATS_A_DESTS] = "destinations",
		[DFC_STATS_A_GROUPS] = "groups",
		[DFC_STATS_A_MASKS] = "masks",
	};
	const struct nlattr *a, *one;
	uint16_t type;

	(void)arg;
	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		mnl_attr_for_each_nested(one, a) {
			type = mnl_attr_get_type(one);
			if (type >= sizeof(names) / sizeof(*names) ||
			    !names[type] || !mnl_attr_get_u32(one))
				continue;
			fprintf(stderr, "%u %s are left\n",
				mnl_attr_get_u32(one), names[type]);
			exit(1);
		}
	}
}

/* Deletes one object. */
static void delete(uint8_t command, uint16_t outer, uint32_t id)
{
	struct channel *c = &run.channels[0];
	struct message *m = &request;
	struct nlattr *nest;

	make_plain(m, command, 0);
	nest = mnl_attr_nest_start(&m->nlh, outer);
	mnl_attr_put_u32(&m->nlh, outer == DFC_A_DEST ? DFC_DEST_A_ID :
			 DFC_GROUP_A_ID, id);
	mnl_attr_nest_end(&m->nlh, nest);
	channel_send(c, m, 1);
	while (c->left)
		read_on(c, learn, NULL);
	if (c->end[0].error)
		complain("what is there cannot be deleted", m);
}

/* Ids that a dump has told. */
struct left {
	unsigned int n;
	uint32_t id[LEFT_MAX];
};

static void collect(const struct nlmsghdr *nlh, void *arg)
{
	struct left *left = arg;
	unsigned int kind;

	if (left->n < LEFT_MAX)
		left->id[left->n++] = answer_id(nlh, &kind);
}

static void delete_all(uint8_t get, uint8_t del, uint16_t outer)
{
	static struct left left;
	unsigned int i;

	left.n = 0;
	ask(get, NLM_F_DUMP, collect, &left);
	for (i = 0; i < left.n; i++)
		delete(del, outer, left.id[i]);
}

/* What sockets owned goes with them, the rest by command; nothing is left. */
void sweep(void)
{
	unsigned int i;

	for (i = 0; i < CHANNELS; i++)
		reopen(i);
	ask(DFC_CMD_FILTER_FLUSH, 0, learn, NULL);
	delete_all(DFC_CMD_DEST_GET, DFC_CMD_DEST_DEL, DFC_A_DEST);
	delete_all(DFC_CMD_GROUP_GET, DFC_CMD_GROUP_DEL, DFC_A_GROUP);
	ask(DFC_CMD_STATS_GET, 0, count_left, NULL);
}

