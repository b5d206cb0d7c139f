// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dfcrecv/capture.h"

int capture_open(struct capture *c, const char *path)
{
	struct stat st;

	memset(c, 0, sizeof(*c));
	c->fd = -1;
	if (!strcmp(path, "-")) {
		c->name = "standard output";
		c->fd = STDOUT_FILENO;
	} else {
		c->name = path;
		c->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			     0600);
	}
	if (c->fd < 0 || fstat(c->fd, &st))
		return -errno;
	c->file = S_ISREG(st.st_mode) && c->fd != STDOUT_FILENO;
	pcapng_section(&c->blocks, "dfcrecv");
	return capture_flush(c);
}

static void put_interface(struct capture *c, struct origin *origin,
			  enum content_kind kind)
{
	bool frames = kind == CONTENT_FRAME;
	char name[ORIGIN_NAME_MAX + 16], comment[128];
	char description[ORIGIN_NAME_MAX + 32];
	int at = 0;

	snprintf(name, sizeof(name), "%s%s", origin->name,
		 frames ? " frames" : "");
	snprintf(description, sizeof(description), "%s copied by %s",
		 frames ? "frames" : "packets", origin->router);
	if (origin->has_ids)
		at = snprintf(comment, sizeof(comment), "intercept %" PRIu32
			      ", session %" PRIu32 "; ", origin->intercept,
			      origin->session);
	snprintf(comment + at, sizeof(comment) - at,
		 "came by dfc; its outer headers were taken off");
	pcapng_interface(&c->blocks, frames ? PCAPNG_ETHERNET : PCAPNG_IP,
			 name, description, comment);
	origin->interface[kind] = c->interfaces++;
}

void capture_put(struct capture *c, struct origin *origin,
		 const struct copy *copy, const struct content *content)
{
	char comment[64];

	if (origin->interface[content->kind] < 0)
		put_interface(c, origin, content->kind);
	if (copy->has_ids)
		snprintf(comment, sizeof(comment),
			 "intercept %" PRIu32 ", session %" PRIu32,
			 copy->intercept, copy->session);
	pcapng_packet(&c->blocks, origin->interface[content->kind],
		      copy->time, copy->data, copy->len, content->length,
		      copy->has_ids ? comment : NULL);
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

	if (c->blocks.failed)
		return -ENOMEM;
	err = write_all(c->fd, c->blocks.buf, c->blocks.len);
	pcapng_clear(&c->blocks);
	if (err && start >= 0 && ftruncate(c->fd, start))
		return -errno;
	return err;
}

int capture_close(struct capture *c)
{
	int err = 0;

	if (c->fd >= 0 && close(c->fd))
		err = -errno;
	c->fd = -1;
	pcapng_fini(&c->blocks);
	return err;
}
