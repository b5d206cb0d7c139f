// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * The first two bytes are the EtherType, the rest is what follows it. Reads
 * beyond the frame are found by where its parts are: in memory of their size.
 */

#include <stdlib.h>

#include "skb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_peeled(const struct finding *found, size_t len)
{
	check(found->peeled.family == AF_INET ||
	      found->peeled.family == AF_INET6);
	check(found->peeled.offset >= 0);
	check((size_t)found->peeled.offset <= len);
}

static void check_l4(const struct dfc_key *key)
{
	check(key->l4 <= DFC_L4_ICMP);
	check(key->l4 || (!key->src_port && !key->dst_port));
	check(!key->l4 || dfc_key_wants_l4(key));
	check(key->l4 != DFC_L4_ICMP ||
	      key->protocol == (key->family == AF_INET ? 1 : 58));
}

static void check_packet(const struct finding *found, size_t len)
{
	size_t header = found->key.family == AF_INET ? 20 : 40;
	int i;

	check(found->key.family == found->peeled.family);
	check(found->key.point == DFC_POINT_PASSIVE);
	check(found->piece.len >= header);
	check(found->peeled.offset + found->piece.len <= len);
	check(found->piece.offset % 8 == 0);
	check(!found->piece.offset || !found->key.l4);
	check_l4(&found->key);
	for (i = 4; i < 16 && header == 20; i++)
		check(!found->key.src.bytes[i] && !found->key.dst.bytes[i]);
}

/* Where the parts of a buffer meet makes no difference. */
static void check_same(const struct finding *found, u16 type, const u8 *data,
		       size_t len)
{
	struct finding other;
	struct sk_buff skb;
	size_t headlen;

	for (headlen = 0; headlen < len; headlen += 1 + headlen / 3) {
		skb_make(&skb, data, len, headlen);
		skb_find(&other, &skb, type);
		check(!memcmp(found, &other, sizeof(other)));
		skb_free(&skb);
	}
}

/* What is behind a packet, like padding, is no part of it. */
static void check_cut(const struct finding *found, const struct sk_buff *skb)
{
	size_t len = found->peeled.offset + found->piece.len;
	struct dfc_piece piece;
	struct sk_buff cut;
	struct dfc_key key;

	skb_make(&cut, skb->data, len, len);
	check(dfc_key_extract(&key, &piece, &cut, found->peeled.offset,
			      found->peeled.family, DFC_POINT_PASSIVE));
	check(!memcmp(&key, &found->key, sizeof(key)));
	check(piece.len == found->piece.len);
	skb_free(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct finding found;
	struct sk_buff skb;
	u16 type;

	if (size < 2)
		return 0;
	type = data[0] << 8 | data[1];
	data += 2;
	size -= 2;
	skb_make(&skb, data, size, size);
	skb_find(&found, &skb, type);
	if (found.verdict != NO_PACKET)
		check_peeled(&found, size);
	if (found.verdict == PACKET) {
		check_packet(&found, size);
		check_cut(&found, &skb);
	}
	check_same(&found, type, data, size);
	skb_free(&skb);
	return 0;
}
