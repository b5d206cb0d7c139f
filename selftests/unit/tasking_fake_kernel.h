/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * The kernel and the clock that are pretended to the tests of tasking; included
 * by tasking_fake.h.
 */

#ifndef TASKING_FAKE_KERNEL_H
#define TASKING_FAKE_KERNEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dtcp-proto/hmac.h"
#include "dtcpd/config.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking.h"
#include "tasking_fake_load.h"

#define FAKE_MAX 2048

struct fake_filter {
	uint32_t id;
	uint32_t group;
	bool ccc;
	uint32_t dest[DTCP_CDESTS_MAX];
	size_t ndest;
	uint32_t priority;
	uint32_t timeout_total, timeout_idle;
	uint64_t limit_packets, limit_bytes;
	int family;
	size_t nsrc, ndst, nprotocol, nsrc_port, ndst_port;
	size_t nicmp_type, nicmp_code;
	enum dfc_action action;
	enum dfc_scope scope;
	char device[128];	/* names, each with a space behind it */
	bool has_intercept;
	uint32_t intercept, session;
};

struct fake_dest {
	uint32_t id;
	uint32_t tag;
	struct config_dest outer;	/* without its name */
};

struct fake_group {
	uint32_t id;
	uint32_t tag;
	bool passive;
	bool local;
	uint32_t mask_limit;
	uint32_t max_duplicates;
	char device[128];	/* names, each with a space behind it */
};

static struct fake {
	struct fake_filter filter[FAKE_MAX];
	size_t nfilter;
	struct fake_dest dest[FAKE_MAX];
	size_t ndest;
	struct fake_group group[16];
	size_t ngroup;
	size_t group_sets;
	int fail_group;		/* one change of a group */
	size_t fail_group_after;	/* changes that succeed before */
	struct tasking_counters counters;	/* of every filter */
	int64_t now;
	int fail_filter_add, fail_filter_set, fail_filter_del, fail_dest_add;
	int fail_device;
	const char *devices;	/* " eth0 vrf:red ": those that exist */
	size_t expire;		/* filters that go just before a change */
	bool expire_each;	/* one before every change */
	bool lose_answer;	/* of filter_add, that is done all the same */
	size_t calls;		/* that are meant to change something */
	uint32_t taken;		/* ids up to here are somebody else's */
	uint32_t tag;		/* of what is added */
	uint64_t instance;
	const char *sentence;
} fake;

static struct fake_filter *fake_filter(uint32_t id)
{
	size_t i;

	for (i = 0; i < fake.nfilter; i++)
		if (fake.filter[i].id == id)
			return &fake.filter[i];
	return NULL;
}

static struct fake_dest *fake_dest(uint32_t id)
{
	size_t i;

	for (i = 0; i < fake.ndest; i++)
		if (fake.dest[i].id == id)
			return &fake.dest[i];
	return NULL;
}

static struct fake_group *fake_group(uint32_t id)
{
	size_t i;

	for (i = 0; i < fake.ngroup; i++)
		if (fake.group[i].id == id)
			return &fake.group[i];
	return NULL;
}

static int refuse(int err, const char *sentence)
{
	fake.sentence = sentence;
	return err;
}

static int op_filter_add(void *ctx, const struct tasking_filter *f)
{
	struct fake_filter *n = &fake.filter[fake.nfilter];
	size_t i;

	if (fake.fail_filter_add)
		return refuse(fake.fail_filter_add, "no more masks");
	if (f->id <= fake.taken || fake_filter(f->id))
		return refuse(-EEXIST, "filter id is taken");
	assert_true(f->id != 0);
	assert_int_equal(f->ndest == 0, f->action == DFC_ACTION_BLOCK);
	assert_true(fake.nfilter < FAKE_MAX);
	assert_non_null(fake_group(f->group));
	for (i = 0; i < f->ndest; i++)
		assert_non_null(fake_dest(f->dest[i]));
	*n = (struct fake_filter){
		.id = f->id, .group = f->group,
		.ccc = f->match->family_ccc, .ndest = f->ndest, .priority = f->priority,
		.timeout_total = f->timeout_total,
		.timeout_idle = f->timeout_idle,
		.limit_packets = f->limit_packets,
		.limit_bytes = f->limit_bytes,
		.family = f->match->family,
		.nsrc = f->match->src.n, .ndst = f->match->dst.n,
		.nprotocol = f->match->protocol.n,
		.nsrc_port = f->match->src_port.n,
		.ndst_port = f->match->dst_port.n,
		.nicmp_type = f->match->icmp_type.n,
		.nicmp_code = f->match->icmp_code.n,
		.action = f->action, .scope = f->scope,
		.has_intercept = f->has_intercept,
		.intercept = f->intercept, .session = f->session,
	};
	for (i = 0; i < f->ndevice; i++)
		sprintf(n->device + strlen(n->device), "%s ", f->device[i]);
	memcpy(n->dest, f->dest, sizeof(n->dest));
	fake.nfilter++;
	fake.calls++;
	return fake.lose_answer ? refuse(-EIO, "no answer of the kernel") : 0;
}

