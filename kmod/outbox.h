/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_OUTBOX_H
#define _DFC_OUTBOX_H

#include <linux/interrupt.h>
#include <linux/skbuff.h>

struct dfc_net;

/**
 * struct dfc_outbox - copies that go when the originals have gone, of one CPU
 * @copies: in their order, each with its parcel
 * @staged: copies ever put into it
 * @done: those of them that have gone, or wait at their destination
 * @mark: @done up to which dfc_outbox_passed() waits
 * @awaited: it does
 * @busy: copies are being handed on
 * @tasklet: hands them on
 * @dn: namespace
 *
 * Written with bottom halves disabled on its own CPU only, but for @mark and
 * @awaited.
 */
struct dfc_outbox {
	struct sk_buff_head copies;
	unsigned long staged;
	unsigned long done;
	unsigned long mark;
	bool awaited;
	bool busy;
	struct tasklet_struct tasklet;
	struct dfc_net *dn;
};

/**
 * dfc_outbox_alloc() - allocate the outboxes of a namespace
 * @dn: namespace
 *
 * Context: may sleep.
 * Return: for all CPUs; freed by free_percpu() after dfc_outbox_stop(), or
 * NULL.
 */
struct dfc_outbox __percpu *dfc_outbox_alloc(struct dfc_net *dn);

/**
 * dfc_outbox_stop() - free what is in the outboxes of a namespace
 * @dn: namespace in which no packet is in our hands any more
 *
 * Context: may sleep.
 */
void dfc_outbox_stop(struct dfc_net *dn);

/**
 * dfc_outbox_put() - have a copy sent as soon as the originals have gone
 * @dn: namespace
 * @skb: as dfc_send() takes it; always consumed
 *
 * Context: bottom halves disabled, RCU read lock held.
 */
void dfc_outbox_put(struct dfc_net *dn, struct sk_buff *skb);

/**
 * dfc_outbox_mark() - begin to wait for all copies that are in the outboxes
 * @dn: namespace; its lock is held
 *
 * When they have left, the worker is kicked.
 */
void dfc_outbox_mark(struct dfc_net *dn);

/**
 * dfc_outbox_passed() - ask whether they have left
 * @dn: namespace; its lock is held
 *
 * Return: whether each has been decided, or waits at its destination.
 */
bool dfc_outbox_passed(struct dfc_net *dn);

#endif /* _DFC_OUTBOX_H */
