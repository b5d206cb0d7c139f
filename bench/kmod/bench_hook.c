// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

/*
 * Netfilter hooks that do nothing: what a packet pays for being shown to a
 * module at all. Who writes three numbers to /proc/bench_hook has as many put,
 * for IPv4 and IPv6, at PREROUTING, FORWARD and POSTROUTING of the network
 * namespace that it is in, instead of those that it put there before.
 */

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/nsproxy.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#define PLACES		3
#define HOOKS_MAX	16	/* at each */

/* How many hooks a namespace has; the mutex guards all of them. */
struct hooks {
	unsigned int n[PLACES];
};

static unsigned int net_id __read_mostly;
static DEFINE_MUTEX(lock);

static unsigned int accept_all(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

#define PLACE(where) {						\
	{							\
		.hook = accept_all,				\
		.pf = NFPROTO_IPV4,				\
		.hooknum = where,				\
		.priority = NF_IP_PRI_FILTER,			\
	},							\
	{							\
		.hook = accept_all,				\
		.pf = NFPROTO_IPV6,				\
		.hooknum = where,				\
		.priority = NF_IP6_PRI_FILTER,			\
	},							\
}

/* Each stands for any number. */
static const struct nf_hook_ops places[PLACES][2] = {
	PLACE(NF_INET_PRE_ROUTING),
	PLACE(NF_INET_FORWARD),
	PLACE(NF_INET_POST_ROUTING),
};

static void remove(struct net *net)
{
	struct hooks *hooks = net_generic(net, net_id);
	int place;

	for (place = 0; place < PLACES; place++) {
		for (; hooks->n[place]; hooks->n[place]--)
			nf_unregister_net_hooks(net, places[place],
						ARRAY_SIZE(places[place]));
	}
}

static int put(struct net *net, const unsigned int wanted[PLACES])
{
	struct hooks *hooks = net_generic(net, net_id);
	int place, err;

	for (place = 0; place < PLACES; place++) {
		while (hooks->n[place] < wanted[place]) {
			err = nf_register_net_hooks(net, places[place],
						    ARRAY_SIZE(places[place]));
			if (err) {
				remove(net);
				return err;
			}
			hooks->n[place]++;
		}
	}
	return 0;
}

static ssize_t proc_write(struct file *file, const char __user *data,
			  size_t size, loff_t *offset)
{
	struct net *net = current->nsproxy->net_ns;
	unsigned int wanted[PLACES];
	char text[64] = "";
	int place, err;

	if (size >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, data, size))
		return -EFAULT;
	if (sscanf(text, "%u %u %u", &wanted[0], &wanted[1],
		   &wanted[2]) != PLACES)
		return -EINVAL;
	for (place = 0; place < PLACES; place++) {
		if (wanted[place] > HOOKS_MAX)
			return -EINVAL;
	}
	mutex_lock(&lock);
	remove(net);
	err = put(net, wanted);
	mutex_unlock(&lock);
	return err ?: size;
}

static const struct proc_ops proc = {
	.proc_write = proc_write,
};

static void __net_exit net_pre_exit(struct net *net)
{
	mutex_lock(&lock);
	remove(net);
	mutex_unlock(&lock);
}

static struct pernet_operations net_ops = {
	.pre_exit = net_pre_exit,
	.id = &net_id,
	.size = sizeof(struct hooks),
};

static int __init bench_hook_init(void)
{
	int err;

	err = register_pernet_subsys(&net_ops);
	if (err)
		return err;
	if (!proc_create("bench_hook", 0200, NULL, &proc)) {
		unregister_pernet_subsys(&net_ops);
		return -ENOMEM;
	}
	return 0;
}

static void __exit bench_hook_exit(void)
{
	remove_proc_entry("bench_hook", NULL);
	unregister_pernet_subsys(&net_ops);
}

module_init(bench_hook_init);
module_exit(bench_hook_exit);
MODULE_DESCRIPTION("Netfilter hooks that do nothing");
MODULE_LICENSE("GPL");
