// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dfcctl/dtcpd.h"
#include "dfcctl/subscription.h"

void subscription_init(struct subscription *s, const char *path)
{
	s->path = path;
	s->fd = -1;
	s->heard = false;
	s->len = 0;
}

int subscription_connect(struct subscription *s)
{
	if (s->fd >= 0)
		return 0;
	s->fd = dtcpd_listen(s->path);
	return s->fd < 0 ? -errno : 0;
}

void subscription_close(struct subscription *s)
{
	if (s->fd >= 0)
		close(s->fd);
	subscription_init(s, s->path);
}

static int take_line(struct subscription *s, size_t len,
		     subscription_handler handler, void *arg)
{
	json_t *event = json_loadb(s->line, len, JSON_REJECT_DUPLICATES, NULL);
	bool refused = json_object_get(event, "error") != NULL;
	int err = 0;

	if (!refused && !json_is_string(json_object_get(event, "event")))
		err = -EPROTO;
	else
		handler(event, arg);
	json_decref(event);
	s->heard = true;
	return refused ? -EACCES : err;
}

static int take_lines(struct subscription *s, subscription_handler handler,
		      void *arg)
{
	char *end;
	size_t len;
	int err;

	while ((end = memchr(s->line, '\n', s->len))) {
		len = (size_t)(end + 1 - s->line);
		err = take_line(s, len, handler, arg);
		if (err)
			return err;
		s->len -= len;
		memmove(s->line, s->line + len, s->len);
	}
	return s->len < sizeof(s->line) ? 0 : -EPROTO;
}

int subscription_read(struct subscription *s, subscription_handler handler,
		      void *arg)
{
	ssize_t n = recv(s->fd, s->line + s->len, sizeof(s->line) - s->len, 0);
	int err = 0;

	if (n > 0) {
		s->len += (size_t)n;
		err = take_lines(s, handler, arg);
	} else if (!n) {
		err = -EPIPE;
	} else if (errno != EAGAIN && errno != EINTR) {
		err = -errno;
	}
	if (err)
		subscription_close(s);
	return err;
}
