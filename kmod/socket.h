/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_SOCKET_H
#define _DFC_SOCKET_H

#include <linux/dfc.h>
#include <net/sock.h>

extern const u64 dfc_socket_marks[DFC_SECURITY_MAX + 1];

/**
 * dfc_socket_open() - make the socket that owns the copies to a destination
 * @net: namespace
 * @family: AF_INET or AF_INET6, of the outer header
 * @security: of the destination
 *
 * What is in flight is known by it: copies belong to it from dfc_encap_send()
 * on until the network has done with them, so that its sk_wmem_alloc says how
 * much that is; and its sk_sndbuf, how much it may be. It takes no packets.
 *
 * Context: may sleep.
 * Return: closed by dfc_socket_close(), or an error: -EAFNOSUPPORT if the
 * kernel has no IPv6, or another one.
 */
struct sock *dfc_socket_open(struct net *net, u8 family,
			     enum dfc_security security);

/**
 * dfc_socket_close() - close such a socket
 * @sk: socket, or NULL
 *
 * Copies may still belong to it; it goes with the last of them, and nothing of
 * this module is called for that.
 *
 * Context: may sleep.
 */
void dfc_socket_close(struct sock *sk);

/**
 * dfc_socket_is_ours() - ask whether a socket owns copies
 * @sk: socket of a packet, of whatever kind; or NULL
 * @net: namespace
 */
static inline bool dfc_socket_is_ours(const struct sock *sk,
				      const struct net *net)
{
	const void *mark;

	if (!sk || !sk_fullsock(sk) || !net_eq(sock_net(sk), net))
		return false;
	mark = READ_ONCE(sk->sk_user_data);
	return mark == &dfc_socket_marks[DFC_SECURITY_NONE] ||
	       mark == &dfc_socket_marks[DFC_SECURITY_REQUIRED];
}

/**
 * dfc_socket_is_guarded() - ask whether a socket owns copies to be encrypted
 * @sk: socket of a packet, of whatever kind; or NULL
 * @net: namespace
 * @family: AF_INET or AF_INET6, of the outer header
 */
static inline bool dfc_socket_is_guarded(const struct sock *sk,
					 const struct net *net, u8 family)
{
	return sk && sk_fullsock(sk) && sk->sk_family == family &&
	       net_eq(sock_net(sk), net) && READ_ONCE(sk->sk_user_data) ==
	       &dfc_socket_marks[DFC_SECURITY_REQUIRED];
}

/**
 * dfc_socket_has_room() - ask whether the network may get one more copy
 * @sk: socket
 */
static inline bool dfc_socket_has_room(const struct sock *sk)
{
	return refcount_read(&sk->sk_wmem_alloc) < READ_ONCE(sk->sk_sndbuf);
}

/**
 * dfc_socket_shrink() - halve what may be in flight
 * @sk: socket
 *
 * Context: any.
 */
void dfc_socket_shrink(struct sock *sk);

/**
 * dfc_socket_grow() - double what may be in flight
 * @sk: socket
 *
 * Context: any.
 */
void dfc_socket_grow(struct sock *sk);

#endif /* _DFC_SOCKET_H */
