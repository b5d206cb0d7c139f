// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/module.h>

#include "event.h"
#include "net.h"
#include "netlink.h"

static const struct nla_policy dfc_policy[DFC_A_MAX + 1] = {
	[DFC_A_FILTER] = NLA_POLICY_NESTED(dfc_filter_policy),
	[DFC_A_DEST] = NLA_POLICY_NESTED(dfc_dest_policy),
	[DFC_A_GROUP] = NLA_POLICY_NESTED(dfc_group_policy),
};

int dfc_netlink_precheck(const struct nlmsghdr *nlh, int takes, bool many,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	bool seen = false;
	int rem;

	nlmsg_for_each_attr(a, nlh, GENL_HDRLEN, rem) {
		if (nla_type(a) != takes) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "attribute does not belong to this command");
			return -EINVAL;
		}
		if (seen && !many) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "attribute is given twice");
			return -EINVAL;
		}
		seen = true;
	}
	return 0;
}

int dfc_netlink_once(const struct nlattr *nest, u32 lists,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	u32 seen = 0;
	int rem;

	nla_for_each_nested(a, nest, rem) {
		if (seen & BIT(nla_type(a)) & ~lists) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "attribute is given twice");
			return -EINVAL;
		}
		seen |= BIT(nla_type(a));
	}
	return 0;
}

struct dfc_net *dfc_netlink_begin(struct net *net)
{
	struct dfc_net *dn = dfc_net(net);

	mutex_lock(&dn->lock);
	dfc_net_reap(dn);
	return dn;
}

void dfc_netlink_end(struct dfc_net *dn)
{
	mutex_unlock(&dn->lock);
}

int dfc_netlink_reply(struct genl_info *info,
		      int (*fill)(struct sk_buff *msg, const void *arg),
		      const void *arg)
{
	struct sk_buff *msg;
	void *hdr;

	msg = genlmsg_new(DFC_NETLINK_ROOM, GFP_KERNEL);
	if (!msg) {
		GENL_SET_ERR_MSG(info, "no memory for the answer");
		return -ENOMEM;
	}
	hdr = genlmsg_put_reply(msg, info, &dfc_genl_family, 0,
				info->genlhdr->cmd);
	if (!hdr || fill(msg, arg)) {
		nlmsg_free(msg);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);
}

int dfc_netlink_dump_start(struct netlink_callback *cb)
{
	cb->min_dump_alloc = DFC_NETLINK_ROOM;
	return 0;
}

int dfc_netlink_dump(struct sk_buff *msg, struct netlink_callback *cb,
		     struct xarray *array, struct dfc_net *dn,
		     int (*fill)(struct sk_buff *msg, const void *arg))
{
	unsigned long id;
	void *object;
	void *hdr;
	int err;

	lockdep_assert_held(&dn->lock);
	/* Not before the dump begins, where not all kernels have an extack. */
	err = dfc_netlink_precheck(cb->nlh, DFC_A_UNSPEC, false, cb->extack);
	if (err)
		return err;
	cb->seq = dn->generation;
	if (cb->args[1])
		return 0;
	xa_for_each_start(array, id, object, cb->args[0]) {
		hdr = genlmsg_put(msg, NETLINK_CB(cb->skb).portid,
				  cb->nlh->nlmsg_seq, &dfc_genl_family,
				  NLM_F_MULTI,
				  genl_dumpit_info(cb)->op.cmd);
		if (!hdr)
			break;
		genl_dump_check_consistent(cb, hdr);
		if (fill(msg, object)) {
			genlmsg_cancel(msg, hdr);
			break;
		}
		genlmsg_end(msg, hdr);
		cb->args[0] = id + 1;
		/* Where longs have 32 bits, there is no id behind the last. */
		cb->args[1] = id == U32_MAX;
	}
	return msg->len ?: (object ? -EMSGSIZE : 0);
}

static int put_u64(struct sk_buff *msg, int attr, u64 value)
{
	return nla_put_u64_64bit(msg, attr, value, DFC_COUNTERS_A_PAD);
}