/* Filters that expire while a request is on its way. */
static void expire_some(void)
{
	fake.expire += fake.expire_each;
	for (; fake.expire && fake.nfilter; fake.expire--)
		fake.nfilter--;
}

static int find_all(const uint32_t *id, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!fake_filter(id[i]))
			return refuse(-ENOENT, "no such filter");
	return 0;
}

static void set_limits(struct fake_filter *n, const struct tasking_filter *f)
{
	if (f->timeout_total)
		n->timeout_total = f->timeout_total;
	if (f->timeout_idle)
		n->timeout_idle = f->timeout_idle;
	if (f->limit_packets)
		n->limit_packets = f->limit_packets;
	if (f->limit_bytes)
		n->limit_bytes = f->limit_bytes;
}

static int op_filter_set(void *ctx, const struct tasking_filter *f,
			 const uint32_t *id, size_t n)
{
	size_t i;

	expire_some();
	if (fake.fail_filter_set)
		return refuse(fake.fail_filter_set, "no memory");
	if (find_all(id, n))
		return -ENOENT;
	for (i = 0; i < n; i++)
		set_limits(fake_filter(id[i]), f);
	fake.calls++;
	return 0;
}

static int op_filter_del(void *ctx, const uint32_t *id, size_t n)
{
	struct fake_filter *f;
	size_t i;

	expire_some();
	if (fake.fail_filter_del)
		return refuse(fake.fail_filter_del, "no memory");
	if (find_all(id, n))
		return -ENOENT;
	for (i = 0; i < n; i++) {
		f = fake_filter(id[i]);
		*f = fake.filter[--fake.nfilter];
	}
	fake.calls++;
	return 0;
}

static int op_filter_get(void *ctx, const uint32_t *id, size_t n,
			 struct tasking_counters *c, bool *found)
{
	size_t i;

	load.gets += n;
	for (i = 0; i < n; i++) {
		found[i] = fake_filter(id[i]);
		c[i] = fake.counters;
		load_filter(id[i], &c[i]);
	}
	return load.fail;
}

static int op_filter_each(void *ctx, tasking_filter_fn *fn, void *arg)
{
	struct tasking_counters c;
	size_t i;

	for (i = 0; i < fake.nfilter; i++) {
		c = fake.counters;
		load_filter(fake.filter[i].id, &c);
		c.group = fake.filter[i].group;
		fn(arg, fake.filter[i].id, &c);
	}
	return 0;
}

static int op_dest_each(void *ctx, tasking_dest_fn *fn, void *arg)
{
	struct tasking_dest d;
	size_t i;

	for (i = 0; i < fake.ndest; i++) {
		load_dest(fake.dest[i].id, &d);
		d.tag = fake.dest[i].tag;
		fn(arg, &d);
	}
	return load.fail;
}

/* The rules of the kernel: a device is in one passive group. */
static int check_group(const struct fake_group *g)
{
	char text[64], *devices = strdup(g->device), *rest = devices, *name;
	bool taken = false;
	size_t i;

	while ((name = strsep(&rest, " ")) && *name) {
		snprintf(text, sizeof(text), "%s ", name);
		for (i = 0; i < fake.ngroup; i++)
			taken |= g->passive && fake.group[i].passive &&
				 fake.group[i].id != g->id &&
				 strstr(fake.group[i].device, text);
	}
	free(devices);
	if (taken)
		return refuse(-EBUSY, "another passive group has the device");
	assert_true(!g->passive || g->device[0]);
	return 0;
}

