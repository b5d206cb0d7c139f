// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/stream.h"

#define FIRST_ROOM 4096

void stream_fini(struct stream *s)
{
	free(s->buf);
	memset(s, 0, sizeof(*s));
}

size_t stream_len(const struct stream *s)
{
	return s->end - s->start;
}

static void move_to_front(struct stream *s)
{
	if (!s->start)
		return;
	memmove(s->buf, s->buf + s->start, stream_len(s));
	s->end -= s->start;
	s->start = 0;
}

char *stream_reserve(struct stream *s, size_t len)
{
	size_t room = s->room ? s->room : FIRST_ROOM;
	char *buf;

	if (len > STREAM_MAX - stream_len(s))
		return NULL;
	if (s->buf && len <= s->room - s->end)
		return s->buf + s->end;
	move_to_front(s);
	while (room < s->end + len)
		room *= 2;
	if (room > s->room) {
		buf = realloc(s->buf, room);
		if (!buf)
			return NULL;
		s->buf = buf;
		s->room = room;
	}
	return s->buf + s->end;
}

void stream_commit(struct stream *s, size_t len)
{
	s->end += len;
}

long stream_next(struct stream *s, const char **msg)
{
	if (!stream_len(s))
		return 0;
	*msg = s->buf + s->start;
	return dtcp_message_frame(*msg, stream_len(s));
}

void stream_skip(struct stream *s, size_t len)
{
	s->start += len;
	if (s->start == s->end)
		s->start = s->end = 0;
}

int stream_is_blank(const struct stream *s)
{
	size_t i;

	for (i = s->start; i < s->end; i++) {
		if (!isspace((unsigned char)s->buf[i]))
			return 0;
	}
	return 1;
}
