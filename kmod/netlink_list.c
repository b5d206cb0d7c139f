// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include "filter.h"
#include "netlink.h"

#define LISTS (DFC_FILTER_BIT(SRC) | DFC_FILTER_BIT(DST) | \
	       DFC_FILTER_BIT(PROTOCOL) | \
	       DFC_FILTER_BIT(SRC_PORT) | DFC_FILTER_BIT(DST_PORT) | \
	       DFC_FILTER_BIT(ICMP_TYPE) | DFC_FILTER_BIT(ICMP_CODE))

/* Entries of the lists of a filter, counted before memory is allocated. */
struct counts {
	unsigned int of[DFC_FILTER_A_MAX + 1];
};

static int count_entries(const struct nlattr *nest, struct counts *c,
			 struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	int rem, type;

	memset(c, 0, sizeof(*c));
	nla_for_each_nested(a, nest, rem) {
		type = nla_type(a);
		if (!(LISTS & BIT(type)))
			continue;
		if (++c->of[type] > DFC_FILTER_ENTRIES_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, a,
					    "a list has more than 64 entries");
			return -EINVAL;
		}
	}
	return 0;
}

static const struct nla_policy addr_policy[DFC_ADDR_A_MAX + 1] = {
	[DFC_ADDR_A_FROM] = { .type = NLA_BINARY, .len = 16 },
	[DFC_ADDR_A_TO] = { .type = NLA_BINARY, .len = 16 },
	[DFC_ADDR_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, DFC_ENTRY_F_ALL),
};

static const struct nla_policy range_policy[DFC_RANGE_A_MAX + 1] = {
	[DFC_RANGE_A_FROM] = { .type = NLA_U16 },
	[DFC_RANGE_A_TO] = { .type = NLA_U16 },
	[DFC_RANGE_A_FLAGS] = NLA_POLICY_MASK(NLA_U32, DFC_ENTRY_F_ALL),
};

static bool entry_negated(const struct nlattr *flags)
{
	return flags && nla_get_u32(flags) & DFC_ENTRY_F_NOT;
}

static int addr_parse(const struct nlattr *a, u8 *family,
		      struct dfc_addr_entry *e,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DFC_ADDR_A_MAX + 1], *to;
	int err, len;

	err = nla_parse_nested(tb, DFC_ADDR_A_MAX, a, addr_policy, extack);
	if (!err)
		err = dfc_netlink_once(a, 0, extack);
	if (err)
		return err;
	if (!tb[DFC_ADDR_A_FROM]) {
		NL_SET_ERR_MSG_ATTR(extack, a, "an address entry needs FROM");
		return -EINVAL;
	}
	len = nla_len(tb[DFC_ADDR_A_FROM]);
	to = tb[DFC_ADDR_A_TO] ?: tb[DFC_ADDR_A_FROM];
	if ((len != 4 && len != 16) || nla_len(to) != len) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "an address must have 4 or 16 bytes, both ends the same");
		return -EINVAL;
	}
	if (*family && *family != (len == 4 ? AF_INET : AF_INET6)) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "addresses and family of a filter must be of one family");
		return -EINVAL;
	}
	*family = len == 4 ? AF_INET : AF_INET6;
	memcpy(&e->from, nla_data(tb[DFC_ADDR_A_FROM]), len);
	memcpy(&e->to, nla_data(to), len);
	e->negated = entry_negated(tb[DFC_ADDR_A_FLAGS]);
	if (memcmp(&e->from, &e->to, len) > 0) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "a range of addresses is reversed");
		return -EINVAL;
	}
	return 0;
}

static int range_parse(const struct nlattr *a, struct dfc_num_entry *e,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[DFC_RANGE_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, DFC_RANGE_A_MAX, a, range_policy, extack);
	if (!err)
		err = dfc_netlink_once(a, 0, extack);
	if (err)
		return err;
	if (!tb[DFC_RANGE_A_FROM]) {
		NL_SET_ERR_MSG_ATTR(extack, a, "a range entry needs FROM");
		return -EINVAL;
	}
	e->from = nla_get_u16(tb[DFC_RANGE_A_FROM]);
	e->to = tb[DFC_RANGE_A_TO] ? nla_get_u16(tb[DFC_RANGE_A_TO]) : e->from;
	e->negated = entry_negated(tb[DFC_RANGE_A_FLAGS]);
	if (e->from > e->to) {
		NL_SET_ERR_MSG_ATTR(extack, a, "a range is reversed");
		return -EINVAL;
	}
	return 0;
}

static int protocol_parse(const struct nlattr *a, struct dfc_num_entry *e,
			  struct netlink_ext_ack *extack)
{
	int err = range_parse(a, e, extack);

