// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dfc-netlink/client-private.h"

/* A million filters may expire at once; more than this is found by a dump. */
#define EVENT_BUFFER	(16 << 20)
/* An event carries the state of a filter, not its lists. */
#define EVENT_MESSAGE	(16 << 10)
/* Events taken in one go, so that others of the event loop get their turn. */
#define EVENTS_MAX	4096

static void on_control(struct dfc_client *c, struct nlmsghdr *nlh)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1], *name;

	if (genlmsg_hdr(nlh)->cmd != CTRL_CMD_DELFAMILY ||
	    genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL))
		return;
	name = tb[CTRL_ATTR_FAMILY_NAME];
	if (name && !nla_strcmp(name, DFC_GENL_NAME))
		c->unloaded = true;
}

static void on_module(struct dfc_client *c, struct nlmsghdr *nlh)
{
	struct tasking_counters counters;
	struct tasking_dest dest;
	enum dfc_reason reason;
	uint32_t id;

	switch (genlmsg_hdr(nlh)->cmd) {
	case DFC_CMD_FILTER_DEL_NTF:
		if (!client_filter_read(nlh, &id, &counters, &reason))
			tasking_filter_gone(c->t, id, reason, &counters);
		break;
	case DFC_CMD_DEST_DROP_NTF:
		if (!client_dest_read(nlh, &dest))
			tasking_dest_dropped(c->t, &dest);
		break;
	}
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct dfc_client *c = arg;

	if (!genlmsg_valid_hdr(nlh, 0))
		return NL_OK;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		on_control(c, nlh);
	else if (nlh->nlmsg_type == c->family)
		on_module(c, nlh);
	return NL_OK;
}

static int on_any_seq(struct nl_msg *msg, void *arg)
{
	return NL_OK;
}

static int join(struct dfc_client *c, const char *family, const char *group)
{
	int id = genl_ctrl_resolve_grp(c->request, family, group);

	return id < 0 ? id : nl_socket_add_membership(c->event, id);
}

void client_event_expect(struct dfc_client *c)
{
	nl_cb_set(c->event_cb, NL_CB_VALID, NL_CB_CUSTOM, on_event, c);
	nl_cb_set(c->event_cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_any_seq, NULL);
}

int client_event_init(struct dfc_client *c)
{
	int size = EVENT_BUFFER;
	int ret;

	client_event_expect(c);
	ret = genl_connect(c->event);
	if (!ret)
		ret = nl_socket_set_nonblocking(c->event);
	/* Tells that the module is unloaded; its own group cannot. */
	if (!ret)
		ret = join(c, "nlctrl", "notify");
	if (!ret)
		ret = join(c, DFC_GENL_NAME, DFC_MCGRP_EVENTS);
	if (ret)
		return ret;
	setsockopt(nl_socket_get_fd(c->event), SOL_SOCKET, SO_RCVBUFFORCE,
		   &size, sizeof(size));
	return nl_socket_set_msg_buf_size(c->event, EVENT_MESSAGE);
}

int dfc_client_event_fd(const struct dfc_client *c)
{
	return nl_socket_get_fd(c->event);
}

/* The filters that the kernel has, as a dump shows them. */
struct alive {
	uint32_t *id;
	size_t n;
	size_t room;
	bool failed;
};

static void keep_id(struct nlmsghdr *nlh, void *arg)
{
	struct alive *a = arg;
	struct tasking_counters counters;
	uint32_t *bigger;
	size_t room;

	if (a->n == a->room) {
		room = a->room ? a->room * 2 : 1024;
		bigger = reallocarray(a->id, room, sizeof(*bigger));
		if (!bigger) {
			a->failed = true;
			return;
		}
		a->id = bigger;
		a->room = room;
	}
	if (!client_filter_read(nlh, &a->id[a->n], &counters, NULL))
		a->n++;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void bury(struct dfc_client *c, struct alive *a, const uint32_t *id,
		 long n)
{
	long i;

	qsort(a->id, a->n, sizeof(*a->id), by_number);
	for (i = 0; i < n; i++)
		if (!a->n || !bsearch(&id[i], a->id, a->n, sizeof(*a->id),
				      by_number))
			tasking_filter_gone(c->t, id[i], DFC_REASON_DELETED,
					    NULL);
}

/* After lost events: what a dump does not show is gone, nobody knows why. */
static int resynchronise(struct dfc_client *c)
{
	struct alive alive = { 0 };
	uint32_t *id = NULL;
	long n = tasking_filter_ids(c->t, &id);
	int ret;

	if (n < 0)
		return -ENOMEM;
	ret = n ? client_dump(c, keep_id, &alive) : 0;
	if (ret >= 0 && alive.failed)
		ret = -ENOMEM;
	if (ret >= 0)
		bury(c, &alive, id, n);
	free(alive.id);
	free(id);
	return ret < 0 ? ret : 0;
}

int dfc_client_events(struct dfc_client *c, struct tasking *t)
{
	int ret = 0, i, err;

	c->t = t;
	for (i = 0; i < EVENTS_MAX && ret >= 0; i++) {
		ret = nl_recvmsgs(c->event, c->event_cb);
		/* ENOBUFS, or no memory of our own: some are lost. */
		if (ret == -NLE_NOMEM) {
			c->lost = true;
			ret = 0;
		}
	}
	if (c->unloaded)
		return -ENODEV;
	if (ret < 0 && ret != -NLE_AGAIN)
		return -EIO;
	if (!c->lost || ret >= 0)
		return 0;
	err = resynchronise(c);
	if (!err)
		c->lost = false;
	return err;
}
