/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_BYTES_H
#define _DFC_BYTES_H

#include <linux/skbuff.h>

/**
 * dfc_bytes_read() - read from a packet
 * @skb: packet; read only, never reallocated
 * @at: where, in bytes from @skb->data, not below 0
 * @buf: filled in, if all is there; behind tags and labels no header need be
 *	aligned, so they are copied
 * @size: how many
 *
 * Context: any.
 * Return: whether all is there.
 */
static inline bool dfc_bytes_read(const struct sk_buff *skb, int at, void *buf,
				  int size)
{
	const void *p = skb_header_pointer(skb, at, size, buf);

	if (p && p != buf)
		memcpy(buf, p, size);
	return p;
}

#endif /* _DFC_BYTES_H */
