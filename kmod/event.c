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

void dfc_event_filter_gone(struct dfc_net *dn, struct dfc_filter *f)
{
	struct net *net = dn->net;
	struct sk_buff *msg;
	void *hdr;

	if (READ_ONCE(stopped) ||
	    !genl_has_listeners(&dfc_genl_family, net, 0))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		goto lost;
	hdr = genlmsg_put(msg, 0, 0, &dfc_genl_family, 0,
			  DFC_CMD_FILTER_DEL_NTF);
	if (!hdr || nla_put_u32(msg, DFC_A_REASON, f->end - 1) ||
	    dfc_netlink_filter_fill(msg, f, false))
		goto free;
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&dfc_genl_family, net, msg, 0, 0, GFP_KERNEL);
	return;

free:
	nlmsg_free(msg);
lost:
	genl_set_err(&dfc_genl_family, net, 0, 0, -ENOBUFS);
}
