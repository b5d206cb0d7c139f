// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tap.h"
#include "wire.h"

static uint16_t family;
static uint32_t group;

static void die(const char *what)
{
	tap_note("%s: %s", what, strerror(errno));
	exit(1);
}

static void set_option(struct wire *w, int option)
{
	int one = 1;

	if (mnl_socket_setsockopt(w->nl, option, &one, sizeof(one)))
		die("a netlink socket option");
}

struct wire *wire_open_as(uint32_t portid)
{
	struct timeval deadline = { .tv_sec = WIRE_DEADLINE };
	struct wire *w = calloc(1, sizeof(*w));

	if (!w)
		die("memory for a netlink socket");
	w->nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (!w->nl || mnl_socket_bind(w->nl, 0, portid))
		die("a netlink socket");
	set_option(w, NETLINK_EXT_ACK);
	set_option(w, NETLINK_CAP_ACK);
	if (setsockopt(mnl_socket_get_fd(w->nl), SOL_SOCKET, SO_RCVTIMEO,
		       &deadline, sizeof(deadline)))
		die("a time limit of a netlink socket");
	return w;
}

struct wire *wire_open(void)
{
	return wire_open_as(MNL_SOCKET_AUTOPID);
}

void wire_close(struct wire *w)
{
	mnl_socket_close(w->nl);
	free(w);
}

int wire_join(struct wire *w)
{
	return mnl_socket_setsockopt(w->nl, NETLINK_ADD_MEMBERSHIP, &group,
				     sizeof(group)) ? errno : 0;
}

static struct request *begin(struct wire *w, uint16_t type, uint8_t cmd)
{
	struct request *r = &w->request;
	struct genlmsghdr *genl;

	mnl_nlmsg_put_header(r->buf);
	r->culprit = 0;
	r->nlh.nlmsg_type = type;
	r->nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	r->nlh.nlmsg_seq = ++w->seq;
	genl = mnl_nlmsg_put_extra_header(&r->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = DFC_GENL_VERSION;
	return r;
}

struct request *wire_request(struct wire *w, enum dfc_cmd cmd)
{
	return begin(w, family, cmd);
}

void wire_dump(struct request *r)
{
	r->nlh.nlmsg_flags |= NLM_F_DUMP;
}

void wire_send(struct wire *w)
{
	const struct nlmsghdr *nlh = &w->request.nlh;

	memset(&w->answer, 0, sizeof(w->answer));
	if (mnl_socket_sendto(w->nl, nlh, nlh->nlmsg_len) < 0)
		die("sending a request");
}

static void take_extack(struct answer *answer, const struct nlattr *a,
			const char *end)
{
	while (mnl_attr_ok(a, end - (const char *)a)) {
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG)
			snprintf(answer->text, sizeof(answer->text), "%s",
				 mnl_attr_get_str(a));
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_OFFS)
			answer->offset = mnl_attr_get_u32(a);
		a = mnl_attr_next(a);
	}
}

/* Behind the number, an error has the header of the request. */
static bool take_end(struct answer *answer, const struct nlmsghdr *nlh)
{
	const char *end = (const char *)nlh + nlh->nlmsg_len;
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t len = sizeof(err->error);

	if (nlh->nlmsg_type == NLMSG_ERROR) {
		len = sizeof(*err);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && err->error)
			len += err->msg.nlmsg_len - sizeof(err->msg);
	}
	CHECK(mnl_nlmsg_get_payload_len(nlh) >= len);
	CHECK(err->error <= 0);
	answer->error = -err->error;
	answer->over = true;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		take_extack(answer, mnl_nlmsg_get_payload_offset(nlh, len),
			    end);
	return true;
}

static bool take(struct wire *w, const struct nlmsghdr *nlh,
		 wire_reader reader, void *arg)
{
	struct answer *answer = &w->answer;

	CHECK_EQUAL(w->seq, nlh->nlmsg_seq);
	CHECK_EQUAL(mnl_socket_get_portid(w->nl), nlh->nlmsg_pid);
	CHECK(!answer->over);
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		answer->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE)
		return take_end(answer, nlh);
	answer->objects++;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		return reader(nlh, arg);
	CHECK_EQUAL(family, nlh->nlmsg_type);
	return !reader || reader(nlh, arg);
}

static bool read_some(struct wire *w, char *buf, size_t size, int *len)
{
	ssize_t got = mnl_socket_recvfrom(w->nl, buf, size);

	if (got < 0)
		tap_note("receiving: %s", strerror(errno));
	*len = got;
	w->answer.parts++;
	return got >= 0;
}

