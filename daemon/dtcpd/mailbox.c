// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcpd/mailbox.h"

void mailbox_init(struct mailbox *m)
{
	STAILQ_INIT(&m->letters);
	m->bytes = 0;
}

void mailbox_fini(struct mailbox *m)
{
	while (mailbox_first(m))
		mailbox_drop(m);
}

bool mailbox_put(struct mailbox *m, const char *text, size_t len)
{
	struct letter *l;

	if (len > MAILBOX_MAX - m->bytes)
		return false;
	l = malloc(sizeof(*l) + len);
	if (!l)
		return false;
	l->len = len;
	memcpy(l->text, text, len);
	STAILQ_INSERT_TAIL(&m->letters, l, link);
	m->bytes += len;
	return true;
}

const struct letter *mailbox_first(const struct mailbox *m)
{
	return STAILQ_FIRST(&m->letters);
}

void mailbox_drop(struct mailbox *m)
{
	struct letter *l = STAILQ_FIRST(&m->letters);

	STAILQ_REMOVE_HEAD(&m->letters, link);
	m->bytes -= l->len;
	free(l);
}
