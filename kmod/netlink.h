/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_NETLINK_H
#define _DFC_NETLINK_H

#include <linux/dfc.h>
#include <linux/sizes.h>
#include <net/genetlink.h>

#include "match.h"

struct dfc_dest;
struct dfc_filter;
struct dfc_group;
struct dfc_limits;
struct dfc_net;
struct dfc_totals;
struct dfc_where;

/*
 * Room for any one object: a filter with all its lists full, of IPv6 addresses
 * that are ranges and negated, takes 13 kB.
 */
#define DFC_NETLINK_ROOM SZ_16K

/* Sets of attributes of a filter are kept in 32 bits. */
static_assert(DFC_FILTER_A_MAX < 32);
#define DFC_FILTER_BIT(attr) BIT(DFC_FILTER_A_##attr)

extern struct genl_family dfc_genl_family;
extern const struct nla_policy dfc_filter_policy[DFC_FILTER_A_MAX + 1];
extern const struct nla_policy dfc_dest_policy[DFC_DEST_A_MAX + 1];
extern const struct nla_policy dfc_group_policy[DFC_GROUP_A_MAX + 1];

/**
 * dfc_netlink_init() - register the generic netlink family
 *
 * Return: 0 or a negative errno.
 */
int dfc_netlink_init(void);

/**
 * dfc_netlink_fini() - unregister it
 */
void dfc_netlink_fini(void);

/**
 * dfc_netlink_precheck() - refuse outermost attributes that are not for a
 * command
 * @nlh: request
 * @takes: the attribute that the command takes, or DFC_A_UNSPEC for none
 * @many: it may repeat
 * @extack: told which attribute is wrong
 *
 * Return: 0 or -EINVAL.
 */
int dfc_netlink_precheck(const struct nlmsghdr *nlh, int takes, bool many,
			 struct netlink_ext_ack *extack);

/**
 * dfc_netlink_once() - refuse attributes that a nest has more than once
 * @nest: validated nest
 * @lists: bits of the attributes that may repeat
 * @extack: told which attribute is wrong
 *
 * Return: 0 or -EINVAL.
 */
int dfc_netlink_once(const struct nlattr *nest, u32 lists,
		     struct netlink_ext_ack *extack);

/**
 * dfc_netlink_begin() - begin to carry out a command
 * @net: of the socket
 *
 * Context: may sleep; takes the lock of the namespace.
 * Return: our part of @net without dead filters; dfc_netlink_end() unlocks.
 */
struct dfc_net *dfc_netlink_begin(struct net *net);

/**
 * dfc_netlink_end() - end a command
 * @dn: from dfc_netlink_begin()
 */
void dfc_netlink_end(struct dfc_net *dn);

/**
 * dfc_netlink_reply() - send the answer of a get command
 * @info: of the request
 * @fill: writes the attributes, returns 0 or -EMSGSIZE
 * @arg: passed on
 *
 * Return: 0 or a negative errno.
 */
int dfc_netlink_reply(struct genl_info *info,
		      int (*fill)(struct sk_buff *msg, const void *arg),
		      const void *arg);

/**
 * dfc_netlink_dump_start() - see to it that any object fits into a dump
 * @cb: state of the dump
 *
 * Return: 0.
 */
int dfc_netlink_dump_start(struct netlink_callback *cb);

/**
 * dfc_netlink_dump() - dump the objects of an array, in the order of ids
 * @msg: to fill
 * @cb: state of the dump; args[0] is the first id of the next message,
 *	args[1] says that there is none
 * @array: of @dn
 * @dn: namespace; its lock is held
 * @fill: as for dfc_netlink_reply(), for one object
 *
 * Return: bytes in @msg, -EMSGSIZE if not one object fits, or -EINVAL if the
 * request has attributes.
 */
int dfc_netlink_dump(struct sk_buff *msg, struct netlink_callback *cb,
		     struct xarray *array, struct dfc_net *dn,
		     int (*fill)(struct sk_buff *msg, const void *arg));

/**
 * dfc_netlink_counters_fill() - write a nest of counters
 * @msg: message
 * @attr: type of the nest
 * @t: totals
 * @bandwidth: write the bandwidth
 *
 * Return: 0 or -EMSGSIZE.
 */
int dfc_netlink_counters_fill(struct sk_buff *msg, int attr,
			      const struct dfc_totals *t, bool bandwidth);

