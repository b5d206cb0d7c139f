// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "frame.h"

void frame_put(struct frame *f, const void *data, size_t len)
{
	assert_true(f->len + len <= sizeof(f->data));
	if (len)
		memcpy(f->data + f->len, data, len);
	f->len += len;
}

void frame_push(struct frame *f, const void *data, size_t len)
{
	assert_true(f->len + len <= sizeof(f->data));
	memmove(f->data + len, f->data, f->len);
	memcpy(f->data, data, len);
	f->len += len;
}

struct frame frame_ipv4(u8 protocol, const void *payload, size_t len)
{
	u8 header[20] = { 0x45, 0, 0, 20 + len, 0, 77, 0x40, 0, 64, protocol };
	struct frame f = { .type = ETH_P_IP };

	inet_pton(AF_INET, "192.0.2.2", header + 12);
	inet_pton(AF_INET, "198.51.100.2", header + 16);
	frame_put(&f, header, sizeof(header));
	frame_put(&f, payload, len);
	return f;
}

struct frame frame_ipv6(u8 next, const void *payload, size_t len)
{
	u8 header[40] = { 0x60, 0, 0, 0, 0, len, next, 64 };
	struct frame f = { .type = ETH_P_IPV6 };

	inet_pton(AF_INET6, "2001:db8:1::2", header + 8);
	inet_pton(AF_INET6, "2001:db8:2::2", header + 24);
	frame_put(&f, header, sizeof(header));
	frame_put(&f, payload, len);
	return f;
}

void frame_extend(struct frame *f, u8 next, const u8 *header, size_t len)
{
	assert_true(f->len + len <= sizeof(f->data));
	memmove(f->data + 40 + len, f->data + 40, f->len - 40);
	memcpy(f->data + 40, header, len);
	f->data[40] = f->data[6];
	f->data[6] = next;
	f->len += len;
	f->data[4] = (f->len - 40) >> 8;
	f->data[5] = f->len - 40;
}

struct finding frame_find_cut(const struct frame *f, size_t len)
{
	struct finding found, other;
	struct sk_buff skb;
	size_t headlen;

	skb_make(&skb, f->data, len, len);
	skb_find(&found, &skb, f->type);
	skb_free(&skb);
	for (headlen = 0; headlen < len; headlen++) {
		skb_make(&skb, f->data, len, headlen);
		skb_find(&other, &skb, f->type);
		assert_memory_equal(&found, &other, sizeof(other));
		skb_free(&skb);
	}
	return found;
}
