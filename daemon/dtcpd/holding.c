// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <sys/epoll.h>

#include "dtcpd/holding.h"

static void on_journal(void *arg, uint32_t events)
{
	struct holding *h = arg;
	struct holding_wait *w;

	journal_heard(h->journal);
	while ((w = LIST_FIRST(&h->waits))) {
		holding_cancel(w);
		loop_post(h->loop, w->task);
	}
}

int holding_open(struct holding *h, struct loop *l, struct journal *j)
{
	memset(h, 0, sizeof(*h));
	h->journal = j;
	h->loop = l;
	h->watch = (struct loop_watch){ journal_fd(j), 0, on_journal, h };
	LIST_INIT(&h->waits);
	return loop_add(l, &h->watch, EPOLLIN);
}

void holding_close(struct holding *h)
{
	loop_del(h->loop, &h->watch);
}

int64_t holding_position(const struct holding *h)
{
	return h ? journal_position(h->journal) : 0;
}

int64_t holding_committed(const struct holding *h)
{
	return h ? journal_committed(h->journal) : 0;
}

bool holding_is_over(const struct holding *h, int64_t position)
{
	return !position || holding_committed(h) >= position;
}

void holding_await(struct holding *h, struct holding_wait *w)
{
	if (w->listed)
		return;
	w->listed = true;
	LIST_INSERT_HEAD(&h->waits, w, link);
}

void holding_cancel(struct holding_wait *w)
{
	if (!w->listed)
		return;
	w->listed = false;
	LIST_REMOVE(w, link);
}
