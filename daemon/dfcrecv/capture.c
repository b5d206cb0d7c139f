// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dfcrecv/capture.h"

#define SECOND		UINT64_C(1000000000)
/*
 * As much is written at once when packets keep coming: what still lies in the
 * processor's cache when the kernel copies it. With 1 MiB it did not, and large
 * packets took nearly twice the time.
 */
#define BLOCKS_MAX	(64 * 1024)

void capture_init(struct capture *c)
{
	memset(c, 0, sizeof(*c));
	c->fd = -1;
	c->comments = true;
}

static int open_fd(struct capture *c)
{
	struct stat st;

	if (!strcmp(c->pattern, "-")) {
		snprintf(c->name, sizeof(c->name), "standard output");
		c->fd = STDOUT_FILENO;
	} else {
		c->fd = open(c->name,
			     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	}
	if (c->fd < 0 || fstat(c->fd, &st))
		return -errno;
	c->file = S_ISREG(st.st_mode) && c->fd != STDOUT_FILENO;
	return 0;
}

static int close_fd(struct capture *c)
{
	int err = c->fd >= 0 && close(c->fd) ? -errno : 0;

	c->fd = -1;
	return err;
}

/* A base that stays, as one without the seconds may, is numbered on. */
static int next_name(struct capture *c, time_t now)
{
	char base[sizeof(c->base)];
	int err;

	err = rotation_base(&c->rotation, c->pattern, now, base,
			    sizeof(base));
	if (err)
		return err;
	c->number = c->serial && !strcmp(base, c->base) ? c->number + 1 : 0;
	memcpy(c->base, base, sizeof(base));
	return rotation_name(&c->rotation, c->base, c->number, c->name,
			     sizeof(c->name));
}

/* A name may come again: what is overwritten must not be removed later. */
static void forget(struct capture *c)
{
	unsigned int i;

	for (i = 0; i < c->rotation.keep; i++)
		if (c->kept[i] && !strcmp(c->kept[i], c->name)) {
			free(c->kept[i]);
			c->kept[i] = NULL;
		}
}

/* Removes the file that is one too many, and remembers this one. */
static int keep(struct capture *c)
{
	char **oldest;
	int err = 0;

	if (!c->rotation.keep || !c->rotation.seconds)
		return 0;
	if (!c->kept)
		c->kept = calloc(c->rotation.keep, sizeof(*c->kept));
	if (!c->kept)
		return -ENOMEM;
	forget(c);
	oldest = &c->kept[c->serial % c->rotation.keep];
	if (*oldest && unlink(*oldest) && errno != ENOENT)
		err = -errno;
	free(*oldest);
	*oldest = strdup(c->name);
	return *oldest ? err : -ENOMEM;
}

static int open_next(struct capture *c, time_t now)
{
	int err = next_name(c, now);

	if (!err)
		err = open_fd(c);
	if (!err)
		err = keep(c);
	if (err)
		return err;
	c->serial++;
	c->start = now;
	c->bytes = 0;
	c->interfaces = 0;
	c->origins = NULL;
	pcapng_section(&c->blocks, "dfcrecv");
	return capture_flush(c);
}

int capture_open(struct capture *c, const char *pattern,
		 const struct rotation *rotation, time_t now)
{
	c->pattern = pattern;
	c->rotation = *rotation;
	return open_next(c, now);
}

/* Of an origin that has two interfaces, the first one tells. */
static void put_statistics(struct capture *c, struct origin *origin)
{
	int interface = origin->interface[CONTENT_PACKET];
	uint64_t lost = numbering_lost(&origin->numbering);
	uint64_t news = lost > origin->lost_told ? lost - origin->lost_told :
						   0;

	if (interface < 0)
		interface = origin->interface[CONTENT_FRAME];
	pcapng_statistics(&c->blocks, interface, c->last,
			  origin->file_packets, news);
	origin->lost_told += news;
}

static int finish(struct capture *c)
{
	struct origin *origin;

	if (c->err)
		return 0;
	for (origin = c->origins; origin; origin = origin->next)
		if (origin->has_numbers)
			put_statistics(c, origin);
	return capture_flush(c);
}

static void rotate(struct capture *c, time_t now)
{
	c->err = finish(c);
	if (!c->err)
		c->err = close_fd(c);
	if (!c->err)
		c->err = open_next(c, now);
}

static void put_interface(struct capture *c, struct origin *origin,
			  enum content_kind kind)
{
	bool frames = kind == CONTENT_FRAME;
	char name[ORIGIN_NAME_MAX + 16], comment[192];
	char description[ORIGIN_NAME_MAX + 32];
	int at = 0;

	snprintf(name, sizeof(name), "%s%s", origin->name,
		 frames ? " frames" : "");
	snprintf(description, sizeof(description), "%s copied by %s",
		 frames ? "frames" : "packets", origin->router);
	if (origin->has_numbers)
		at = snprintf(comment, sizeof(comment), "filter %" PRIu32
			      "; ", origin->filter);
	if (origin->has_ids)
		at += snprintf(comment + at, sizeof(comment) - at,
			       "intercept %" PRIu32 ", session %" PRIu32 "; ",
			       origin->intercept, origin->session);
	snprintf(comment + at, sizeof(comment) - at,
		 "came by dfc; its outer headers were taken off");
	pcapng_interface(&c->blocks, frames ? PCAPNG_ETHERNET : PCAPNG_IP,
			 name, description, comment);
	origin->interface[kind] = c->interfaces++;
}

static void set_interface(struct capture *c, struct origin *origin,
			  enum content_kind kind)
{
	if (origin->file != c->serial) {
		origin->file = c->serial;
		origin->file_packets = 0;
		origin->next = c->origins;
		c->origins = origin;
		origin->interface[CONTENT_PACKET] = -1;
		origin->interface[CONTENT_FRAME] = -1;
	}
	if (origin->interface[kind] < 0)
		put_interface(c, origin, kind);
}

/* Returns @out, or NULL: there is nothing to remark. */
static const char *remark(const struct copy *copy, char *out, size_t room)
{
	int at = 0;

	if (copy->number)
		at = snprintf(out, room, "filter %" PRIu32 ", number %" PRIu64,
			      copy->filter, copy->number);
	if (copy->has_ids)
		at += snprintf(out + at, room - at, "%sintercept %" PRIu32
			       ", session %" PRIu32, at ? ", " : "",
			       copy->intercept, copy->session);
	return at ? out : NULL;
}

void capture_put(struct capture *c, struct origin *origin,
		 const struct copy *copy, const struct content *content)
{
	char text[128];

	if (rotation_is_due(&c->rotation, c->bytes + c->blocks.len, c->start,
			    copy->time / SECOND))
		rotate(c, copy->time / SECOND);
	if (c->err)
		return;
	set_interface(c, origin, content->kind);
	c->last = copy->time;
	origin->file_packets++;
	pcapng_packet(&c->blocks, origin->interface[content->kind],
		      copy_time(copy), copy->data, copy->len, content->length,
		      c->comments ? remark(copy, text, sizeof(text)) : NULL);
	if (c->blocks.len >= BLOCKS_MAX)
		c->err = capture_flush(c);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= n;
	}
	return 0;
}

int capture_flush(struct capture *c)
{
	off_t start = c->file ? lseek(c->fd, 0, SEEK_CUR) : -1;
	int err;

	if (c->err)
		return c->err;
	if (c->blocks.failed)
		return -ENOMEM;
	err = write_all(c->fd, c->blocks.buf, c->blocks.len);
	c->bytes += c->blocks.len;
	pcapng_clear(&c->blocks);
	if (err && start >= 0 && ftruncate(c->fd, start))
		err = -errno;
	c->err = err;
	return err;
}

int capture_close(struct capture *c)
{
	int err = c->fd >= 0 ? finish(c) : 0;
	int close_err = close_fd(c);
	unsigned int i;

	for (i = 0; c->kept && i < c->rotation.keep; i++)
		free(c->kept[i]);
	free(c->kept);
	c->kept = NULL;
	pcapng_fini(&c->blocks);
	return err ? err : close_err;
}
