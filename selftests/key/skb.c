// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>

#include "glance.h"
#include "skb.h"

static u8 *copy(const void *data, size_t len)
{
	u8 *bytes = malloc(len ?: 1);

	assert(bytes);
	if (len)
		memcpy(bytes, data, len);
	return bytes;
}

void skb_make(struct sk_buff *skb, const void *data, size_t len,
	      size_t headlen)
{
	assert(headlen <= len);
	*skb = (struct sk_buff){ .len = len, .headlen = headlen };
	skb->data = copy(data, headlen);
	skb->rest = copy((const u8 *)data + headlen, len - headlen);
}

void skb_free(struct sk_buff *skb)
{
	free((void *)skb->data);
	free((void *)skb->rest);
}

/* Who glances at a packet must see what others find. */
static void check_glance(const struct sk_buff *skb, u8 family)
{
	struct dfc_piece piece, part;
	struct dfc_key key, seen;

	if (!dfc_glance(&seen, &part, skb, family, DFC_POINT_IN))
		return;
	assert(dfc_key_extract(&key, &piece, skb, 0, family, DFC_POINT_IN));
	assert(!dfc_piece_is_fragment(&piece) && !piece.hidden);
	assert(!memcmp(&seen, &key, sizeof(key)));
	assert(part.id == piece.id && part.len == piece.len &&
	       part.protocol == piece.protocol &&
	       !dfc_piece_is_fragment(&part) && !part.hidden);
}

void skb_find(struct finding *found, const struct sk_buff *skb, u16 type)
{
	memset(found, 0, sizeof(*found));
	check_glance(skb, AF_INET);
	check_glance(skb, AF_INET6);
	if (type < ETH_P_802_3_MIN)
		type = ETH_P_802_2;
	if (!dfc_peel(skb, 0, htons(type), &found->peeled))
		return;
	found->verdict = dfc_key_extract(&found->key, &found->piece, skb,
					 found->peeled.offset,
					 found->peeled.family,
					 DFC_POINT_PASSIVE) ?
			 PACKET : MALFORMED;
}
