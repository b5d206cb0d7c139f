// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <sys/socket.h>

#include "dfc-netlink/client-private.h"

#define DEST_ROOM 256

static int put_addr(struct nl_msg *msg, int attr,
		    const struct dtcp_outer_addr *a)
{
	return nla_put(msg, attr, a->family == AF_INET ? 4 : 16, a->addr);
}

/* Without a UDP header there are no ports. */
static int put_ports(struct nl_msg *msg, const struct config_dest *d)
{
	if (d->format == DFC_FORMAT_IPIP)
		return 0;
	if (nla_put_u16(msg, DFC_DEST_A_PORT, d->port) ||
	    (d->source_port &&
	     nla_put_u16(msg, DFC_DEST_A_SRC_PORT, d->source_port)))
		return -EMSGSIZE;
	return 0;
}

static int put_delivery(struct nl_msg *msg, const struct config_dest *d)
{
	return nla_put_u32(msg, DFC_DEST_A_FORMAT, d->format) ||
	       nla_put_u8(msg, DFC_DEST_A_DSCP, d->dscp) ||
	       nla_put_u32(msg, DFC_DEST_A_QUEUE_MAX, d->queue_limit) ?
		-EMSGSIZE : 0;
}

/* Whose it is, and what becomes of it. */
static int put_owner(struct nl_msg *msg, const struct dfc_client *c)
{
	if ((!c->keep &&
	     nla_put_u32(msg, DFC_DEST_A_FLAGS, DFC_DEST_F_OWNED)) ||
	    (c->tag && nla_put_u32(msg, DFC_DEST_A_TAG, c->tag)))
		return -EMSGSIZE;
	return 0;
}

static int put_dest(struct nl_msg *msg, const struct dfc_client *c,
		    uint32_t id, const struct config_dest *d)
{
	uint32_t security = d->security_none ? DFC_SECURITY_NONE :
		DFC_SECURITY_REQUIRED;
	struct nlattr *nest = nla_nest_start(msg, DFC_A_DEST);

	if (!nest || nla_put_u32(msg, DFC_DEST_A_ID, id) ||
	    put_owner(msg, c) ||
	    put_addr(msg, DFC_DEST_A_ADDRESS, &d->address) ||
	    nla_put_u8(msg, DFC_DEST_A_TTL, d->ttl) ||
	    nla_put_u32(msg, DFC_DEST_A_SECURITY, security) ||
	    put_ports(msg, d) || put_delivery(msg, d))
		return -EMSGSIZE;
	if (d->source.family &&
	    put_addr(msg, DFC_DEST_A_SRC_ADDRESS, &d->source))
		return -EMSGSIZE;
	return nla_nest_end(msg, nest);
}

int client_dest_add(void *ctx, uint32_t id, const struct config_dest *d)
{
	struct dfc_client *c = ctx;
	struct nl_msg *msg;

	msg = client_message(c, DFC_CMD_DEST_ADD, 0, DEST_ROOM);
	if (msg && put_dest(msg, c, id, d)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return client_call(c, msg, NULL, NULL);
}

int client_dest_del(void *ctx, uint32_t id)
{
	struct dfc_client *c = ctx;
	struct nlattr *nest;
	struct nl_msg *msg;

	msg = client_message(c, DFC_CMD_DEST_DEL, 0, DEST_ROOM);
	nest = msg ? nla_nest_start(msg, DFC_A_DEST) : NULL;
	if (!nest || nla_put_u32(msg, DFC_DEST_A_ID, id) ||
	    nla_nest_end(msg, nest)) {
		nlmsg_free(msg);
		msg = NULL;
	}
	return client_call(c, msg, NULL, NULL);
}

struct each {
	tasking_dest_fn *fn;
	void *arg;
};

static void pass_on(struct nlmsghdr *nlh, void *arg)
{
	const struct each *e = arg;
	struct tasking_dest d;

	if (!client_dest_read(nlh, &d))
		e->fn(e->arg, &d);
}

int client_dest_each(void *ctx, tasking_dest_fn *fn, void *arg)
{
	struct each e = { fn, arg };

	return client_each(ctx, DFC_CMD_DEST_GET, pass_on, &e);
}