/**
 * dfc_netlink_filter_fill() - write a filter
 * @msg: message
 * @f: filter; the lock of its namespace is held
 * @whole: its lists and destinations, too
 *
 * Return: 0 or -EMSGSIZE.
 */
int dfc_netlink_filter_fill(struct sk_buff *msg, struct dfc_filter *f,
			    bool whole);

/**
 * dfc_netlink_dest_fill() - write a destination
 * @msg: message
 * @dest: destination; the lock of its namespace is held
 * @whole: not only its id and counters
 *
 * Return: 0 or -EMSGSIZE.
 */
int dfc_netlink_dest_fill(struct sk_buff *msg, const struct dfc_dest *dest,
			  bool whole);

/**
 * dfc_netlink_nest_parse() - read the nest of a filter
 * @nest: DFC_A_FILTER, validated
 * @tb: filled with its attributes, DFC_FILTER_A_MAX + 1 of them
 * @must: bits of attributes that it needs: ID, DEST_ID
 * @may: bits of attributes that it may have
 * @extack: told what is wrong
 *
 * Return: 0 or a negative errno.
 */
int dfc_netlink_nest_parse(const struct nlattr *nest, struct nlattr **tb,
			   u32 must, u32 may, struct netlink_ext_ack *extack);

/**
 * dfc_netlink_limits_parse() - read the limits of a filter
 * @limits: filled
 * @tb: from dfc_netlink_nest_parse()
 */
void dfc_netlink_limits_parse(struct dfc_limits *limits, struct nlattr **tb);

/**
 * dfc_netlink_filter_parse() - read a whole filter
 * @dn: namespace; its lock is held
 * @nest: DFC_A_FILTER, validated
 * @extack: told what is wrong
 *
 * Context: may sleep.
 * Return: for dfc_filter_add() or dfc_filter_free(), or an error.
 */
struct dfc_filter *dfc_netlink_filter_parse(struct dfc_net *dn,
					    const struct nlattr *nest,
					    struct netlink_ext_ack *extack);

/**
 * dfc_netlink_device_parse() - read the name of a device
 * @dn: namespace
 * @a: name, validated as a string
 * @where: that the device is added to; with room for it
 * @extack: told what is wrong
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_netlink_device_parse(struct dfc_net *dn, const struct nlattr *a,
			     struct dfc_where *where,
			     struct netlink_ext_ack *extack);

/**
 * dfc_netlink_where_parse() - read the devices of a filter
 * @dn: namespace
 * @nest: DFC_A_FILTER, validated
 * @tb: its attributes
 * @f: filter, with its group; gets its devices if it has any
 * @extack: told what is wrong
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int dfc_netlink_where_parse(struct dfc_net *dn, const struct nlattr *nest,
			    struct nlattr **tb, struct dfc_filter *f,
			    struct netlink_ext_ack *extack);

/**
 * dfc_netlink_where_fill() - write the devices of a filter
 * @msg: message, within the nest of the filter
 * @where: devices, or NULL
 *
 * Return: 0 or -EMSGSIZE.
 */
int dfc_netlink_where_fill(struct sk_buff *msg, const struct dfc_where *where);

/**
 * dfc_netlink_match_parse() - read the lists of a filter
 * @nest: DFC_A_FILTER, validated
 * @tb: its attributes
 * @match: filled with what the caller frees by kfree()
 * @extack: told what is wrong
 *
 * Return: 0 or a negative errno.
 */
int dfc_netlink_match_parse(const struct nlattr *nest, struct nlattr **tb,
			    struct dfc_match **match,
			    struct netlink_ext_ack *extack);

/**
 * dfc_netlink_match_fill() - write the lists of a filter
 * @msg: message, within the nest of the filter
 * @f: filter
 *
 * Return: 0 or -EMSGSIZE.
 */
int dfc_netlink_match_fill(struct sk_buff *msg, const struct dfc_filter *f);

int dfc_netlink_filter_add(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_filter_set(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_filter_del(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_filter_get(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_filter_dump(struct sk_buff *msg, struct netlink_callback *cb);
int dfc_netlink_filter_flush(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_dest_add(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_dest_del(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_dest_get(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_dest_dump(struct sk_buff *msg, struct netlink_callback *cb);
int dfc_netlink_group_add(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_group_set(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_group_del(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_group_get(struct sk_buff *skb, struct genl_info *info);
int dfc_netlink_group_dump(struct sk_buff *msg, struct netlink_callback *cb);

#endif /* _DFC_NETLINK_H */