bool wire_receive(struct wire *w, wire_reader reader, void *arg)
{
	static union {
		struct nlmsghdr nlh;
		char buf[64 * 1024];
	} in;
	const struct nlmsghdr *nlh = &in.nlh;
	bool content = true;
	int len;

	if (!read_some(w, in.buf, sizeof(in), &len)) {
		w->answer.over = true;
		return false;
	}
	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		content &= take(w, nlh, reader, arg);
	return content;
}

bool wire_call(struct wire *w, wire_reader reader, void *arg)
{
	bool content = true;

	wire_send(w);
	while (!w->answer.over)
		content &= wire_receive(w, reader, arg);
	return content;
}

bool wire_done(struct wire *w)
{
	if (!wire_call(w, NULL, NULL))
		return false;
	if (w->answer.error)
		tap_note("refused: %s: %s at %u", strerror(w->answer.error),
			 w->answer.text, w->answer.offset);
	return !w->answer.error;
}

bool wire_refused(struct wire *w, int error, const char *text)
{
	struct answer *answer = &w->answer;

	if (!wire_call(w, NULL, NULL))
		return false;
	if (answer->error == error && !strcmp(answer->text, text ?: "") &&
	    answer->offset == w->request.culprit)
		return true;
	tap_note("expected: %s: %s at %u", strerror(error), text ?: "",
		 w->request.culprit);
	tap_note("got:      %s: %s at %u", strerror(answer->error),
		 answer->text, answer->offset);
	return false;
}

bool wire_event(struct wire *w, enum dfc_cmd cmd, wire_reader reader,
		void *arg)
{
	union {
		struct nlmsghdr nlh;
		char buf[8 * 1024];
	} in;
	const struct genlmsghdr *genl;
	int len;

	do {
		if (!read_some(w, in.buf, sizeof(in), &len))
			return false;
		CHECK(mnl_nlmsg_ok(&in.nlh, len));
		CHECK_EQUAL(family, in.nlh.nlmsg_type);
		CHECK_EQUAL(0, in.nlh.nlmsg_seq);
		CHECK_EQUAL(0, in.nlh.nlmsg_pid);
		genl = mnl_nlmsg_get_payload(&in.nlh);
	} while (genl->cmd != cmd);
	return reader(&in.nlh, arg);
}

static bool read_group(const struct nlattr *nest)
{
	const struct nlattr *a;
	bool ours = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(a, nest) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_NAME)
			ours = !strcmp(mnl_attr_get_str(a), DFC_MCGRP_EVENTS);
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(a);
	}
	if (ours)
		group = id;
	return ours;
}

static bool read_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a, *one;
	bool found = false;

	(void)arg;
	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(a) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(a);
		if (mnl_attr_get_type(a) == CTRL_ATTR_VERSION)
			CHECK_EQUAL(DFC_GENL_VERSION, mnl_attr_get_u32(a));
		if (mnl_attr_get_type(a) == CTRL_ATTR_MCAST_GROUPS)
			mnl_attr_for_each_nested(one, a)
				found |= read_group(one);
	}
	CHECK(found);
	return true;
}

bool wire_init(void)
{
	struct wire *w = wire_open();
	struct request *r = begin(w, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	bool known;

	mnl_attr_put_strz(&r->nlh, CTRL_ATTR_FAMILY_NAME, DFC_GENL_NAME);
	known = wire_call(w, read_family, NULL) && !w->answer.error;
	wire_close(w);
	return known;
}

static bool has_room(const struct request *r, size_t len)
{
	return MNL_ALIGN(r->nlh.nlmsg_len) + MNL_ATTR_HDRLEN + MNL_ALIGN(len) <=
	       sizeof(r->buf);
}

void put(struct request *r, uint16_t type, size_t len, const void *value)
{
	if (!has_room(r, len)) {
		errno = EMSGSIZE;
		die("writing a request");
	}
	mnl_attr_put(&r->nlh, type, len, value);
}

void put_u8(struct request *r, uint16_t type, uint8_t value)
{
	put(r, type, sizeof(value), &value);
}

void put_u16(struct request *r, uint16_t type, uint16_t value)
{
	put(r, type, sizeof(value), &value);
}

void put_u32(struct request *r, uint16_t type, uint32_t value)
{
	put(r, type, sizeof(value), &value);
}

void put_u64(struct request *r, uint16_t type, uint64_t value)
{
	put(r, type, sizeof(value), &value);
}

struct nlattr *nest_begin(struct request *r, uint16_t type)
{
	struct nlattr *nest = mnl_nlmsg_get_payload_tail(&r->nlh);

	put(r, NLA_F_NESTED | type, 0, NULL);
	return nest;
}

void nest_end(struct request *r, struct nlattr *nest)
{
	mnl_attr_nest_end(&r->nlh, nest);
}

void culprit(struct request *r)
{
	r->culprit = MNL_ALIGN(r->nlh.nlmsg_len);
}
