// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "channel.h"

/* Nothing that is waited for takes this long; seconds. */
#define DEADLINE	60
#define READS		16

static uint16_t family;
static uint32_t group;

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(2);
}

static void set_option(struct channel *c, int option)
{
	int one = 1;

	if (mnl_socket_setsockopt(c->nl, option, &one, sizeof(one)))
		die("a netlink socket option");
}

void channel_open(struct channel *c)
{
	struct timeval deadline = { .tv_sec = DEADLINE };
	int room = 8 << 20;

	memset(c, 0, sizeof(*c));
	c->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!c->nl || mnl_socket_bind(c->nl, 0, MNL_SOCKET_AUTOPID))
		die("a netlink socket");
	c->portid = mnl_socket_get_portid(c->nl);
	set_option(c, NETLINK_EXT_ACK);
	set_option(c, NETLINK_CAP_ACK);
	if (setsockopt(mnl_socket_get_fd(c->nl), SOL_SOCKET, SO_RCVTIMEO,
		       &deadline, sizeof(deadline)) ||
	    setsockopt(mnl_socket_get_fd(c->nl), SOL_SOCKET, SO_RCVBUFFORCE,
		       &room, sizeof(room)))
		die("a netlink socket");
}

void channel_close(struct channel *c)
{
	mnl_socket_close(c->nl);
	c->nl = NULL;
}

void channel_join(struct channel *c)
{
	if (mnl_socket_setsockopt(c->nl, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)))
		die("the multicast group");
}

void channel_send(struct channel *c, struct message *m, unsigned int n)
{
	struct iovec iov[CHANNEL_BATCH];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = n };
	unsigned int i;

	c->first = c->seq + 1;
	c->n = c->left = n;
	c->parts = 0;
	memset(c->over, 0, sizeof(c->over));
	for (i = 0; i < n; i++) {
		m[i].nlh.nlmsg_seq = ++c->seq;
		iov[i].iov_base = m[i].bytes;
		iov[i].iov_len = m[i].nlh.nlmsg_len;
		if (i + 1 < n)
			iov[i].iov_len = NLMSG_ALIGN(iov[i].iov_len);
	}
	if (sendmsg(mnl_socket_get_fd(c->nl), &msg, 0) < 0)
		die("sending requests");
}

static const char *take(struct channel *c, const struct nlmsghdr *nlh,
			channel_reader reader, void *arg)
{
	static char why[256];
	uint32_t which = nlh->nlmsg_seq - c->first;
	const char *wrong;
	char what[64];

	/* An event, which nobody asked for. */
	if (!nlh->nlmsg_seq && nlh->nlmsg_type == family)
		which = 0;
	else if (nlh->nlmsg_pid != c->portid || which >= c->n || c->over[which])
		return "an answer to what was not asked";
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		c->over[which] = true;
		c->left--;
		return answer_end(nlh, &c->end[which]);
	}
	if (nlh->nlmsg_type != family)
		return nlh->nlmsg_type == GENL_ID_CTRL ? NULL :
		       "a message of another family";
	c->parts++;
	wrong = answer_wrong(nlh, what, sizeof(what));
	if (!wrong && reader)
		reader(nlh, arg);
	snprintf(why, sizeof(why), "%s: %s", what, wrong ? wrong : "");
	return wrong ? why : NULL;
}

/* A message of the kernel has 16 KiB at the most, and 32 where it can. */
const char *channel_read(struct channel *c, channel_reader reader, void *arg,
			 bool wait)
{
	static union {
		struct nlmsghdr nlh;
		char bytes[64 * 1024];
	} in[READS];
	static struct iovec iov[READS];
	static struct mmsghdr msgs[READS];
	const struct nlmsghdr *nlh;
	const char *why = NULL;
	int i, n, len;

	for (i = 0; i < READS; i++) {
		iov[i] = (struct iovec){ in[i].bytes, sizeof(in[i]) };
		msgs[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov[i], .msg_iovlen = 1,
		};
	}
	n = recvmmsg(mnl_socket_get_fd(c->nl), msgs, READS,
		     wait ? MSG_WAITFORONE : MSG_DONTWAIT, NULL);
	if (n < 0)
		return !wait && errno == EAGAIN ? NULL : errno == ENOBUFS ?
		       NULL : "no answer comes";
	for (i = 0; i < n && !why; i++) {
		len = msgs[i].msg_len;
		nlh = &in[i].nlh;
		for (; mnl_nlmsg_ok(nlh, len) && !why;
		     nlh = mnl_nlmsg_next(nlh, &len))
			why = take(c, nlh, reader, arg);
		if (!why && len)
			why = "messages do not fill what was read";
	}
	return why;
}

static void take_group(const struct nlattr *groups)
{
	const struct nlattr *one, *a;

	mnl_attr_for_each_nested(one, groups)
		mnl_attr_for_each_nested(a, one)
			if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_ID)
				group = mnl_attr_get_u32(a);
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a;

	(void)arg;
	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GROUPS)
			take_group(a);
	}
	return MNL_CB_STOP;
}

bool channel_family(uint16_t *number)
{
	static char buf[16 * 1024] __attribute__((aligned(8)));
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;
	struct channel c;
	ssize_t n;

	channel_open(&c);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, DFC_GENL_NAME);
	if (mnl_socket_sendto(c.nl, nlh, nlh->nlmsg_len) < 0)
		die("asking for the family");
	n = mnl_socket_recvfrom(c.nl, buf, sizeof(buf));
	if (n > 0)
		mnl_cb_run(buf, n, 0, 0, take_family, NULL);
	channel_close(&c);
	*number = family;
	return family && group;
}
