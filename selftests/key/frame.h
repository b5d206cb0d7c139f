/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef FRAME_H
#define FRAME_H

#include "skb.h"

/* Made by hand, from the end to the beginning. */
struct frame {
	u16 type;
	size_t len;
	u8 data[512];
};

/* With cmocka's asserts. */
void frame_put(struct frame *f, const void *data, size_t len);
void frame_push(struct frame *f, const void *data, size_t len);

/* From 192.0.2.2 to 198.51.100.2, or 2001:db8:1::2 to 2001:db8:2::2. */
struct frame frame_ipv4(u8 protocol, const void *payload, size_t len);
struct frame frame_ipv6(u8 next, const void *payload, size_t len);

/* Puts an extension header in front of the payload of an IPv6 packet. */
void frame_extend(struct frame *f, u8 next, const u8 *header, size_t len);

/* What is found in the first @len bytes, however the buffer is made. */
struct finding frame_find_cut(const struct frame *f, size_t len);

static inline struct finding frame_find(const struct frame *f)
{
	return frame_find_cut(f, f->len);
}

#endif /* FRAME_H */
