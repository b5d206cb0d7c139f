// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/sizes.h>
#include <linux/workqueue.h>
#include <net/inet_common.h>

#include "socket.h"

/* Bytes in flight, as memory counts them. */
#define ROOM_MIN	SZ_16K
#define ROOM_FIRST	SZ_256K
#define ROOM_MAX	SZ_1M

/*
 * Only their addresses count: sockets of ours are known by them, for as long as
 * they live, which may be longer than this module does. The lowest three bits
 * of sk_user_data are flags of others.
 */
const u64 dfc_socket_marks[DFC_SECURITY_MAX + 1] __aligned(8);

struct order {
	struct work_struct work;
	struct net *net;
	u8 family;
	struct sock *sk;
	int err;
};

static void open_work(struct work_struct *work)
{
	struct order *order = container_of(work, struct order, work);

	order->err = inet_ctl_sock_create(&order->sk, order->family, SOCK_RAW,
					  IPPROTO_UDP, order->net);
}

/*
 * A socket is in the control group of who makes it. Rules for that of the
 * process which adds a destination are not meant for copies, so a worker does.
 */
struct sock *dfc_socket_open(struct net *net, u8 family,
			     enum dfc_security security)
{
	struct order order = { .net = net, .family = family };
	struct sock *sk;

	INIT_WORK_ONSTACK(&order.work, open_work);
	queue_work(system_unbound_wq, &order.work);
	flush_work(&order.work);
	destroy_work_on_stack(&order.work);
	if (order.err)
		return ERR_PTR(order.err);
	sk = order.sk;
	sk->sk_user_data = (void *)&dfc_socket_marks[security];
	sk->sk_sndbuf = ROOM_FIRST;
	/* It makes freeing a copy cheaper, see sock_wfree(). */
	sock_set_flag(sk, SOCK_RCU_FREE);
	return sk;
}

void dfc_socket_close(struct sock *sk)
{
	inet_ctl_sock_destroy(sk);
}

void dfc_socket_shrink(struct sock *sk)
{
	WRITE_ONCE(sk->sk_sndbuf, max(sk->sk_sndbuf / 2, ROOM_MIN));
}

void dfc_socket_grow(struct sock *sk)
{
	WRITE_ONCE(sk->sk_sndbuf, min(sk->sk_sndbuf * 2, ROOM_MAX));
}
