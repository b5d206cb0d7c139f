// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>

#include "dtcpd/held.h"
#include "dtcpd/loop.h"

void held_init(struct held *h)
{
	STAILQ_INIT(&h->pieces);
	h->bytes = 0;
}

void held_fini(struct held *h)
{
	while (held_first(h))
		held_drop(h);
}

int held_add(struct held *h, struct dtcp_writer *text, int64_t position,
	     uint64_t letters)
{
	struct held_piece *p = malloc(sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->text = *text;
	p->position = position;
	p->since = loop_now();
	p->letters = letters;
	h->bytes += text->len;
	STAILQ_INSERT_TAIL(&h->pieces, p, link);
	dtcp_writer_init(text, text->upper);
	return 0;
}

const struct held_piece *held_first(const struct held *h)
{
	return STAILQ_FIRST(&h->pieces);
}

void held_drop(struct held *h)
{
	struct held_piece *p = STAILQ_FIRST(&h->pieces);

	STAILQ_REMOVE_HEAD(&h->pieces, link);
	h->bytes -= p->text.len;
	dtcp_writer_fini(&p->text);
	free(p);
}
