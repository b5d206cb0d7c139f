// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include "dest.h"
#include "net.h"
#include "netlink.h"

static struct netlink_range_validation queue_range = {
	.min = DFC_DEST_QUEUE_MIN,
	.max = DFC_DEST_QUEUE_MAX,
};
/* Of six bits. */
#define DFC_DSCP_MAX 63

const struct nla_policy dfc_dest_policy[DFC_DEST_A_MAX + 1] = {
	[DFC_DEST_A_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[DFC_DEST_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, DFC_DEST_F_ALL),
	[DFC_DEST_A_ADDRESS] = { .type = NLA_BINARY, .len = 16 },
	[DFC_DEST_A_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[DFC_DEST_A_SRC_ADDRESS] = { .type = NLA_BINARY, .len = 16 },
	[DFC_DEST_A_SRC_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[DFC_DEST_A_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
	[DFC_DEST_A_SECURITY] = NLA_POLICY_MAX(NLA_U32, DFC_SECURITY_MAX),
	[DFC_DEST_A_QUEUE_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &queue_range),
	[DFC_DEST_A_QUEUED_PACKETS] = { .type = NLA_REJECT,
		.reject_message = "QUEUED_PACKETS is reported, not set" },
	[DFC_DEST_A_QUEUED_BYTES] = { .type = NLA_REJECT,
		.reject_message = "QUEUED_BYTES is reported, not set" },
	[DFC_DEST_A_FILTERS] = { .type = NLA_REJECT,
		.reject_message = "FILTERS is reported, not set" },
	[DFC_DEST_A_COUNTERS] = { .type = NLA_REJECT,
		.reject_message = "COUNTERS is reported, not set" },
	[DFC_DEST_A_FORMAT] = NLA_POLICY_MAX(NLA_U32, DFC_FORMAT_MAX),
	[DFC_DEST_A_DSCP] = NLA_POLICY_MAX(NLA_U8, DFC_DSCP_MAX),
	[DFC_DEST_A_TAG] = { .type = NLA_U32 },
};

/* Reads the destination nest, which may have nothing but the id unless @all. */
static int nest_parse(struct genl_info *info, struct nlattr **tb, bool all)
{
	const struct nlattr *nest = info->attrs[DFC_A_DEST];
	int err, i;

	err = dfc_netlink_precheck(info->nlhdr, DFC_A_DEST, false,
				   info->extack);
	if (err)
		return err;
	if (!nest) {
		GENL_SET_ERR_MSG(info, "no destination is given");
		return -EINVAL;
	}
	err = nla_parse_nested(tb, DFC_DEST_A_MAX, nest, dfc_dest_policy,
			       info->extack);
	if (!err)
		err = dfc_netlink_once(nest, 0, info->extack);
	if (err)
		return err;
	if (!tb[DFC_DEST_A_ID]) {
		NL_SET_ERR_MSG_ATTR(info->extack, nest,
				    "destination id is missing");
		return -EINVAL;
	}
	for (i = DFC_DEST_A_ID + 1; !all && i <= DFC_DEST_A_MAX; i++) {
		if (tb[i]) {
			NL_SET_ERR_MSG_ATTR(info->extack, tb[i],
					    "attribute does not belong to this command");
			return -EINVAL;
		}
	}
	return 0;
}

static int addr_parse(union dfc_addr *addr, const struct nlattr *a,
		      struct netlink_ext_ack *extack)
{
	if (nla_len(a) != 4 && nla_len(a) != 16) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "an address must have 4 or 16 bytes");
		return -EINVAL;
	}
	memcpy(addr, nla_data(a), nla_len(a));
	if (!memchr_inv(addr, 0, sizeof(*addr))) {
		NL_SET_ERR_MSG_ATTR(extack, a, "address is all zero");
		return -EINVAL;
	}
	return 0;
}

static bool is_multicast(const union dfc_addr *addr, u8 family)
{
	return family == AF_INET6 ? addr->bytes[0] == 0xff
				  : addr->bytes[0] >= 224;
}

static int addrs_parse(struct dfc_dest *dest, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *addr = tb[DFC_DEST_A_ADDRESS];
	const struct nlattr *src = tb[DFC_DEST_A_SRC_ADDRESS];
	int err;

	err = addr_parse(&dest->addr, addr, extack);
	if (err)
		return err;
	dest->family = nla_len(addr) == 4 ? AF_INET : AF_INET6;
	if (is_multicast(&dest->addr, dest->family)) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "destination address must be unicast");
		return -EINVAL;
	}
	if (!src)
		return 0;
	if (nla_len(src) != nla_len(addr)) {
		NL_SET_ERR_MSG_ATTR(extack, src,
				    "source and destination address must be of one family");
		return -EINVAL;
	}
	err = addr_parse(&dest->src_addr, src, extack);
	if (!err && is_multicast(&dest->src_addr, dest->family)) {
		NL_SET_ERR_MSG_ATTR(extack, src,
				    "source address must be unicast");
		err = -EINVAL;
	}
	return err;
}

