// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What stands in for dfc.ko, so that all of dtcpd can be tried as an ordinary
// program. It keeps filters and captures nothing. The test is its clock and its
// accidents: it sends datagrams to the socket that STUBD_EVENTS names,
//
//   gone N REASON [PACKETS BYTES]   the N-th filter ends, see enum dfc_reason
//   refuse                          the next filter is refused
//   full                            the same, for it has one mask too many
//   load N BITS                     the N-th filter has that bandwidth
//   lose N CAUSE PACKETS BYTES      so many copies of it are dropped, see enum
//                                   dfc_drop
//   unload                          the module goes
//
// and gets one back when that is done.
//
// A device is there if its name begins with "eth", a VRF if with "vrf".

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "dfc-netlink/client.h"

struct stub_filter {
	uint32_t id;
	bool alive;
	uint32_t dest[DTCP_CDESTS_MAX];
	size_t ndest;
	struct tasking_counters c;
};

/* Found by its id. What has gone is counted no more, unlike by the kernel. */
struct stub_dest {
	bool alive;
	struct tasking_drop drop[DFC_DROP_MAX + 1];
};

struct dfc_client {
	int fd;
	struct stub_filter *filter;
	size_t n;
	size_t room;
	struct stub_dest dest[1024];
	int refuse;		/* the next filter, with that errno */
	const char *error;
};

static int listen_at(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd;

	if (snprintf(un.sun_path, sizeof(un.sun_path), "%s", path) >=
	    (int)sizeof(un.sun_path))
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	unlink(path);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&un, sizeof(un))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

struct dfc_client *dfc_client_open(char *error, size_t len)
{
	const char *path = getenv("STUBD_EVENTS");
	struct dfc_client *c = calloc(1, sizeof(*c));

	snprintf(error, len, "STUBD_EVENTS names no place for a socket");
	if (!c)
		return NULL;
	c->error = "";
	c->fd = path ? listen_at(path) : -1;
	if (c->fd >= 0)
		return c;
	free(c);
	return NULL;
}

void dfc_client_close(struct dfc_client *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c->filter);
	free(c);
}

int dfc_client_event_fd(const struct dfc_client *c)
{
	return c->fd;
}

static struct stub_filter *find(const struct dfc_client *c, uint32_t id)
{
	size_t i;

	for (i = c->n; i-- > 0;)
		if (c->filter[i].id == id && c->filter[i].alive)
			return &c->filter[i];
	return NULL;
}

static int refuse(struct dfc_client *c, int err, const char *why)
{
	c->error = why;
	return err;
}

static void set_limits(struct stub_filter *s, const struct tasking_filter *f)
{
	if (f->timeout_total)
		s->c.left_total = f->timeout_total * 1000ULL;
	if (f->timeout_idle)
		s->c.left_idle = f->timeout_idle * 1000ULL;
	if (f->limit_packets)
		s->c.left_packets = f->limit_packets;
	if (f->limit_bytes)
		s->c.left_bytes = f->limit_bytes;
}

static int filter_add(void *ctx, const struct tasking_filter *f)
{
	struct dfc_client *c = ctx;
	struct stub_filter *more;
	int err;

	if (c->refuse) {
		err = c->refuse;
		c->refuse = 0;
		return refuse(c, err, "the test wants it refused");
	}
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		more = reallocarray(c->filter, c->room, sizeof(*more));
		if (!more)
			return refuse(c, -ENOMEM, "out of memory");
		c->filter = more;
	}
	c->filter[c->n] = (struct stub_filter){
		.id = f->id, .alive = true, .ndest = f->ndest,
	};
	memcpy(c->filter[c->n].dest, f->dest, sizeof(f->dest));
	set_limits(&c->filter[c->n++], f);
	return 0;
}

static int missing(struct dfc_client *c, const uint32_t *id, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!find(c, id[i]))
			return refuse(c, -ENOENT, "no such filter");
	return 0;
}

static int filter_set(void *ctx, const struct tasking_filter *limits,
		      const uint32_t *id, size_t n)
{
	size_t i;

	if (missing(ctx, id, n))
		return -ENOENT;
	for (i = 0; i < n; i++)
		set_limits(find(ctx, id[i]), limits);
	return 0;
}

static int filter_del(void *ctx, const uint32_t *id, size_t n)
{
	size_t i;

	if (missing(ctx, id, n))
		return -ENOENT;
	for (i = 0; i < n; i++)
		find(ctx, id[i])->alive = false;
	return 0;
}

static int filter_get(void *ctx, const uint32_t *id, size_t n,
		      struct tasking_counters *c, bool *found)
{
	const struct stub_filter *s;
	size_t i;

	for (i = 0; i < n; i++) {
		s = find(ctx, id[i]);
		found[i] = s != NULL;
		if (s)
			c[i] = s->c;
	}
	return 0;
}

static int filter_each(void *ctx, tasking_filter_fn *fn, void *arg)
{
	struct dfc_client *c = ctx;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->filter[i].alive)
			fn(arg, c->filter[i].id, &c->filter[i].c);
	return 0;
}

static int group_add(void *ctx, uint32_t id, const struct config_group *g)
{
	return 0;
}

static int group_set(void *ctx, uint32_t id, const struct config_group *g)
{
	return 0;
}

static int group_del(void *ctx, uint32_t id)
{
	return 0;
}

