// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dfc-netlink/client-private.h"

#define SEEN_ROOM 64

/* One number that was asked for. */
struct seen {
	uint64_t value;
	bool found;
};

static void keep(struct seen *s, struct nlattr *a)
{
	s->found = a && nla_len(a) == sizeof(uint64_t);
	if (s->found)
		s->value = nla_get_u64(a);
}

static void of_group(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_GROUP_A_MAX + 1];

	if (!genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) &&
	    top[DFC_A_GROUP] &&
	    !nla_parse_nested(tb, DFC_GROUP_A_MAX, top[DFC_A_GROUP], NULL))
		keep(arg, tb[DFC_GROUP_A_SEEN_PACKETS]);
}

static struct nlattr *of_stats(struct nlmsghdr *nlh, int attr)
{
	struct nlattr *top[DFC_A_MAX + 1], *tb[DFC_STATS_A_MAX + 1];

	if (genlmsg_parse(nlh, 0, top, DFC_A_MAX, NULL) ||
	    !top[DFC_A_STATS] ||
	    nla_parse_nested(tb, DFC_STATS_A_MAX, top[DFC_A_STATS], NULL))
		return NULL;
	return tb[attr];
}

static void of_namespace(struct nlmsghdr *nlh, void *arg)
{
	keep(arg, of_stats(nlh, DFC_STATS_A_SEEN_PACKETS));
}

static void of_instance(struct nlmsghdr *nlh, void *arg)
{
	keep(arg, of_stats(nlh, DFC_STATS_A_INSTANCE));
}

static struct nl_msg *ask_group(struct dfc_client *c, uint32_t id)
{
	struct nl_msg *msg = client_message(c, DFC_CMD_GROUP_GET, 0, SEEN_ROOM);
	struct nlattr *nest = msg ? nla_nest_start(msg, DFC_A_GROUP) : NULL;

	if (nest && !nla_put_u32(msg, DFC_GROUP_A_ID, id) &&
	    !nla_nest_end(msg, nest))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int client_seen_get(void *ctx, uint32_t group, uint64_t *packets)
{
	struct dfc_client *c = ctx;
	struct seen s = { 0 };
	int err;

	if (group)
		err = client_call(c, ask_group(c, group), of_group, &s);
	else
		err = client_call(c, client_message(c, DFC_CMD_STATS_GET, 0, 0),
				  of_namespace, &s);
	*packets = s.value;
	return err || s.found ? err : -EBADMSG;
}

int client_instance_get(void *ctx, uint64_t *instance)
{
	struct dfc_client *c = ctx;
	struct seen s = { 0 };
	int err;

	err = client_call(c, client_message(c, DFC_CMD_STATS_GET, 0, 0),
			  of_instance, &s);
	*instance = s.value;
	return err || s.found ? err : -EBADMSG;
}
