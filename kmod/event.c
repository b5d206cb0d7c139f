// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <net/genetlink.h>

#include "event.h"
#include "filter.h"
#include "net.h"
#include "netlink.h"

static bool stopped;

void dfc_event_stop(void)
{
	WRITE_ONCE(stopped, true);
	dfc_net_flush();
}

static bool is_heard(const struct dfc_net *dn)
{
	return !READ_ONCE(stopped) &&
	       genl_has_listeners(&dfc_genl_family, dn->net, 0);
}

/* Who listens learns that an event is lost. */
static void deliver(struct dfc_net *dn, u8 cmd,
		    int (*fill)(struct sk_buff *msg, const void *arg),
		    const void *arg)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		goto lost;
	hdr = genlmsg_put(msg, 0, 0, &dfc_genl_family, 0, cmd);
	if (!hdr || fill(msg, arg))
		goto free;
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&dfc_genl_family, dn->net, msg, 0, 0,
				GFP_KERNEL);
	return;

free:
	nlmsg_free(msg);
lost:
	genl_set_err(&dfc_genl_family, dn->net, 0, 0, -ENOBUFS);
}

static int fill_gone(struct sk_buff *msg, const void *arg)
{
	struct dfc_filter *f = (struct dfc_filter *)arg;

	return nla_put_u32(msg, DFC_A_REASON, f->end - 1) ?:
	       dfc_netlink_filter_fill(msg, f, false);
}

void dfc_event_filter_gone(struct dfc_net *dn, struct dfc_filter *f)
{
	if (is_heard(dn))
		deliver(dn, DFC_CMD_FILTER_DEL_NTF, fill_gone, f);
}

static int fill_drops(struct sk_buff *msg, const void *arg)
{
	return dfc_netlink_dest_fill(msg, arg, false);
}

void dfc_event_dest_drops(struct dfc_net *dn, const struct dfc_dest *dest)
{
	if (is_heard(dn))
		deliver(dn, DFC_CMD_DEST_DROP_NTF, fill_drops, dest);
}
