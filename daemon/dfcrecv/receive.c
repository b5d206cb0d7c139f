// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>

#include "dfcrecv/inlet.h"
#include "dfcrecv/receive.h"

/* No datagram is longer. */
#define DATAGRAM_MAX	65536

struct slot {
	struct sockaddr_storage router;
	struct iovec iov;
	char control[CMSG_SPACE(sizeof(struct timespec))]
		__attribute__((aligned(8)));
	uint8_t data[DATAGRAM_MAX];
};

struct receiver {
	struct mmsghdr header[RECEIVER_BATCH];
	struct slot slot[RECEIVER_BATCH];
};

struct receiver *receiver_alloc(void)
{
	return calloc(1, sizeof(struct receiver));
}

void receiver_free(struct receiver *r)
{
	free(r);
}

static void prepare(struct receiver *r, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct slot *s = &r->slot[i];

		s->iov.iov_base = s->data;
		s->iov.iov_len = sizeof(s->data);
		r->header[i].msg_hdr = (struct msghdr) {
			.msg_name = &s->router,
			.msg_namelen = sizeof(s->router),
			.msg_iov = &s->iov,
			.msg_iovlen = 1,
			.msg_control = s->control,
			.msg_controllen = sizeof(s->control),
		};
	}
}

static uint64_t arrival(struct msghdr *msg)
{
	struct timespec ts = { 0 };
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c))
		if (c->cmsg_level == SOL_SOCKET &&
		    c->cmsg_type == SCM_TIMESTAMPNS &&
		    c->cmsg_len == CMSG_LEN(sizeof(ts)))
			memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	if (!ts.tv_sec)
		clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

int receiver_read(struct receiver *r, const struct inlet *l, uint64_t max,
		  void (*handler)(const struct copy *copy, void *data),
		  void *data)
{
	unsigned int batch = max < RECEIVER_BATCH ? max : RECEIVER_BATCH;
	uint16_t port = inlet_port(l);
	int i, n;

	prepare(r, batch);
	n = recvmmsg(l->fd, r->header, batch, MSG_DONTWAIT, NULL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	for (i = 0; i < n; i++) {
		const struct copy copy = {
			.router = &r->slot[i].router,
			.port = port,
			.protocol = l->protocol,
			.time = arrival(&r->header[i].msg_hdr),
			.data = r->slot[i].data,
			.len = r->header[i].msg_len,
		};

		handler(&copy, data);
	}
	return n;
}
