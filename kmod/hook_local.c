// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "hook_local.h"
#include "look.h"
#include "net.h"
#include "pending.h"

/* What comes here is forwarded, whomever it was addressed to. */
static unsigned int look_forwarded(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	struct dfc_net *dn = dfc_net(state->net);

	if (dfc_pending_is_empty(dn->pendings))
		return NF_ACCEPT;
	return dfc_look_forwarded(dn, skb) ? NF_DROP : NF_ACCEPT;
}

static unsigned int forget_arrived(void *priv, struct sk_buff *skb,
				   const struct nf_hook_state *state)
{
	dfc_pending_forget(dfc_net(state->net)->pendings, skb);
	return NF_ACCEPT;
}

/* Before any rule can drop what would have been forwarded, or have arrived. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = look_forwarded,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = look_forwarded,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_FORWARD,
		.priority = NF_IP6_PRI_FIRST,
	},
	{
		.hook = forget_arrived,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = forget_arrived,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
};

int dfc_hook_local_start(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	return nf_register_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
}

void dfc_hook_local_stop(struct dfc_net *dn)
{
	lockdep_assert_held(&dn->lock);
	nf_unregister_net_hooks(dn->net, hooks, ARRAY_SIZE(hooks));
}
