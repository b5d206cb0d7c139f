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

static void put_interface(struct capture *c, struct router *router)
{
	char description[64 + INET6_ADDRSTRLEN];
	char comment[96 + INET6_ADDRSTRLEN];

	snprintf(description, sizeof(description),
		 "copies from the router %s", router->name);
	snprintf(comment, sizeof(comment), "came from %s by dfc; its outer "
		 "IP and UDP header were taken off", router->name);
	pcapng_interface(&c->blocks, router->name, description, comment);
	router->interface = c->interfaces++;
}

void capture_put(struct capture *c, struct router *router,
		 const struct copy *copy, uint32_t length)
{
	char comment[64];

	if (router->interface < 0)
		put_interface(c, router);
	snprintf(comment, sizeof(comment),
		 "intercept %" PRIu32 ", session %" PRIu32, copy->intercept,
		 copy->session);
	pcapng_packet(&c->blocks, router->interface, copy->time, copy->data,
		      copy->len, length > copy->len ? length : copy->len,
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
