// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>

#include "dfc-netlink/client-private.h"

/* A filter nest with its id and the four limits. */
#define NAME_ROOM	64

struct nl_msg *client_name_filters(struct dfc_client *c, uint8_t cmd,
				   const struct tasking_filter *limits,
				   const uint32_t *id, size_t n)
{
	struct tasking_filter f = {
		.timeout_total = limits->timeout_total,
		.timeout_idle = limits->timeout_idle,
		.limit_packets = limits->limit_packets,
		.limit_bytes = limits->limit_bytes,
	};
	struct nl_msg *msg = client_message(c, cmd, 0, n * NAME_ROOM);
	size_t i;

	for (i = 0; msg && i < n; i++) {
		f.id = id[i];
		if (client_filter_put(msg, &f, c->keep)) {
			nlmsg_free(msg);
			return NULL;
		}
	}
	return msg;
}

static int change(struct dfc_client *c, uint8_t cmd,
		  const struct tasking_filter *limits, const uint32_t *id,
		  size_t n)
{
	return client_call(c, client_name_filters(c, cmd, limits, id, n), NULL,
			   NULL);
}

struct check {
	struct tasking_counters *counters;
	bool *found;
};

static int check_alloc(struct check *k, size_t n)
{
	k->counters = calloc(n, sizeof(*k->counters));
	k->found = calloc(n, sizeof(*k->found));
	return k->counters && k->found ? 0 : -ENOMEM;
}

static void check_free(struct check *k)
{
	free(k->counters);
	free(k->found);
}

/* Whether all of these are there: 0 or -ENOENT, or why it cannot be told. */
static int check_all(struct dfc_client *c, struct check *k, const uint32_t *id,
		     size_t n)
{
	int err = client_filter_get(c, id, n, k->counters, k->found);
	size_t i;

	for (i = 0; i < n && !err; i++)
		if (!k->found[i])
			err = -ENOENT;
	return err;
}

/* Those that have gone since they were looked for need no change any more. */
static int change_living(struct dfc_client *c, uint8_t cmd, struct check *k,
			 const struct tasking_filter *limits,
			 const uint32_t *id, size_t n)
{
	uint32_t *living = calloc(n, sizeof(*living));
	size_t i, nliving;
	int err = -ENOENT;

	if (!living)
		return -ENOMEM;
	while (err == -ENOENT) {
		err = client_filter_get(c, id, n, k->counters, k->found);
		if (err)
			break;
		for (i = nliving = 0; i < n; i++)
			if (k->found[i])
				living[nliving++] = id[i];
		if (nliving)
			err = change(c, cmd, limits, living, nliving);
	}
	free(living);
	return err;
}

/*
 * More than one message holds: all must be there before the first is sent, and
 * what expires after that does not count as missing. The kernel has no reason
 * to refuse the second message if it took the first, but it may run out of
 * memory; then the filters of the first stay changed.
 */
static int change_by_parts(struct dfc_client *c, uint8_t cmd,
			   const struct tasking_filter *limits,
			   const uint32_t *id, size_t n, size_t part)
{
	struct check k = { 0 };
	size_t done, now;
	int err = check_alloc(&k, n);

	if (!err)
		err = check_all(c, &k, id, n);
	for (done = 0; done < n && !err; done += now) {
		now = n - done < part ? n - done : part;
		err = change(c, cmd, limits, id + done, now);
		if (err == -ENOENT)
			err = change_living(c, cmd, &k, limits, id + done,
					    now);
	}
	check_free(&k);
	return err;
}

static int change_all(struct dfc_client *c, uint8_t cmd,
		      const struct tasking_filter *limits, const uint32_t *id,
		      size_t n)
{
	size_t part = c->longest / NAME_ROOM - 1;	/* less the headers */

	if (!n)
		return 0;
	if (n <= part)
		return change(c, cmd, limits, id, n);
	return change_by_parts(c, cmd, limits, id, n, part);
}

int client_filter_set(void *ctx, const struct tasking_filter *limits,
		      const uint32_t *id, size_t n)
{
	return change_all(ctx, DFC_CMD_FILTER_SET, limits, id, n);
}

int client_filter_del(void *ctx, const uint32_t *id, size_t n)
{
	static const struct tasking_filter none;

	return change_all(ctx, DFC_CMD_FILTER_DEL, &none, id, n);
}
