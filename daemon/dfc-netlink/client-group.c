// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dfc-netlink/client-private.h"

/* 64 devices, each of 20 bytes at most, and the rest. */
#define GROUP_ROOM 2048

/* All that can be changed: what is left out goes back to its default. */
static int put_settings(struct nl_msg *msg, const struct config_group *g,
			bool keep)
{
	uint32_t flags = (keep ? 0 : DFC_GROUP_F_OWNED) |
			 (g->local ? DFC_GROUP_F_LOCAL : 0);
	size_t i;

	if (nla_put_u32(msg, DFC_GROUP_A_FLAGS, flags) ||
	    nla_put_u32(msg, DFC_GROUP_A_MASKS_MAX, g->mask_limit) ||
	    nla_put_u32(msg, DFC_GROUP_A_DUPLICATES_MAX, g->max_duplicates))
		return -EMSGSIZE;
	for (i = 0; i < g->ndevice; i++)
		if (nla_put_string(msg, DFC_GROUP_A_DEVICE, g->device[i]))
			return -EMSGSIZE;
	return 0;
}

/* What stays as it is added. */
static int put_fixed(struct nl_msg *msg, const struct config_group *g,
		     uint32_t tag)
{
	uint32_t mode = g->passive ? DFC_MODE_PASSIVE : DFC_MODE_ACTIVE;

	return nla_put_u32(msg, DFC_GROUP_A_MODE, mode) ||
	       (tag && nla_put_u32(msg, DFC_GROUP_A_TAG, tag)) ?
		-EMSGSIZE : 0;
}

/* @g: NULL where the group is only named */
static int call(struct dfc_client *c, uint8_t cmd, uint32_t id,
		const struct config_group *g)
{
	struct nl_msg *msg = client_message(c, cmd, 0, GROUP_ROOM);
	struct nlattr *nest;

	nest = msg ? nla_nest_start(msg, DFC_A_GROUP) : NULL;
	if (!nest || nla_put_u32(msg, DFC_GROUP_A_ID, id) ||
	    (cmd == DFC_CMD_GROUP_ADD && put_fixed(msg, g, c->tag)) ||
	    (g && put_settings(msg, g, c->keep)) || nla_nest_end(msg, nest)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return client_call(c, msg, NULL, NULL);
}

int client_group_add(void *ctx, uint32_t id, const struct config_group *g)
{
	return call(ctx, DFC_CMD_GROUP_ADD, id, g);
}

int client_group_set(void *ctx, uint32_t id, const struct config_group *g)
{
	return call(ctx, DFC_CMD_GROUP_SET, id, g);
}

int client_group_del(void *ctx, uint32_t id)
{
	return call(ctx, DFC_CMD_GROUP_DEL, id, NULL);
}

struct each {
	tasking_group_fn *fn;
	void *arg;
};

static void pass_on(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_GROUP_A_MAX + 1], *tag;
	const struct each *e = arg;

	if (genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) || !top[DFC_A_GROUP] ||
	    nla_parse_nested(tb, DFC_GROUP_A_MAX, top[DFC_A_GROUP], NULL) ||
	    !tb[DFC_GROUP_A_ID])
		return;
	tag = tb[DFC_GROUP_A_TAG];
	e->fn(e->arg, nla_get_u32(tb[DFC_GROUP_A_ID]),
	      tag ? nla_get_u32(tag) : 0);
}

int client_group_each(void *ctx, tasking_group_fn *fn, void *arg)
{
	struct each e = { fn, arg };

	return client_each(ctx, DFC_CMD_GROUP_GET, pass_on, &e);
}
