// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "dfc-netlink/client-private.h"

/* A request that changes a million filters must fit; it is only a limit. */
#define SEND_BUFFER	(32 << 20)
/* What the kernel keeps for itself of a send buffer, and what always fits. */
#define SEND_OWN	32
#define SEND_LEAST	4096
/* The kernel writes dumps in messages of 32 KiB at most. */
#define RECEIVE_MESSAGE	(64 << 10)

/* The last request, while its answer is awaited. */
struct call {
	uint32_t seq;
	client_parse parse;
	void *arg;
	bool done;
	bool interrupted;
	int err;
	char *error;
};

struct dfc_client *client_alloc(void)
{
	struct dfc_client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->longest = SEND_BUFFER;
	c->request = nl_socket_alloc();
	c->route = nl_socket_alloc();
	c->event = nl_socket_alloc();
	c->cb = nl_cb_alloc(NL_CB_DEFAULT);
	c->event_cb = nl_cb_alloc(NL_CB_DEFAULT);
	if (c->request && c->route && c->event && c->cb && c->event_cb)
		return c;
	dfc_client_close(c);
	return NULL;
}

void dfc_client_close(struct dfc_client *c)
{
	if (!c)
		return;
	nl_socket_free(c->event);
	nl_socket_free(c->route);
	nl_socket_free(c->request);
	nl_cb_put(c->event_cb);
	nl_cb_put(c->cb);
	free(c);
}

void dfc_client_keep(struct dfc_client *c, uint32_t tag, bool keep)
{
	c->tag = tag;
	c->keep = keep;
}

struct nl_msg *client_message(struct dfc_client *c, uint8_t cmd, int flags,
			      size_t room)
{
	struct nl_msg *msg;

	msg = nlmsg_alloc_size(NLMSG_HDRLEN + GENL_HDRLEN + room);
	if (!msg)
		return NULL;
	if (genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0, flags,
			cmd, DFC_GENL_VERSION))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

/* libnl 3.7 knows no extended acknowledgement: it is read by hand. */
static void read_extack(struct nlmsgerr *e, char *error)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);
	size_t skip = sizeof(*e);
	struct nlattr *text;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	skip = NLMSG_ALIGN(skip);
	if (NLMSG_HDRLEN + skip > nlh->nlmsg_len)
		return;
	text = nla_find((struct nlattr *)((char *)e + skip),
			nlh->nlmsg_len - NLMSG_HDRLEN - skip,
			NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(error, CLIENT_ERROR_MAX, "%.*s", nla_len(text),
			 (char *)nla_data(text));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct call *call = arg;

	if (e->msg.nlmsg_seq != call->seq)
		return NL_SKIP;
	call->done = true;
	call->err = e->error;
	read_extack(e, call->error);
	return NL_STOP;
}

/* Answers to a request that was given up are passed over. */
static int on_seq(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	return nlmsg_hdr(msg)->nlmsg_seq == call->seq ? NL_OK : NL_SKIP;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	if (call->parse)
		call->parse(nlmsg_hdr(msg), call->arg);
	return NL_OK;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	call->done = true;
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct call *call = arg;

	call->done = true;
	if (nlmsg_datalen(nlh) >= (int)sizeof(int))
		memcpy(&call->err, nlmsg_data(nlh), sizeof(int));
	return NL_STOP;
}

static int on_interrupt(struct nl_msg *msg, void *arg)
{
	struct call *call = arg;

	call->interrupted = true;
	return NL_OK;
}

static void expect(struct nl_cb *cb, struct call *call)
{
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, on_seq, call);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, call);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, call);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, call);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupt, call);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, call);
}

/* Errors of libnl are its own numbers: they never become an errno. */
static int own_error(struct dfc_client *c, const char *what, int nle)
{
	snprintf(c->error, sizeof(c->error), "%s: %s", what, nl_geterror(nle));
	return -EIO;
}

/* Makes sure that there is a sentence about what the kernel refused with. */
static int explain(struct dfc_client *c, int err)
{
	/* A refusal of the module has a sentence: this is generic netlink's. */
	if (err == -ENOENT && !c->error[0]) {
		snprintf(c->error, sizeof(c->error),
			 "kernel module dfc was unloaded: modprobe dfc and start again");
		return -ENODEV;
	}
	/* So is this one, of a module that has not got the command. */
	if (err == -EOPNOTSUPP && !c->error[0])
		snprintf(c->error, sizeof(c->error),
			 "kernel module dfc is older than this program: load the one that came with it and start again");
	if (!c->error[0])
		snprintf(c->error, sizeof(c->error), "%s", strerror(-err));
	return err;
}

