// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "refuse.h"

/* FLUSH would otherwise take the wrong word for no word, and delete all. */
static bool other_object(struct wire *w)
{
	struct request *r;
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_STATS_GET; cmd++) {
		r = wire_request(w, cmd);
		culprit(r);
		if (cmd <= DFC_CMD_FILTER_FLUSH)
			dest_put_id(r, 1);
		else
			rule_put_id(r, 1);
		CHECK(wire_refused(w, EINVAL, FOREIGN));
	}
	return true;
}

static bool second_object(struct wire *w)
{
	static const enum dfc_cmd cmds[] = {
		DFC_CMD_FILTER_GET, DFC_CMD_DEST_DEL, DFC_CMD_DEST_GET,
	};
	const struct dest dest = { .family = 2, .addr = { 192, 0, 2, 1 },
				   .port = 1, .id = 9 };
	void (*put_id)(struct request *r, uint32_t id);
	struct request *r;
	unsigned int i;

	for (i = 0; i < sizeof(cmds) / sizeof(*cmds); i++) {
		put_id = i ? dest_put_id : rule_put_id;
		r = wire_request(w, cmds[i]);
		put_id(r, 1);
		culprit(r);
		put_id(r, 2);
		CHECK(wire_refused(w, EINVAL, TWICE));
	}
	r = wire_request(w, DFC_CMD_DEST_ADD);
	dest_put(r, &dest);
	culprit(r);
	dest_put(r, &dest);
	return wire_refused(w, EINVAL, TWICE);
}

static bool second_flush(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	struct nlattr *nest;
	uint32_t id;

	for (id = 1; id <= 2; id++) {
		culprit(r);
		nest = nest_begin(r, DFC_A_FILTER);
		put_u32(r, DFC_FILTER_A_DEST_ID, id);
		nest_end(r, nest);
	}
	CHECK(wire_refused(w, EINVAL, TWICE));
	r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	nest = nest_begin(r, DFC_A_FILTER);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	culprit(r);
	put_u32(r, DFC_FILTER_A_DEST_ID, 2);
	nest_end(r, nest);
	return wire_refused(w, EINVAL, TWICE);
}

/* Where a dump is refused, not all kernels say which attribute is wrong. */
static bool dump_refused(struct wire *w)
{
	CHECK(wire_call(w, NULL, NULL));
	CHECK_EQUAL(EINVAL, w->answer.error);
	CHECK(!strcmp(w->answer.text, FOREIGN));
	CHECK_EQUAL(0, w->answer.objects);
	return true;
}

static bool dump_of_one(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_GET);

	wire_dump(r);
	rule_put_id(r, 1);
	CHECK(dump_refused(w));
	r = wire_request(w, DFC_CMD_DEST_GET);
	wire_dump(r);
	dest_put_id(r, 1);
	return dump_refused(w);
}

static bool header(struct wire *w)
{
	static const uint16_t flags[] = { NLM_F_ROOT, NLM_F_EXCL, NLM_F_CREATE,
					  0x1000 };
	struct genlmsghdr *genl;
	unsigned int i;

	genl = mnl_nlmsg_get_payload(&wire_request(w, DFC_CMD_STATS_GET)->nlh);
	genl->reserved = 1;
	CHECK(wire_refused(w, EINVAL, "genlmsghdr.reserved field is not 0"));
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		wire_request(w, DFC_CMD_STATS_GET)->nlh.nlmsg_flags |= flags[i];
		CHECK(wire_refused(w, EINVAL, "ambiguous or reserved bits set "
					      "in nlmsg_flags"));
	}
	return true;
}

static const struct bad_part outermost[] = {
	{ "", U32(0, 1), EINVAL, UNKNOWN },
	{ "", U32(DFC_A_MAX + 1, 1), EINVAL, UNKNOWN },
	{ "", U32(0x3fff, 1), EINVAL, UNKNOWN },
	{ "", NOTHING(NLA_F_NESTED | DFC_A_STATS), EINVAL, UNSUPPORTED },
	{ "", U32(DFC_A_REASON, 1), EINVAL, UNSUPPORTED },
	{ "", U64(DFC_A_FILTER, 0), EINVAL, NOT_A_NEST },
	{ "", U64(DFC_A_DEST, 0), EINVAL, NOT_A_NEST },
};

static bool top_attrs(struct wire *w)
{
	const struct bad_part *bad;
	enum dfc_cmd cmd;
	unsigned int i;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_STATS_GET; cmd++) {
		for (i = 0; i < sizeof(outermost) / sizeof(*outermost); i++) {
			bad = &outermost[i];
			culprit(wire_request(w, cmd));
			refuse_part(&w->request, &bad->part);
			CHECK(wire_refused(w, bad->error, bad->text));
		}
	}
	return true;
}

static bool cut_short(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_FLUSH);

	r->buf[r->nlh.nlmsg_len] = 0;
	r->nlh.nlmsg_len += 1;
	CHECK(wire_refused(w, EINVAL, "bytes leftover after parsing attributes"));
	r = wire_request(w, DFC_CMD_FILTER_FLUSH);
	r->nlh.nlmsg_len -= 1;
	return wire_refused(w, EINVAL, NULL);
}

static bool unknown_commands(struct wire *w)
{
	static const uint8_t cmds[] = {
		DFC_CMD_UNSPEC, DFC_CMD_FILTER_DEL_NTF, DFC_CMD_MAX + 1, 255,
	};
	unsigned int i;

	for (i = 0; i < sizeof(cmds); i++) {
		wire_request(w, cmds[i]);
		CHECK(wire_refused(w, EOPNOTSUPP, NULL));
	}
	return true;
}

static bool no_dump(struct wire *w)
{
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_FILTER_ADD; cmd <= DFC_CMD_STATS_GET; cmd++) {
		if (cmd == DFC_CMD_FILTER_GET || cmd == DFC_CMD_DEST_GET)
			continue;
		wire_dump(wire_request(w, cmd));
		CHECK(wire_refused(w, EOPNOTSUPP, NULL));
	}
	return true;
}

static const struct test tests[] = {
	{ "destinations where filters belong, and filters", other_object },
	{ "second object where one belongs", second_object },
	{ "second destination to flush", second_flush },
	{ "dumps with attributes", dump_of_one },
	{ "reserved bits in the headers", header },
	{ "outermost attributes that are no input", top_attrs },
	{ "messages with loose ends", cut_short },
	{ "unknown commands", unknown_commands },
	{ "dumps of what has none", no_dump },
};

REFUSE_GROUP(refuse_message, tests);
