// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <string.h>

#include "message.h"

#define BODY	(NLMSG_HDRLEN + GENL_HDRLEN)
#define DEPTH	4
#define FOUND_MAX	512

/**
 * struct place - where an attribute is
 * @at: offset of each of the nests that it is in, its own offset last
 * @depth: number of them, and itself
 */
struct place {
	uint32_t at[DEPTH];
	unsigned int depth;
};

struct places {
	unsigned int n;
	struct place place[FOUND_MAX];
};

static struct nlattr *attr_at(struct message *m, uint32_t at)
{
	return (void *)(m->bytes + at);
}

static struct nlattr *attr(struct message *m, const struct place *p)
{
	return attr_at(m, p->at[p->depth - 1]);
}

/* Collects all attributes between two offsets, and in their nests. */
static void find(struct message *m, struct places *found, struct place *above,
		 uint32_t at, uint32_t end)
{
	struct place *p;
	struct nlattr *a;

	for (; at + NLA_HDRLEN <= end; at += NLA_ALIGN(a->nla_len)) {
		a = attr_at(m, at);
		if (a->nla_len < NLA_HDRLEN || at + a->nla_len > end ||
		    found->n == FOUND_MAX || above->depth == DEPTH)
			return;
		p = &found->place[found->n++];
		*p = *above;
		p->at[p->depth++] = at;
		if (a->nla_type & NLA_F_NESTED)
			find(m, found, p, at + NLA_HDRLEN, at + a->nla_len);
	}
}

/*
 * Puts @room bytes in, or takes them away, at the offset @at behind or in the
 * attribute @p; the nests that it is in grow or shrink with it.
 */
static bool shift(struct message *m, const struct place *p, uint32_t at,
		  int room)
{
	uint32_t len = m->nlh.nlmsg_len;
	unsigned int i;

	/* Lengths that were spoilt before may lead beyond the end. */
	if (at > len || (room > 0 && len + room > MESSAGE_MAX))
		return false;
	if (room < 0 && at - room > len)
		room = at - len;
	if (room > 0) {
		memmove(m->bytes + at + room, m->bytes + at, len - at);
		memset(m->bytes + at, 0, room);
	} else {
		memmove(m->bytes + at, m->bytes + at - room, len - at + room);
	}
	m->nlh.nlmsg_len += room;
	for (i = 0; i + 1 < p->depth; i++)
		attr_at(m, p->at[i])->nla_len += room;
	return true;
}

static void drop(struct message *m, const struct place *p)
{
	shift(m, p, p->at[p->depth - 1], -(int)NLA_ALIGN(attr(m, p)->nla_len));
}

static void repeat(struct message *m, const struct place *p,
		   unsigned int times)
{
	uint32_t at = p->at[p->depth - 1];
	uint32_t len = NLA_ALIGN(attr(m, p)->nla_len);

	while (times-- && shift(m, p, at + len, len))
		memcpy(m->bytes + at + len, m->bytes + at, len);
}

/* The same attribute, with another length of its value. */
static void resize(struct message *m, const struct place *p)
{
	uint32_t at = p->at[p->depth - 1];
	uint16_t old = attr(m, p)->nla_len;
	uint16_t len = NLA_HDRLEN + dice_below(m->dice, 24);

	if (!shift(m, p, at + NLA_ALIGN(old > len ? len : old),
		   (int)NLA_ALIGN(len) - (int)NLA_ALIGN(old)))
		return;
	attr(m, p)->nla_len = len;
}

static uint64_t odd_number(struct dice *dice)
{
	static const uint64_t odd[] = {
		0, 1, 2, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000, 86400,
		86401, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000,
		0xffffffff, 0x100000000, INT64_MAX, UINT64_MAX,
	};

	if (dice_one_in(dice, 4))
		return dice_next(dice);
	return odd[dice_below(dice, sizeof(odd) / sizeof(*odd))];
}

static void revalue(struct message *m, const struct place *p)
{
	uint64_t value = odd_number(m->dice);
	struct nlattr *a = attr(m, p);
	uint32_t len = a->nla_len - NLA_HDRLEN;

	memcpy((uint8_t *)a + NLA_HDRLEN, &value, len > 8 ? 8 : len);
}

/* A nest around it, of any type, or several. */
static void wrap(struct message *m, const struct place *p)
{
	unsigned int times = dice_one_in(m->dice, 8) ? 200 : 1;
	uint32_t at = p->at[p->depth - 1];
	uint16_t len = NLA_ALIGN(attr(m, p)->nla_len);

	while (times-- && len < 0xff00 && shift(m, p, at, NLA_HDRLEN)) {
		len += NLA_HDRLEN;
		*attr_at(m, at) = (struct nlattr){
			.nla_len = len,
			.nla_type = NLA_F_NESTED | dice_below(m->dice, 40),
		};
	}
}

static void spoil_attr(struct message *m, const struct place *p)
{
	struct nlattr *a = attr(m, p);

	switch (dice_below(m->dice, 11)) {
	case 0:
		drop(m, p);
		break;
	case 1:
		repeat(m, p, 1);
		break;
	case 2:
		repeat(m, p, 1 + dice_below(m->dice, 80));
		break;
	case 3:
		if (dice_one_in(m->dice, 16))
			repeat(m, p, 6000);
		else
			repeat(m, p, 64);
		break;
	case 4:
		resize(m, p);
		break;
	case 5:
		a->nla_type = dice_below(m->dice, 48);
		break;
	case 6:
		a->nla_type ^= dice_one_in(m->dice, 3) ? NLA_F_NET_BYTEORDER :
			       NLA_F_NESTED;
		break;
	case 7:
		wrap(m, p);
		break;
	case 8:
		/* Nothing else moves: what follows is cut or taken in. */
		a->nla_len = dice_one_in(m->dice, 4) ? dice_next(m->dice) :
			     dice_below(m->dice, 2 * a->nla_len + 8);
		break;
	default:
		revalue(m, p);
		break;
	}
}

/* Anything behind the header of netlink, or where it all ends. */
static void spoil_bytes(struct message *m)
{
	uint32_t len = m->nlh.nlmsg_len - NLMSG_HDRLEN;
	uint32_t at = NLMSG_HDRLEN + dice_below(m->dice, len);

	switch (dice_below(m->dice, 5)) {
	case 0:
		m->bytes[at] ^= 1 << dice_below(m->dice, 8);
		break;
	case 1:
		m->bytes[at] = dice_next(m->dice);
		break;
	case 2:
		m->bytes[NLMSG_HDRLEN] = dice_below(m->dice, 32);
		break;
	case 3:
		m->nlh.nlmsg_len = BODY + dice_below(m->dice, len - 3);
		break;
	default:
		memmove(m->bytes + NLMSG_HDRLEN + dice_below(m->dice, 4) * 4,
			m->bytes + at, NLMSG_HDRLEN + len - at);
		break;
	}
}

void message_spoil(struct message *m)
{
	static struct places found;
	unsigned int times = 1;

	while (dice_one_in(m->dice, 3))
		times++;
	while (times--) {
		found.n = 0;
		find(m, &found, &(struct place){ 0 }, BODY,
		     m->nlh.nlmsg_len);
		if (!found.n || dice_one_in(m->dice, 6))
			spoil_bytes(m);
		else
			spoil_attr(m, &found.place[dice_below(m->dice,
							      found.n)]);
	}
}
