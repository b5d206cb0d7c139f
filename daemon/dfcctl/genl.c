// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "dfcctl/error.h"
#include "dfcctl/field.h"
#include "dfcctl/genl.h"

/* A dump that is disturbed more often than this is taken as it is. */
#define DUMP_TRIES 16

struct genl {
	struct mnl_socket *nl;
	uint16_t family;
	uint32_t events;
	uint32_t seq;
	char reply[65536] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Not of the socket, which is opened when the message is known to be good. */
static char request[FIELD_MESSAGE_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));

static struct nlmsghdr *begin(char *room, uint8_t cmd, uint8_t version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room);
	struct genlmsghdr *genl;

	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

struct nlmsghdr *genl_begin(enum dfc_cmd cmd)
{
	return begin(request, cmd, DFC_GENL_VERSION);
}

/* Returns 0 or a negative errno; a->text says more. */
static int exchange(struct genl *g, uint16_t type, struct nlmsghdr *nlh,
		    struct answer *a)
{
	ssize_t len;
	int ret;

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = ++g->seq;
	a->seq = nlh->nlmsg_seq;
	a->portid = mnl_socket_get_portid(g->nl);
	a->interrupted = false;
	a->text[0] = '\0';
	if (mnl_socket_sendto(g->nl, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	do {
		len = mnl_socket_recvfrom(g->nl, g->reply, sizeof(g->reply));
		if (len < 0)
			return -errno;
		ret = answer_feed(a, g->reply, len);
	} while (ret > 0);
	return ret;
}

static int say(int err, const char *text)
{
	if (*text)
		return error_say(ERROR_REFUSED, "%s", text);
	if (err == -EPERM)
		return error_say(ERROR_REFUSED,
				 "not permitted: needs CAP_NET_ADMIN in this "
				 "network namespace (be root)");
	if (err == -EOPNOTSUPP)
		return error_say(ERROR_REFUSED,
				 "kernel module dfc is older than dfcctl: it "
				 "has no such command");
	return error_say(ERROR_REFUSED, "the kernel refused: %s",
			 strerror(-err));
}

static void take_group(struct genl *g, const struct nlattr *group)
{
	const struct nlattr *a;
	const char *name = "";
	uint32_t id = 0;

	mnl_attr_for_each_nested(a, group) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(a);
	}
	if (!strcmp(name, DFC_MCGRP_EVENTS))
		g->events = id;
}

static void take_family(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *a, *group;
	struct genl *g = data;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			g->family = mnl_attr_get_u16(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(group, a)
				take_group(g, group);
	}
}

static int resolve(struct genl *g)
{
	struct answer a = { .handler = take_family, .data = g };
	char room[64] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct nlmsghdr *nlh = begin(room, CTRL_CMD_GETFAMILY, 1);

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, DFC_GENL_NAME);
	return exchange(g, GENL_ID_CTRL, nlh, &a);
}

static int open_socket(struct genl *g)
{
	int one = 1;

	g->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!g->nl || mnl_socket_bind(g->nl, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_setsockopt(g->nl, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    mnl_socket_setsockopt(g->nl, NETLINK_CAP_ACK, &one, sizeof(one)))
		return -errno;
	return resolve(g);
}

struct genl *genl_open(void)
{
	struct genl *g = calloc(1, sizeof(*g));
	int err;

	if (!g)
		return NULL;
	g->seq = time(NULL);
	err = open_socket(g);
	if (err) {
		genl_close(g);
		errno = -err;
		return NULL;
	}
	return g;
}

void genl_close(struct genl *g)
{
	if (g && g->nl)
		mnl_socket_close(g->nl);
	free(g);
}

int genl_send(struct genl *g, answer_handler handler, void *data)
{
	struct answer a = { .handler = handler, .data = data };
	int err = exchange(g, g->family, (struct nlmsghdr *)request, &a);

	return err ? say(err, a.text) : 0;
}

int genl_dump(struct genl *g, enum dfc_cmd cmd, void (*reset)(void *data),
	      answer_handler handler, void *data)
{
	struct answer a = { .handler = handler, .data = data };
	struct nlmsghdr *nlh;
	int tries, err;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		reset(data);
		nlh = genl_begin(cmd);
		nlh->nlmsg_flags |= NLM_F_DUMP;
		err = exchange(g, g->family, nlh, &a);
		if (err)
			return say(err, a.text);
		if (!a.interrupted)
			return 0;
	}
	error_say(0, "objects came and went meanwhile: "
		  "some may be missing or shown twice");
	return 0;
}

int genl_subscribe(struct genl *g)
{
	uint32_t control = GENL_ID_CTRL;

	if (mnl_socket_setsockopt(g->nl, NETLINK_ADD_MEMBERSHIP, &g->events,
				  sizeof(g->events)) ||
	    mnl_socket_setsockopt(g->nl, NETLINK_ADD_MEMBERSHIP, &control,
				  sizeof(control)))
		return say(-errno, "");
	return 0;
}

int genl_fd(const struct genl *g)
{
	return mnl_socket_get_fd(g->nl);
}

/* Generic netlink tells when a family goes. */
static bool is_farewell(const struct genl *g, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;

	if (nlh->nlmsg_type != GENL_ID_CTRL ||
	    genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(a, nlh, sizeof(*genl))
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_get_u16(a) == g->family)
			return true;
	return false;
}

int genl_listen(struct genl *g, answer_handler handler, void *data)
{
	const struct nlmsghdr *nlh = (struct nlmsghdr *)g->reply;
	ssize_t len;
	int left;

	len = mnl_socket_recvfrom(g->nl, g->reply, sizeof(g->reply));
	if (len < 0)
		return -errno;
	for (left = len; answer_whole(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		if (mnl_nlmsg_get_payload_len(nlh) <
		    sizeof(struct genlmsghdr))
			continue;
		if (is_farewell(g, nlh))
			return -ENODEV;
		if (nlh->nlmsg_type == g->family)
			handler(nlh, data);
	}
	return 0;
}