	if (!err && e->to > U8_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, a, "a protocol is above 255");
		return -EINVAL;
	}
	return err;
}

static int icmp_parse(const struct nlattr *a, struct dfc_num_entry *e,
		      struct netlink_ext_ack *extack)
{
	int err = range_parse(a, e, extack);

	if (!err && e->to > U8_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "an ICMP type or code is above 255");
		return -EINVAL;
	}
	return err;
}

static int entry_parse(const struct nlattr *a, struct dfc_match *m,
		       struct netlink_ext_ack *extack)
{
	if (LISTS & BIT(nla_type(a)) && m->family == AF_PACKET) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "a filter of frames can have no lists");
		return -EINVAL;
	}
	switch (nla_type(a)) {
	case DFC_FILTER_A_SRC:
		return addr_parse(a, &m->family,
				  &m->src.entry[m->src.n++], extack);
	case DFC_FILTER_A_DST:
		return addr_parse(a, &m->family,
				  &m->dst.entry[m->dst.n++], extack);
	case DFC_FILTER_A_PROTOCOL:
		return protocol_parse(a, &m->protocol.entry[m->protocol.n++],
				      extack);
	case DFC_FILTER_A_SRC_PORT:
		return range_parse(a, &m->src_port.entry[m->src_port.n++],
				   extack);
	case DFC_FILTER_A_DST_PORT:
		return range_parse(a, &m->dst_port.entry[m->dst_port.n++],
				   extack);
	case DFC_FILTER_A_ICMP_TYPE:
		return icmp_parse(a, &m->src_port.entry[m->src_port.n++],
				  extack);
	case DFC_FILTER_A_ICMP_CODE:
		return icmp_parse(a, &m->dst_port.entry[m->dst_port.n++],
				  extack);
	}
	return 0;
}

static int family_parse(const struct nlattr *a, struct dfc_match *m,
			struct netlink_ext_ack *extack)
{
	u16 family;

	if (!a)
		return 0;
	family = nla_get_u16(a);
	if (family != AF_INET && family != AF_INET6 && family != AF_PACKET) {
		NL_SET_ERR_MSG_ATTR(extack, a,
				    "family must be AF_INET, AF_INET6 or AF_PACKET");
		return -EINVAL;
	}
	m->family = family;
	return 0;
}

/* ICMP types and codes have the place of ports: no filter has both. */
static struct dfc_match *alloc(const struct counts *c)
{
	unsigned int icmp = c->of[DFC_FILTER_A_ICMP_TYPE] +
			    c->of[DFC_FILTER_A_ICMP_CODE];
	unsigned int from = c->of[DFC_FILTER_A_SRC_PORT] +
			    c->of[DFC_FILTER_A_ICMP_TYPE];
	unsigned int to = c->of[DFC_FILTER_A_DST_PORT] +
			  c->of[DFC_FILTER_A_ICMP_CODE];
	unsigned int protocols = c->of[DFC_FILTER_A_PROTOCOL];
	struct dfc_match *m;

	m = dfc_match_alloc(c->of[DFC_FILTER_A_SRC] + c->of[DFC_FILTER_A_DST],
			    protocols + from + to);
	if (!m)
		return NULL;
	m->dst.entry += c->of[DFC_FILTER_A_SRC];
	m->src_port.entry += protocols;
	m->dst_port.entry += protocols + from;
	if (from || to)
		m->l4 = icmp ? DFC_L4_ICMP : DFC_L4_PORTS;
	return m;
}

int dfc_netlink_match_parse(const struct nlattr *nest, struct nlattr **tb,
			    struct dfc_match **match,
			    struct netlink_ext_ack *extack)
{
	const struct nlattr *a;
	struct dfc_match *m;
	struct counts c;
	int rem, err;

	err = count_entries(nest, &c, extack);
	if (err)
		return err;
	m = alloc(&c);
	if (!m) {
		NL_SET_ERR_MSG(extack, "no memory for the filter's lists");
		return -ENOMEM;
	}
	if (tb[DFC_FILTER_A_SCOPE] &&
	    nla_get_u32(tb[DFC_FILTER_A_SCOPE]) == DFC_SCOPE_OUTPUT)
		m->point = DFC_POINT_OUT;
	err = family_parse(tb[DFC_FILTER_A_FAMILY], m, extack);
	nla_for_each_nested(a, nest, rem) {
		if (!err)
			err = entry_parse(a, m, extack);
	}
	if (err)
		kfree(m);
	else
		*match = m;
	return err;
}