static int ports_parse(struct dfc_dest *dest, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *port = tb[DFC_DEST_A_PORT];
	const struct nlattr *src_port = tb[DFC_DEST_A_SRC_PORT];

	if (dest->format == DFC_FORMAT_IPIP && (port || src_port)) {
		NL_SET_ERR_MSG_ATTR(extack, port ?: src_port,
				    "copies of FORMAT ipip have no ports");
		return -EINVAL;
	}
	if (dest->format == DFC_FORMAT_IPIP)
		return 0;
	if (!port) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_DEST_A_ID],
				    "destination needs an address and a port");
		return -EINVAL;
	}
	dest->port = nla_get_u16(port);
	dest->src_port = src_port ? nla_get_u16(src_port) : dest->port;
	return 0;
}

static int dest_parse(struct dfc_dest *dest, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	int err;

	dest->id = nla_get_u32(tb[DFC_DEST_A_ID]);
	if (tb[DFC_DEST_A_TAG])
		dest->tag = nla_get_u32(tb[DFC_DEST_A_TAG]);
	if (tb[DFC_DEST_A_FLAGS])
		dest->flags = nla_get_u32(tb[DFC_DEST_A_FLAGS]);
	if (tb[DFC_DEST_A_FORMAT])
		dest->format = nla_get_u32(tb[DFC_DEST_A_FORMAT]);
	if (tb[DFC_DEST_A_DSCP])
		dest->dscp = nla_get_u8(tb[DFC_DEST_A_DSCP]);
	dest->ttl = 255;
	if (tb[DFC_DEST_A_TTL])
		dest->ttl = nla_get_u8(tb[DFC_DEST_A_TTL]);
	dest->security = DFC_SECURITY_REQUIRED;
	if (tb[DFC_DEST_A_SECURITY])
		dest->security = nla_get_u32(tb[DFC_DEST_A_SECURITY]);
	dest->queue.max = DFC_DEST_QUEUE_DEFAULT;
	if (tb[DFC_DEST_A_QUEUE_MAX])
		dest->queue.max = nla_get_u32(tb[DFC_DEST_A_QUEUE_MAX]);
	err = ports_parse(dest, tb, extack);
	if (err)
		return err;
	if (!tb[DFC_DEST_A_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[DFC_DEST_A_ID],
				    "destination needs an address");
		return -EINVAL;
	}
	return addrs_parse(dest, tb, extack);
}

/* Queues are memory that nobody is charged for. */
static int queue_allowed(const struct dfc_dest *dest, const struct sk_buff *skb,
			 struct genl_info *info)
{
	if (dest->queue.max <= DFC_DEST_QUEUE_DEFAULT ||
	    netlink_capable(skb, CAP_NET_ADMIN))
		return 0;
	GENL_SET_ERR_MSG(info,
			 "only the administrator of the system may have a QUEUE_MAX above the default");
	return -EPERM;
}

int dfc_netlink_dest_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_DEST_A_MAX + 1];
	struct dfc_dest *dest;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, true);
	if (err)
		return err;
	dest = dfc_dest_alloc();
	if (!dest) {
		GENL_SET_ERR_MSG(info, "no memory for the destination");
		return -ENOMEM;
	}
	err = dest_parse(dest, tb, info->extack);
	if (!err)
		err = queue_allowed(dest, skb, info);
	if (!err)
		err = dfc_dest_open(dest, genl_info_net(info), info->extack);
	if (!err) {
		dn = dfc_netlink_begin(genl_info_net(info));
		err = dfc_dest_add(dn, dest, info->snd_portid, info->extack);
		dfc_netlink_end(dn);
	}
	if (err)
		dfc_dest_free(dest);
	return err;
}

