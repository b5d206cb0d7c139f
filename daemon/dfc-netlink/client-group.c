// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dfc-netlink/client-private.h"

/* 64 devices, each of 20 bytes at most, and the rest. */
#define GROUP_ROOM 2048

/* All that can be changed: what is left out goes back to its default. */
static int put_settings(struct nl_msg *msg, const struct config_group *g)
{
	uint32_t flags = DFC_GROUP_F_OWNED | (g->local ? DFC_GROUP_F_LOCAL : 0);
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

static int put_mode(struct nl_msg *msg, const struct config_group *g)
{
	return nla_put_u32(msg, DFC_GROUP_A_MODE, g->passive ?
			   DFC_MODE_PASSIVE : DFC_MODE_ACTIVE);
}

/* @g: NULL where the group is only named */
static int call(struct dfc_client *c, uint8_t cmd, uint32_t id,
		const struct config_group *g)
{
	struct nl_msg *msg = client_message(c, cmd, 0, GROUP_ROOM);
	struct nlattr *nest;

	nest = msg ? nla_nest_start(msg, DFC_A_GROUP) : NULL;
	if (!nest || nla_put_u32(msg, DFC_GROUP_A_ID, id) ||
	    (cmd == DFC_CMD_GROUP_ADD && put_mode(msg, g)) ||
	    (g && put_settings(msg, g)) || nla_nest_end(msg, nest)) {
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