static int dest_add(void *ctx, uint32_t id, const struct config_dest *d)
{
	struct dfc_client *c = ctx;

	if (id >= sizeof(c->dest) / sizeof(c->dest[0]))
		return refuse(c, -ENOMEM, "no more destinations here");
	c->dest[id] = (struct stub_dest){ .alive = true };
	return 0;
}

static int dest_del(void *ctx, uint32_t id)
{
	((struct dfc_client *)ctx)->dest[id].alive = false;
	return 0;
}

static uint64_t bandwidth_to(const struct dfc_client *c, uint32_t id)
{
	const struct stub_filter *f;
	uint64_t sum = 0;
	size_t i, j;

	for (i = 0; i < c->n; i++) {
		f = &c->filter[i];
		for (j = 0; f->alive && j < f->ndest; j++)
			sum += f->dest[j] == id ? f->c.bandwidth : 0;
	}
	return sum;
}

static int dest_each(void *ctx, tasking_dest_fn *fn, void *arg)
{
	struct dfc_client *c = ctx;
	struct tasking_dest d;
	uint32_t id;

	for (id = 0; id < sizeof(c->dest) / sizeof(c->dest[0]); id++) {
		if (!c->dest[id].alive)
			continue;
		d = (struct tasking_dest){
			.id = id, .bandwidth = bandwidth_to(c, id),
		};
		memcpy(d.drop, c->dest[id].drop, sizeof(d.drop));
		fn(arg, &d);
	}
	return 0;
}

static int seen_get(void *ctx, uint32_t group, uint64_t *packets)
{
	*packets = 0;
	return 0;
}

static int device_check(void *ctx, const char *name, bool vrf)
{
	return strncmp(name, vrf ? "vrf" : "eth", 3) ? -ENODEV : 0;
}

static const char *last_error(void *ctx)
{
	return ((struct dfc_client *)ctx)->error;
}

static int64_t now(void *ctx)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* This kernel ends with dtcpd: nothing is ever left of before. */
static int group_each(void *ctx, tasking_group_fn *fn, void *arg)
{
	return 0;
}

static int instance_get(void *ctx, uint64_t *instance)
{
	*instance = (uint64_t)getpid() << 32 | (uint32_t)now(ctx);
	return 0;
}

void dfc_client_keep(struct dfc_client *c, uint32_t tag, bool keep)
{
}

const struct tasking_ops dfc_client_ops = {
	.filter_add = filter_add,
	.filter_set = filter_set,
	.filter_del = filter_del,
	.filter_get = filter_get,
	.filter_each = filter_each,
	.group_add = group_add,
	.group_set = group_set,
	.group_del = group_del,
	.group_each = group_each,
	.dest_add = dest_add,
	.dest_del = dest_del,
	.dest_each = dest_each,
	.seen_get = seen_get,
	.instance_get = instance_get,
	.device_check = device_check,
	.error = last_error,
	.now = now,
};

static void end_filter(struct dfc_client *c, struct tasking *t,
		       const char *order)
{
	unsigned long long packets = 0, bytes = 0;
	unsigned int reason;
	size_t n;

	if (sscanf(order, "gone %zu %u %llu %llu", &n, &reason, &packets,
		   &bytes) < 2 || !n || n > c->n || !c->filter[n - 1].alive)
		return;
	c->filter[n - 1].alive = false;
	c->filter[n - 1].c.matched_packets = packets;
	c->filter[n - 1].c.matched_bytes = bytes;
	tasking_filter_gone(t, c->filter[n - 1].id, reason,
			    &c->filter[n - 1].c);
}

static void add_drop(struct tasking_drop *d, uint64_t packets, uint64_t bytes)
{
	d->packets += packets;
	d->bytes += bytes;
}

/* Traffic of a filter that is alive. */
static void flow(struct dfc_client *c, const char *order)
{
	unsigned long long bits, packets, bytes;
	struct stub_filter *f;
	unsigned int cause;
	size_t n, i;

	if (sscanf(order, "%*s %zu", &n) != 1 || !n || n > c->n)
		return;
	f = &c->filter[n - 1];
	if (sscanf(order, "load %*u %llu", &bits) == 1)
		f->c.bandwidth = bits;
	if (sscanf(order, "lose %*u %u %llu %llu", &cause, &packets,
		   &bytes) != 3 || cause > DFC_DROP_MAX)
		return;
	if (tasking_is_overload(cause))
		add_drop(&f->c.overload, packets, bytes);
	for (i = 0; i < f->ndest; i++)
		add_drop(&c->dest[f->dest[i]].drop[cause], packets, bytes);
}

static int carry_out(struct dfc_client *c, struct tasking *t,
		     const char *order)
{
	if (!strcmp(order, "unload"))
		return -ENODEV;
	if (!strcmp(order, "refuse"))
		c->refuse = -ENOMEM;
	else if (!strcmp(order, "full"))
		c->refuse = -ENOSPC;
	else if (!strncmp(order, "lo", 2))
		flow(c, order);
	else
		end_filter(c, t, order);
	return 0;
}

int dfc_client_events(struct dfc_client *c, struct tasking *t)
{
	struct sockaddr_un from;
	socklen_t room = sizeof(from);
	char order[128];
	ssize_t len;
	int err = 0;

	while (!err && (len = recvfrom(c->fd, order, sizeof(order) - 1, 0,
				       (struct sockaddr *)&from, &room)) >= 0) {
		order[len] = '\0';
		err = carry_out(c, t, order);
		if (sendto(c->fd, "", 1, 0, (struct sockaddr *)&from, room) < 0)
			return -errno;
		room = sizeof(from);
	}
	return err;
}
