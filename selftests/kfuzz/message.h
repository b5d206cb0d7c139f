/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef MESSAGE_H
#define MESSAGE_H

#include <linux/netlink.h>

#include "dice.h"
#include "spec.h"

/* Few ids, so that they meet. */
#define MESSAGE_FILTERS	120
#define MESSAGE_DESTS	10
#define MESSAGE_GROUPS	6
#define MESSAGE_IDS	128	/* above all of them */

/* More than a nest can say that it has. */
#define MESSAGE_MAX	(72 * 1024)

/**
 * struct message - a request
 * @command: what it asks for
 * @known: which objects there are, by outermost attribute and id
 * @dice: what decides
 * @nlh: the message; nlmsg_len is right but where that was changed on purpose
 * @bytes: of it
 */
struct message {
	const struct spec_command *command;
	bool (*known)[MESSAGE_IDS];
	struct dice *dice;
	union {
		struct nlmsghdr nlh;
		uint8_t bytes[MESSAGE_MAX + 64];
	};
};

/**
 * message_make() - a request that may well be granted
 * @m: message; @known and @dice are set, @command too, which is no event
 * @family: number of the family
 */
void message_make(struct message *m, uint16_t family);

/**
 * message_spoil() - make something of it wrong
 * @m: message from message_make()
 *
 * One attribute is left out, doubled, cut, longer, out of range, of another
 * type or nest, given a thousand times, or the like; now and then several, or
 * any bytes behind the header of netlink, which stays good.
 */
void message_spoil(struct message *m);

#endif /* MESSAGE_H */
