// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

/*
 * A network device, bench_tick, that notes when it is sent something: how long
 * the host's processor has worked for this kernel until then. /proc/bench_tick
 * tells these times in nanoseconds, a line each, and empties when it is written
 * to. pktgen, which sends to one device after the other, so says how long it
 * was busy with those between two ticks.
 *
 * User-Mode Linux is a process, and its own clocks go on while the host runs
 * another one. All of the kernel is one thread of the host, whose clock a system
 * call of the host tells. What user space does in here is not in it.
 */

#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

/* Of the host, x86-64. */
#define HOST_CLOCK_GETTIME		228
#define HOST_CLOCK_THREAD_CPUTIME	3

#define TICKS_MAX	1024

struct host_time {
	long sec;
	long nsec;
};

/* Sender and reader take turns: nothing guards them. */
static u64 ticks[TICKS_MAX];
static unsigned int nticks;
static struct net_device *device;

static u64 host_clock(void)
{
	struct host_time time;
	long ret;

	asm volatile("syscall"
		     : "=a" (ret)
		     : "0" (HOST_CLOCK_GETTIME),
		       "D" (HOST_CLOCK_THREAD_CPUTIME), "S" (&time)
		     : "rcx", "r11", "memory");
	return ret ? 0 : time.sec * NSEC_PER_SEC + time.nsec;
}

static netdev_tx_t xmit(struct sk_buff *skb, struct net_device *dev)
{
	if (nticks < TICKS_MAX)
		ticks[nticks++] = host_clock();
	consume_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = {
	.ndo_start_xmit = xmit,
};

static int show(struct seq_file *file, void *data)
{
	unsigned int i;

	for (i = 0; i < nticks; i++)
		seq_printf(file, "%llu\n", ticks[i]);
	return 0;
}

static int proc_open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static ssize_t proc_write(struct file *file, const char __user *data,
			  size_t size, loff_t *offset)
{
	nticks = 0;
	return size;
}

static const struct proc_ops proc = {
	.proc_open = proc_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_write = proc_write,
};

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &ops;
	dev->needs_free_netdev = true;
	eth_hw_addr_random(dev);
}

static int __init bench_tick_init(void)
{
	int err;

	if (!IS_ENABLED(CONFIG_UML))
		return -ENODEV;
	device = alloc_netdev(0, "bench_tick", NET_NAME_USER, setup);
	if (!device)
		return -ENOMEM;
	err = register_netdev(device);
	if (err) {
		free_netdev(device);
		return err;
	}
	if (!proc_create("bench_tick", 0600, NULL, &proc)) {
		unregister_netdev(device);
		return -ENOMEM;
	}
	return 0;
}

static void __exit bench_tick_exit(void)
{
	remove_proc_entry("bench_tick", NULL);
	unregister_netdev(device);
}

module_init(bench_tick_init);
module_exit(bench_tick_exit);
MODULE_DESCRIPTION("Notes when packets come, in the processor time of the host");
MODULE_LICENSE("GPL");