static int addr_fill(struct sk_buff *msg, int attr, u8 family,
		     const struct dfc_addr_entry *e)
{
	unsigned int len = family == AF_INET ? 4 : 16;
	struct nlattr *nest = nla_nest_start(msg, attr);

	if (!nest || nla_put(msg, DFC_ADDR_A_FROM, len, &e->from) ||
	    nla_put(msg, DFC_ADDR_A_TO, len, &e->to) ||
	    (e->negated &&
	     nla_put_u32(msg, DFC_ADDR_A_FLAGS, DFC_ENTRY_F_NOT)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int range_fill(struct sk_buff *msg, int attr,
		      const struct dfc_num_entry *e)
{
	struct nlattr *nest = nla_nest_start(msg, attr);

	if (!nest || nla_put_u16(msg, DFC_RANGE_A_FROM, e->from) ||
	    nla_put_u16(msg, DFC_RANGE_A_TO, e->to) ||
	    (e->negated &&
	     nla_put_u32(msg, DFC_RANGE_A_FLAGS, DFC_ENTRY_F_NOT)))
		return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

static int addrs_fill(struct sk_buff *msg, int attr, u8 family,
		      const struct dfc_addr_list *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		if (addr_fill(msg, attr, family, &list->entry[i]))
			return -EMSGSIZE;
	}
	return 0;
}

static int ranges_fill(struct sk_buff *msg, int attr,
		       const struct dfc_num_list *list)
{
	unsigned int i;

	for (i = 0; i < list->n; i++) {
		if (range_fill(msg, attr, &list->entry[i]))
			return -EMSGSIZE;
	}
	return 0;
}

/* Where the masked key says it all, the only address entry is in it. */
static int masked_addr_fill(struct sk_buff *msg, int attr, u8 family,
			    const union dfc_addr *key,
			    const union dfc_addr *mask)
{
	struct dfc_addr_entry e = { .from = *key };
	unsigned int i;

	if (!mask->bytes[0] && !memchr_inv(mask, 0, sizeof(*mask)))
		return 0;
	for (i = 0; i < sizeof(e.to); i++)
		e.to.bytes[i] = key->bytes[i] | ~mask->bytes[i];
	return addr_fill(msg, attr, family, &e);
}

static int masked_num_fill(struct sk_buff *msg, int attr, u16 key, u16 mask)
{
	struct dfc_num_entry e = { .from = key, .to = key };

	return mask ? range_fill(msg, attr, &e) : 0;
}

/* What the two port lists of a filter are to user space. */
static int src_attr(u8 l4)
{
	return l4 == DFC_L4_ICMP ? DFC_FILTER_A_ICMP_TYPE
				      : DFC_FILTER_A_SRC_PORT;
}

static int dst_attr(u8 l4)
{
	return l4 == DFC_L4_ICMP ? DFC_FILTER_A_ICMP_CODE
				      : DFC_FILTER_A_DST_PORT;
}

static int masked_fill(struct sk_buff *msg, const struct dfc_node *node)
{
	const struct dfc_key *mask = &node->mask->bits;
	struct dfc_key key;

	dfc_node_key(node, &key);
	if (masked_addr_fill(msg, DFC_FILTER_A_SRC, key.family, &key.src,
			     &mask->src) ||
	    masked_addr_fill(msg, DFC_FILTER_A_DST, key.family, &key.dst,
			     &mask->dst) ||
	    masked_num_fill(msg, DFC_FILTER_A_PROTOCOL, key.protocol,
			    mask->protocol) ||
	    masked_num_fill(msg, src_attr(key.l4), key.src_port,
			    mask->src_port) ||
	    masked_num_fill(msg, dst_attr(key.l4), key.dst_port,
			    mask->dst_port))
		return -EMSGSIZE;
	return 0;
}

int dfc_netlink_match_fill(struct sk_buff *msg, const struct dfc_filter *f)
{
	const struct dfc_match *m = f->node.match;
	u8 family = f->node.rest.family;
	u8 l4 = f->node.rest.l4;

	if (family && nla_put_u16(msg, DFC_FILTER_A_FAMILY, family))
		return -EMSGSIZE;
	if (!m)
		return masked_fill(msg, &f->node);
	if (addrs_fill(msg, DFC_FILTER_A_SRC, family, &m->src) ||
	    addrs_fill(msg, DFC_FILTER_A_DST, family, &m->dst) ||
	    ranges_fill(msg, DFC_FILTER_A_PROTOCOL, &m->protocol) ||
	    ranges_fill(msg, src_attr(l4), &m->src_port) ||
	    ranges_fill(msg, dst_attr(l4), &m->dst_port))
		return -EMSGSIZE;
	return 0;
}
