// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "dfc-netlink/client-private.h"

struct sighting {
	const char *name;
	bool vrf;
	bool seen;
};

static bool is_vrf(struct nlattr *info)
{
	struct nlattr *tb[IFLA_INFO_MAX + 1];

	return info && !nla_parse_nested(tb, IFLA_INFO_MAX, info, NULL) &&
	       tb[IFLA_INFO_KIND] &&
	       !nla_strcmp(tb[IFLA_INFO_KIND], "vrf");
}

/* An alternative name finds a device too, but filters go by the name. */
static void look(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *tb[IFLA_MAX + 1];
	struct sighting *s = arg;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    nlmsg_parse(nlh, sizeof(struct ifinfomsg), tb, IFLA_MAX, NULL) ||
	    !tb[IFLA_IFNAME] || nla_strcmp(tb[IFLA_IFNAME], s->name))
		return;
	s->seen = !s->vrf || is_vrf(tb[IFLA_LINKINFO]);
}

static struct nl_msg *ask(const char *name)
{
	const struct ifinfomsg any = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, 0);

	if (!msg)
		return NULL;
	if (!nlmsg_append(msg, (void *)&any, sizeof(any), NLMSG_ALIGNTO) &&
	    !nla_put_string(msg, IFLA_IFNAME, name))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int client_device_check(void *ctx, const char *name, bool vrf)
{
	struct sighting s = { .name = name, .vrf = vrf };
	struct dfc_client *c = ctx;
	int err;

	err = client_talk(c, c->route, ask(name), look, &s);
	if (!err && !s.seen)
		err = -ENODEV;
	if (err < 0 && !c->error[0])
		snprintf(c->error, sizeof(c->error), "%s", strerror(-err));
	return err < 0 ? err : 0;
}
