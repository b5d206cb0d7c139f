// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/line.h"
#include "dtcp/inbox.h"

#define PIECE 16384

char *inbox_room(struct inbox *in, size_t *n)
{
	size_t room = in->room ? 2 * in->room : 2 * PIECE;
	char *buf;

	if (in->room - in->len < PIECE) {
		if (room > INBOX_MAX)
			return NULL;
		buf = realloc(in->buf, room);
		if (!buf)
			return NULL;
		in->buf = buf;
		in->room = room;
	}
	*n = in->room - in->len;
	return in->buf + in->len;
}

size_t inbox_message(struct inbox *in)
{
	struct dtcp_text rest = { in->buf + in->scanned,
				  in->len - in->scanned }, line;
	struct dtcp_header h;

	if (!in->len)
		return 0;
	while (dtcp_line_next(&rest, &line)) {
		in->scanned = in->len - rest.len;
		if (in->ending && !dtcp_line_trim(line).len)
			return in->scanned;
		if (dtcp_line_is_digest(line, &h))
			in->ending = true;
	}
	return 0;
}

void inbox_drop(struct inbox *in, size_t n)
{
	in->len -= n;
	memmove(in->buf, in->buf + n, in->len);
	in->scanned = 0;
	in->ending = false;
}

void inbox_fini(struct inbox *in)
{
	free(in->buf);
	*in = (struct inbox){ 0 };
}