static int drop_fill(struct sk_buff *msg, enum dfc_drop cause,
		     const struct dfc_drops *drops)
{
	struct nlattr *nest = nla_nest_start(msg, DFC_COUNTERS_A_DROP);

	if (!nest || nla_put_u32(msg, DFC_DROP_A_CAUSE, cause) ||
	    nla_put_u64_64bit(msg, DFC_DROP_A_PACKETS, drops->packets[cause],
			      DFC_DROP_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_DROP_A_BYTES, drops->bytes[cause],
			      DFC_DROP_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

int dfc_netlink_counters_fill(struct sk_buff *msg, int attr,
			      const struct dfc_totals *t, bool bandwidth)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	int i;

	if (!nest ||
	    put_u64(msg, DFC_COUNTERS_A_MATCHED_PACKETS, t->matched_packets) ||
	    put_u64(msg, DFC_COUNTERS_A_MATCHED_BYTES, t->matched_bytes) ||
	    put_u64(msg, DFC_COUNTERS_A_COPIES, t->copies) ||
	    put_u64(msg, DFC_COUNTERS_A_SENT_PACKETS, t->sent_packets) ||
	    put_u64(msg, DFC_COUNTERS_A_SENT_BYTES, t->sent_bytes) ||
	    put_u64(msg, DFC_COUNTERS_A_DROPPED_PACKETS, t->dropped_packets))
		return -EMSGSIZE;
	if (bandwidth &&
	    put_u64(msg, DFC_COUNTERS_A_BANDWIDTH, t->bandwidth))
		return -EMSGSIZE;
	for (i = 0; i < __DFC_DROP_LAST; i++) {
		if (t->drops.packets[i] && drop_fill(msg, i, &t->drops))
			return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int stats_fill(struct sk_buff *msg, const void *arg)
{
	const struct dfc_net *dn = arg;
	struct dfc_totals t;
	struct nlattr *nest;

	dfc_counters_sum(&t, dn->counters);
	nest = nla_nest_start(msg, DFC_A_STATS);
	if (!nest ||
	    nla_put_u32(msg, DFC_STATS_A_GROUPS, dn->ngroups) ||
	    nla_put_u32(msg, DFC_STATS_A_FILTERS, dn->nfilters) ||
	    nla_put_u32(msg, DFC_STATS_A_DESTS, dn->ndests) ||
	    nla_put_u32(msg, DFC_STATS_A_MASKS, dn->classifier.masks.n) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_SEEN_PACKETS, t.seen_packets,
			      DFC_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_MALFORMED_PACKETS,
			      t.malformed_packets, DFC_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_EXPIRED, dn->expired,
			      DFC_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_LOST_FRAGMENTS,
			      t.lost_fragments, DFC_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_LOST_PENDING, t.lost_pending,
			      DFC_STATS_A_PAD) ||
	    nla_put_u64_64bit(msg, DFC_STATS_A_INSTANCE, dn->instance,
			      DFC_STATS_A_PAD) ||
	    dfc_netlink_counters_fill(msg, DFC_STATS_A_COUNTERS, &t, false))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int stats_get(struct sk_buff *skb, struct genl_info *info)
{
	struct dfc_net *dn;
	int err;

	err = dfc_netlink_precheck(info->nlhdr, DFC_A_UNSPEC, false,
				   info->extack);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	err = dfc_netlink_reply(info, stats_fill, dn);
	dfc_netlink_end(dn);
	return err;
}

static const struct genl_ops dfc_ops[] = {
	{
		.cmd = DFC_CMD_FILTER_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_filter_add,
	},
	{
		.cmd = DFC_CMD_FILTER_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_filter_set,
	},
	{
		.cmd = DFC_CMD_FILTER_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_filter_del,
	},
	{
		.cmd = DFC_CMD_FILTER_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_filter_get,
		.start = dfc_netlink_dump_start,
		.dumpit = dfc_netlink_filter_dump,
	},
	{
		.cmd = DFC_CMD_FILTER_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_filter_flush,
	},
	{
		.cmd = DFC_CMD_DEST_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_dest_add,
	},
	{
		.cmd = DFC_CMD_DEST_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_dest_del,
	},
	{
		.cmd = DFC_CMD_DEST_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_dest_get,
		.start = dfc_netlink_dump_start,
		.dumpit = dfc_netlink_dest_dump,
	},
	{
		.cmd = DFC_CMD_STATS_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = stats_get,
	},
	{
		.cmd = DFC_CMD_GROUP_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_group_add,
	},
	{
		.cmd = DFC_CMD_GROUP_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_group_set,
	},
	{
		.cmd = DFC_CMD_GROUP_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_group_del,
	},
	{
		.cmd = DFC_CMD_GROUP_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.doit = dfc_netlink_group_get,
		.start = dfc_netlink_dump_start,
		.dumpit = dfc_netlink_group_dump,
	},
};

static const struct genl_multicast_group dfc_mcgrps[] = {
	{ .name = DFC_MCGRP_EVENTS, .flags = GENL_MCAST_CAP_NET_ADMIN },
};

struct genl_family dfc_genl_family __ro_after_init = {
	.name = DFC_GENL_NAME,
	.version = DFC_GENL_VERSION,
	.maxattr = DFC_A_MAX,
	.policy = dfc_policy,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = dfc_ops,
	.n_ops = ARRAY_SIZE(dfc_ops),
	.mcgrps = dfc_mcgrps,
	.n_mcgrps = ARRAY_SIZE(dfc_mcgrps),
};

int dfc_netlink_init(void)
{
	return genl_register_family(&dfc_genl_family);
}

void dfc_netlink_fini(void)
{
	dfc_event_stop();
	genl_unregister_family(&dfc_genl_family);
}