int client_talk(struct dfc_client *c, struct nl_sock *sk, struct nl_msg *msg,
		client_parse parse, void *arg)
{
	struct call call = { .parse = parse, .arg = arg, .error = c->error };
	int ret;

	c->error[0] = 0;
	if (!msg) {
		snprintf(c->error, sizeof(c->error), "out of memory");
		return -ENOMEM;
	}
	nl_complete_msg(sk, msg);
	call.seq = nlmsg_hdr(msg)->nlmsg_seq;
	expect(c->cb, &call);
	ret = nl_send(sk, msg);
	nlmsg_free(msg);
	/* Not -EIO: nothing can have been done. */
	if (ret < 0) {
		own_error(c, "cannot ask the kernel", ret);
		return -ECOMM;
	}
	while (!call.done) {
		ret = nl_recvmsgs(sk, c->cb);
		if (ret < 0 && !call.done)
			return own_error(c, "no answer of the kernel", ret);
	}
	return call.err ? call.err : call.interrupted;
}

int client_call(struct dfc_client *c, struct nl_msg *msg, client_parse parse,
		void *arg)
{
	int ret = client_talk(c, c->request, msg, parse, arg);

	return ret < 0 ? explain(c, ret) : ret;
}

int client_each(struct dfc_client *c, uint8_t cmd, client_parse parse,
		void *arg)
{
	int ret = client_call(c, client_message(c, cmd, NLM_F_DUMP, 0), parse,
			      arg);

	return ret < 0 ? ret : 0;
}

static const char *error_of(void *ctx)
{
	return ((struct dfc_client *)ctx)->error;
}

static int64_t now(void *ctx)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

const struct tasking_ops dfc_client_ops = {
	.filter_add = client_filter_add,
	.filter_set = client_filter_set,
	.filter_del = client_filter_del,
	.filter_get = client_filter_get,
	.filter_each = client_filter_each,
	.group_add = client_group_add,
	.group_set = client_group_set,
	.group_del = client_group_del,
	.group_each = client_group_each,
	.dest_add = client_dest_add,
	.dest_del = client_dest_del,
	.dest_each = client_dest_each,
	.seen_get = client_seen_get,
	.instance_get = client_instance_get,
	.device_check = client_device_check,
	.error = error_of,
	.now = now,
};

/* What netlink takes of one message: the rest is the kernel's own. */
static size_t longest_message(int fd)
{
	int size = 0;
	socklen_t len = sizeof(size);

	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &len) ||
	    size <= SEND_OWN)
		return SEND_LEAST;
	return size - SEND_OWN;
}

static int set_options(struct dfc_client *c)
{
	int fd = nl_socket_get_fd(c->request), on = 1, size = SEND_BUFFER;
	int ret;

	ret = setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	if (!ret)
		ret = setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on,
				 sizeof(on));
	/* Without the privilege it gets what everybody may have. */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	c->longest = longest_message(fd);
	return ret;
}

static int connect_request(struct dfc_client *c, char *error, size_t len)
{
	int ret = genl_connect(c->request);

	if (ret < 0 || set_options(c)) {
		snprintf(error, len, "cannot open a netlink socket: %s",
			 ret < 0 ? nl_geterror(ret) : strerror(errno));
		return -1;
	}
	nl_socket_set_msg_buf_size(c->request, RECEIVE_MESSAGE);
	ret = nl_connect(c->route, NETLINK_ROUTE);
	if (ret < 0) {
		snprintf(error, len, "cannot open an rtnetlink socket: %s",
			 nl_geterror(ret));
		return -1;
	}
	c->family = genl_ctrl_resolve(c->request, DFC_GENL_NAME);
	if (c->family < 0) {
		snprintf(error, len,
			 "kernel module dfc is not loaded: modprobe dfc");
		return -1;
	}
	return 0;
}

/* Asks something harmless: it needs the same privilege as all the rest. */
static int check_privilege(struct dfc_client *c, char *error, size_t len)
{
	int err = client_call(c, client_message(c, DFC_CMD_STATS_GET, 0, 0),
			      NULL, NULL);

	if (err == -EPERM)
		snprintf(error, len,
			 "kernel module dfc needs CAP_NET_ADMIN: run as root");
	else if (err)
		snprintf(error, len, "kernel module dfc: %s", c->error);
	return err;
}

struct dfc_client *dfc_client_open(char *error, size_t len)
{
	struct dfc_client *c = client_alloc();
	int ret;

	if (!c) {
		snprintf(error, len, "out of memory");
		return NULL;
	}
	if (connect_request(c, error, len) || check_privilege(c, error, len))
		goto fail;
	ret = client_event_init(c);
	if (!ret)
		return c;
	snprintf(error, len, "cannot listen to events of kernel module dfc: %s",
		 nl_geterror(ret));
fail:
	dfc_client_close(c);
	return NULL;
}