static struct dfc_dest *lookup(struct dfc_net *dn, struct genl_info *info,
			       struct nlattr **tb)
{
	struct dfc_dest *dest;

	dest = dfc_dest_lookup(dn, nla_get_u32(tb[DFC_DEST_A_ID]));
	if (!dest)
		NL_SET_ERR_MSG_ATTR(info->extack, tb[DFC_DEST_A_ID],
				    "there is no destination with this id");
	return dest;
}

int dfc_netlink_dest_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_DEST_A_MAX + 1];
	struct dfc_dest *dest;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, false);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	dest = lookup(dn, info, tb);
	if (!dest) {
		err = -ENOENT;
	} else if (dest->users) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[DFC_DEST_A_ID],
				    "filters still copy to this destination");
		err = -EBUSY;
	} else {
		dfc_dest_del(dn, dest);
	}
	dfc_netlink_end(dn);
	return err;
}

static int settings_fill(struct sk_buff *msg, const struct dfc_dest *dest)
{
	unsigned int len = dest->family == AF_INET ? 4 : 16;

	if (nla_put_u32(msg, DFC_DEST_A_FLAGS, dest->flags) ||
	    nla_put(msg, DFC_DEST_A_ADDRESS, len, &dest->addr) ||
	    nla_put_u32(msg, DFC_DEST_A_FORMAT, dest->format) ||
	    nla_put_u8(msg, DFC_DEST_A_DSCP, dest->dscp) ||
	    nla_put_u8(msg, DFC_DEST_A_TTL, dest->ttl) ||
	    nla_put_u32(msg, DFC_DEST_A_SECURITY, dest->security) ||
	    nla_put_u32(msg, DFC_DEST_A_TAG, dest->tag) ||
	    nla_put_u32(msg, DFC_DEST_A_FILTERS, dest->users) ||
	    nla_put_u32(msg, DFC_DEST_A_QUEUE_MAX, dest->queue.max) ||
	    nla_put_u32(msg, DFC_DEST_A_QUEUED_PACKETS,
			READ_ONCE(dest->queue.packets)) ||
	    nla_put_u32(msg, DFC_DEST_A_QUEUED_BYTES,
			READ_ONCE(dest->queue.bytes)))
		return -EMSGSIZE;
	if (dest->port &&
	    (nla_put_u16(msg, DFC_DEST_A_PORT, dest->port) ||
	     nla_put_u16(msg, DFC_DEST_A_SRC_PORT, dest->src_port)))
		return -EMSGSIZE;
	if (memchr_inv(&dest->src_addr, 0, sizeof(dest->src_addr)) &&
	    nla_put(msg, DFC_DEST_A_SRC_ADDRESS, len, &dest->src_addr))
		return -EMSGSIZE;
	return 0;
}

int dfc_netlink_dest_fill(struct sk_buff *msg, const struct dfc_dest *dest,
			  bool whole)
{
	struct dfc_totals t;
	struct nlattr *nest;

	nest = nla_nest_start(msg, DFC_A_DEST);
	if (!nest || nla_put_u32(msg, DFC_DEST_A_ID, dest->id) ||
	    (whole && settings_fill(msg, dest)))
		return -EMSGSIZE;
	dfc_counters_sum(&t, dest->counters);
	if (dfc_netlink_counters_fill(msg, DFC_DEST_A_COUNTERS, &t, true))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int fill(struct sk_buff *msg, const void *arg)
{
	return dfc_netlink_dest_fill(msg, arg, true);
}

int dfc_netlink_dest_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[DFC_DEST_A_MAX + 1];
	struct dfc_dest *dest;
	struct dfc_net *dn;
	int err;

	err = nest_parse(info, tb, false);
	if (err)
		return err;
	dn = dfc_netlink_begin(genl_info_net(info));
	dest = lookup(dn, info, tb);
	err = dest ? dfc_netlink_reply(info, fill, dest) : -ENOENT;
	dfc_netlink_end(dn);
	return err;
}

int dfc_netlink_dest_dump(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct dfc_net *dn = dfc_netlink_begin(sock_net(cb->skb->sk));
	int ret;

	ret = dfc_netlink_dump(msg, cb, &dn->dests, dn, fill);
	dfc_netlink_end(dn);
	return ret;
}