static int fill_group(struct fake_group *to, uint32_t id, bool passive,
		      const struct config_group *g)
{
	struct fake_group n = {
		.id = id, .tag = fake.tag, .passive = passive,
		.local = g->local,
		.mask_limit = g->mask_limit,
		.max_duplicates = g->max_duplicates,
	};
	size_t i;
	int err;

	if (fake.fail_group && !fake.fail_group_after--) {
		err = fake.fail_group;
		fake.fail_group = 0;
		return refuse(err, "no groups today");
	}
	for (i = 0; i < g->ndevice; i++)
		sprintf(n.device + strlen(n.device), "%s ", g->device[i]);
	err = check_group(&n);
	if (!err)
		*to = n;
	return err;
}

static int op_group_add(void *ctx, uint32_t id, const struct config_group *g)
{
	int err;

	if (id <= fake.taken || fake_group(id))
		return refuse(-EEXIST, "group id is taken");
	assert_true(id != 0 && fake.ngroup < 16);
	err = fill_group(&fake.group[fake.ngroup], id, g->passive, g);
	fake.ngroup += !err;
	return err;
}

static int op_group_set(void *ctx, uint32_t id, const struct config_group *g)
{
	struct fake_group *n = fake_group(id);
	size_t i;

	assert_non_null(n);
	fake.group_sets++;
	for (i = 0; i < fake.nfilter && !g->ndevice; i++)
		if (fake.filter[i].group == id && fake.filter[i].ccc &&
		    fake.filter[i].scope == DFC_SCOPE_ANY)
			return refuse(-EBUSY, "frames need devices");
	return fill_group(n, id, n->passive, g);
}

static int op_group_del(void *ctx, uint32_t id)
{
	struct fake_group *n = fake_group(id);
	size_t i;

	assert_non_null(n);
	for (i = 0; i < fake.nfilter; i++)
		if (fake.filter[i].group == id)
			return refuse(-EBUSY, "filters are in it");
	*n = fake.group[--fake.ngroup];
	return 0;
}

static int op_group_each(void *ctx, tasking_group_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < fake.ngroup; i++)
		fn(arg, fake.group[i].id, fake.group[i].tag);
	return 0;
}

static int op_instance_get(void *ctx, uint64_t *instance)
{
	*instance = fake.instance;
	return 0;
}

static int op_dest_add(void *ctx, uint32_t id, const struct config_dest *d)
{
	if (fake.fail_dest_add)
		return refuse(fake.fail_dest_add, "this kernel has no IPv6");
	if (id <= fake.taken || fake_dest(id))
		return refuse(-EEXIST, "destination id is taken");
	assert_true(id != 0 && fake.ndest < FAKE_MAX);
	fake.dest[fake.ndest].id = id;
	fake.dest[fake.ndest].tag = fake.tag;
	fake.dest[fake.ndest].outer = *d;
	fake.dest[fake.ndest].outer.name = NULL;
	fake.ndest++;
	fake.calls++;
	return 0;
}

static int op_dest_del(void *ctx, uint32_t id)
{
	struct fake_dest *d = fake_dest(id);
	size_t i, j;

	fake.calls++;
	if (!d)
		return refuse(-ENOENT, "no such destination");
	for (i = 0; i < fake.nfilter; i++)
		for (j = 0; j < fake.filter[i].ndest; j++)
			if (fake.filter[i].dest[j] == id)
				return refuse(-EBUSY, "filters use it");
	*d = fake.dest[--fake.ndest];
	return 0;
}

static int op_device_check(void *ctx, const char *name, bool vrf)
{
	char text[64];

	if (fake.fail_device)
		return refuse(fake.fail_device, "no answer of the kernel");
	snprintf(text, sizeof(text), " %s%s ", vrf ? "vrf:" : "", name);
	if (fake.devices && strstr(fake.devices, text))
		return 0;
	return refuse(-ENODEV, "no such device");
}

static const char *op_error(void *ctx)
{
	return fake.sentence;
}

static int64_t op_now(void *ctx)
{
	return fake.now;
}

static const struct tasking_ops fake_ops = {
	.filter_add = op_filter_add,
	.filter_set = op_filter_set,
	.filter_del = op_filter_del,
	.filter_get = op_filter_get,
	.filter_each = op_filter_each,
	.group_add = op_group_add,
	.group_set = op_group_set,
	.group_del = op_group_del,
	.group_each = op_group_each,
	.dest_add = op_dest_add,
	.dest_del = op_dest_del,
	.dest_each = op_dest_each,
	.seen_get = op_seen_get,
	.instance_get = op_instance_get,
	.device_check = op_device_check,
	.error = op_error,
	.now = op_now,
};

#endif
