// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcpd/backlog.h"

void backlog_join(struct backlog *b, struct backlog_part *p)
{
	LIST_INSERT_HEAD(&b->parts, p, link);
}

void backlog_leave(struct backlog *b, struct backlog_part *p)
{
	backlog_set(b, p, 0);
	LIST_REMOVE(p, link);
}

void backlog_set(struct backlog *b, struct backlog_part *p, size_t bytes)
{
	b->bytes -= p->bytes;
	b->bytes += bytes;
	p->bytes = bytes;
}

bool backlog_is_full(const struct backlog *b)
{
	return b->bytes > BACKLOG_MAX;
}

static bool waits_for(const struct backlog *b, const char *user)
{
	const struct backlog_part *p;

	LIST_FOREACH(p, &b->parts, link) {
		if (p->bytes && p->user && !strcmp(p->user, user))
			return true;
	}
	return false;
}

bool backlog_has_room(const struct backlog *b, const struct backlog_part *p)
{
	if (p->bytes > BACKLOG_SHARE)
		return false;
	return !backlog_is_full(b) || !p->user || !waits_for(b, p->user);
}
