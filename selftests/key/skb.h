/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef SKB_H
#define SKB_H

#include <stddef.h>

#include "key.h"
#include "peel.h"
#include "shim.h"

/**
 * enum verdict - what a frame is
 * @NO_PACKET: there is no IP packet in it
 * @MALFORMED: there is one, without usable headers
 * @PACKET: there is one
 */
enum verdict {
	NO_PACKET,
	MALFORMED,
	PACKET,
};

/* What is found in a frame. */
struct finding {
	enum verdict verdict;
	struct dfc_peeled peeled;
	struct dfc_key key;
	struct dfc_piece piece;
};

/**
 * skb_make() - put a packet into a buffer
 * @skb: filled in; freed by skb_free()
 * @data: bytes, copied to memory of their very size
 * @len: how many
 * @headlen: how many of them are linear
 */
void skb_make(struct sk_buff *skb, const void *data, size_t len,
	      size_t headlen);

void skb_free(struct sk_buff *skb);

/**
 * skb_find() - what a passive device finds in a frame
 * @found: filled in, without padding that is not zero
 * @skb: frame behind its link layer header
 * @type: EtherType, or a length
 */
void skb_find(struct finding *found, const struct sk_buff *skb, u16 type);

#endif /* SKB_H */
