/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_BACKLOG_H
#define DTCPD_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#define BACKLOG_MAX	(32U << 20)	/* bytes, of all sessions */
#define BACKLOG_SHARE	(64U << 10)	/* bytes, of a session */

/**
 * struct backlog_part - answers of a session that wait to be read
 * @user: control source; NULL as long as nobody has logged in
 * @bytes: their length
 */
struct backlog_part {
	const char *user;
	size_t bytes;
	LIST_ENTRY(backlog_part) link;
};

/**
 * struct backlog - answers of all SSH sessions that wait to be read
 * @parts: of the sessions
 * @bytes: of all of them
 */
struct backlog {
	LIST_HEAD(backlog_parts, backlog_part) parts;
	size_t bytes;
};

/**
 * backlog_join() - begin with a session
 * @b: all zero at its start of life
 * @p: all zero; must stay where it is until backlog_leave()
 */
void backlog_join(struct backlog *b, struct backlog_part *p);

/**
 * backlog_leave() - end with a session; nothing of it waits any more
 * @b: backlog
 * @p: part
 */
void backlog_leave(struct backlog *b, struct backlog_part *p);

/**
 * backlog_set() - say how much of a session waits now
 * @b: backlog
 * @p: part
 * @bytes: of its answers
 */
void backlog_set(struct backlog *b, struct backlog_part *p, size_t bytes);

/**
 * backlog_is_full() - whether more than BACKLOG_MAX waits
 * @b: backlog
 *
 * Return: whether it does.
 */
bool backlog_is_full(const struct backlog *b);

/**
 * backlog_has_room() - whether a session may have another answer made
 * @b: backlog
 * @p: its part
 *
 * How long an answer becomes is not known before: so a session has one long
 * answer at a time, and when the backlog is full, a control source has one in
 * all of its sessions. Who reads nothing stops no other control source.
 *
 * Return: whether a request may be carried out.
 */
bool backlog_has_room(const struct backlog *b, const struct backlog_part *p);

#endif
