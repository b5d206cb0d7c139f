// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "refuse.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define LENGTH "an address must have 4 or 16 bytes"
#define ZERO "address is all zero"
#define UNICAST "destination address must be unicast"
#define FAMILIES "source and destination address must be of one family"

/* Each of them alone, behind what an IPv4 destination needs. */
static const struct bad_part attrs[] = {
	{ "unknown destination attribute", U32(DFC_DEST_A_MAX + 1, 1),
	  EINVAL, UNKNOWN },
	{ "destination attribute of number 0", U32(DFC_DEST_A_UNSPEC, 1),
	  EINVAL, UNKNOWN },
	{ "id 0 of a destination", U32(DFC_DEST_A_ID, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "id of 2 bytes of a destination", U16(DFC_DEST_A_ID, 9),
	  EINVAL, WRONG_LENGTH },
	{ "unknown destination flag", U32(DFC_DEST_A_FLAGS, 2),
	  EINVAL, RESERVED },
	{ "destination flags of 1 byte", U8(DFC_DEST_A_FLAGS, 1),
	  EINVAL, WRONG_LENGTH },
	{ "destination address of no bytes", NOTHING(DFC_DEST_A_ADDRESS),
	  EINVAL, LENGTH },
	{ "destination address of 5 bytes",
	  BYTES(DFC_DEST_A_ADDRESS, 192, 0, 2, 1, 0), EINVAL, LENGTH },
	{ "destination address of 17 bytes",
	  BYTES(DFC_DEST_A_ADDRESS, 0x20, 1, [16] = 1), ERANGE, BAD_POLICY },
	{ "destination address as a nest",
	  BYTES(NLA_F_NESTED | DFC_DEST_A_ADDRESS, 192, 0, 2, 1),
	  EINVAL, A_NEST },
	{ "destination 0.0.0.0", BYTES(DFC_DEST_A_ADDRESS, 0, 0, 0, 0),
	  EINVAL, ZERO },
	{ "destination ::", BYTES(DFC_DEST_A_ADDRESS, [15] = 0),
	  EINVAL, ZERO },
	{ "destination 224.0.0.1", BYTES(DFC_DEST_A_ADDRESS, 224, 0, 0, 1),
	  EINVAL, UNICAST },
	{ "destination 239.255.255.255",
	  BYTES(DFC_DEST_A_ADDRESS, 239, 255, 255, 255), EINVAL, UNICAST },
	{ "destination 255.255.255.255",
	  BYTES(DFC_DEST_A_ADDRESS, 255, 255, 255, 255), EINVAL, UNICAST },
	{ "destination ff02::1", BYTES(DFC_DEST_A_ADDRESS, 255, 2, [15] = 1),
	  EINVAL, UNICAST },
	{ "source address of 5 bytes",
	  BYTES(DFC_DEST_A_SRC_ADDRESS, 192, 0, 2, 1, 0), EINVAL, FAMILIES },
	{ "source address of 17 bytes",
	  BYTES(DFC_DEST_A_SRC_ADDRESS, 0x20, 1, [16] = 1),
	  ERANGE, BAD_POLICY },
	{ "IPv6 source address to an IPv4 destination",
	  BYTES(DFC_DEST_A_SRC_ADDRESS, 0x20, 1, 0xd, 0xb8, [15] = 1),
	  EINVAL, FAMILIES },
	{ "second address of a destination",
	  BYTES(DFC_DEST_A_ADDRESS, 203, 0, 113, 3), EINVAL, TWICE },
	{ "second port of a destination", U16(DFC_DEST_A_PORT, 7890),
	  EINVAL, TWICE },
	{ "source address 0.0.0.0", BYTES(DFC_DEST_A_SRC_ADDRESS, 0, 0, 0, 0),
	  EINVAL, ZERO },
	{ "source address 224.0.0.1",
	  BYTES(DFC_DEST_A_SRC_ADDRESS, 224, 0, 0, 1),
	  EINVAL, "source address must be unicast" },
	{ "port 0", U16(DFC_DEST_A_PORT, 0), ERANGE, OUT_OF_RANGE },
	{ "port of 4 bytes of a destination", U32(DFC_DEST_A_PORT, 7890),
	  EINVAL, WRONG_LENGTH },
	{ "source port 0", U16(DFC_DEST_A_SRC_PORT, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "source port of 1 byte", U8(DFC_DEST_A_SRC_PORT, 1),
	  EINVAL, WRONG_LENGTH },
	{ "TTL 0", U8(DFC_DEST_A_TTL, 0), ERANGE, OUT_OF_RANGE },
	{ "TTL of 2 bytes", U16(DFC_DEST_A_TTL, 1), EINVAL, WRONG_LENGTH },
	{ "unknown security", U32(DFC_DEST_A_SECURITY, DFC_SECURITY_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "security of 1 byte", U8(DFC_DEST_A_SECURITY, 0),
	  EINVAL, WRONG_LENGTH },
	{ "unknown format", U32(DFC_DEST_A_FORMAT, DFC_FORMAT_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "format of 1 byte", U8(DFC_DEST_A_FORMAT, 1), EINVAL, WRONG_LENGTH },
	{ "DSCP 64", U8(DFC_DEST_A_DSCP, 64), ERANGE, OUT_OF_RANGE },
	{ "DSCP of 4 bytes", U32(DFC_DEST_A_DSCP, 1), EINVAL, WRONG_LENGTH },
	{ "FILTERS given", U32(DFC_DEST_A_FILTERS, 1),
	  EINVAL, "FILTERS is reported, not set" },
	{ "COUNTERS of a destination given", U64(DFC_DEST_A_COUNTERS, 1),
	  EINVAL, "COUNTERS is reported, not set" },
};

static const uint8_t address[4] = { 203, 0, 113, 2 };

static struct wire *try_attr(struct wire *w, const struct bad_part *bad)
{
	struct request *r = wire_request(w, DFC_CMD_DEST_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_DEST);

	put_u32(r, DFC_DEST_A_ID, 9);
	if (bad->part.type != DFC_DEST_A_ADDRESS || !strcmp(bad->text, TWICE))
		put(r, DFC_DEST_A_ADDRESS, sizeof(address), address);
	put_u16(r, DFC_DEST_A_PORT, 7890);
	culprit(r);
	refuse_part(r, &bad->part);
	nest_end(r, nest);
	return refuse_result(w, bad->name, wire_refused(w, bad->error, bad->text));
}

static bool no_dest(struct wire *w)
{
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_DEST_ADD; cmd <= DFC_CMD_DEST_GET; cmd++) {
		wire_request(w, cmd);
		CHECK(wire_refused(w, EINVAL, "no destination is given"));
	}
	return true;
}

static bool no_dest_id(struct wire *w)
{
	struct nlattr *nest;
	struct request *r;
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_DEST_ADD; cmd <= DFC_CMD_DEST_GET; cmd++) {
		r = wire_request(w, cmd);
		culprit(r);
		nest = nest_begin(r, DFC_A_DEST);
		put(r, DFC_DEST_A_ADDRESS, sizeof(address), address);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, "destination id is missing"));
	}
	return true;
}

static bool half(struct wire *w, bool with_address, const char *text)
{
	struct request *r = wire_request(w, DFC_CMD_DEST_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_DEST);

	culprit(r);
	put_u32(r, DFC_DEST_A_ID, 9);
	if (with_address)
		put(r, DFC_DEST_A_ADDRESS, sizeof(address), address);
	else
		put_u16(r, DFC_DEST_A_PORT, 7890);
	nest_end(r, nest);
	return wire_refused(w, EINVAL, text);
}

static bool no_address(struct wire *w)
{
	return half(w, false, "destination needs an address");
}

static bool no_port(struct wire *w)
{
	return half(w, true, "destination needs an address and a port");
}

static bool ipip_ports(struct wire *w)
{
	const uint16_t ports[] = { DFC_DEST_A_PORT, DFC_DEST_A_SRC_PORT };
	struct nlattr *nest;
	struct request *r;
	unsigned int i;

	for (i = 0; i < COUNT(ports); i++) {
		r = wire_request(w, DFC_CMD_DEST_ADD);
		nest = nest_begin(r, DFC_A_DEST);
		put_u32(r, DFC_DEST_A_ID, 9);
		put(r, DFC_DEST_A_ADDRESS, sizeof(address), address);
		put_u32(r, DFC_DEST_A_FORMAT, DFC_FORMAT_IPIP);
		culprit(r);
		put_u16(r, ports[i], 7890);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL,
				   "copies of FORMAT ipip have no ports"));
	}
	return true;
}

static bool no_such_dest(struct wire *w)
{
	struct nlattr *nest;
	struct request *r;
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_DEST_DEL; cmd <= DFC_CMD_DEST_GET; cmd++) {
		r = wire_request(w, cmd);
		nest = nest_begin(r, DFC_A_DEST);
		culprit(r);
		put_u32(r, DFC_DEST_A_ID, 3);
		nest_end(r, nest);
		CHECK(wire_refused(w, ENOENT,
				   "there is no destination with this id"));
	}
	return true;
}

static bool in_use(struct wire *w)
{
	const struct dest dest = {
		.id = 2,
		.family = 2,
		.addr = { 192, 0, 2, 99 },
		.port = 1,
	};

	dest_put(wire_request(w, DFC_CMD_DEST_ADD), &dest);
	return wire_refused(w, EEXIST, "destination id is already in use");
}

static bool foreign(struct wire *w)
{
	const struct part port = U16(DFC_DEST_A_PORT, 7890);
	const struct part flags = U32(DFC_DEST_A_FLAGS, 0);
	struct nlattr *nest;
	struct request *r;
	enum dfc_cmd cmd;

	for (cmd = DFC_CMD_DEST_DEL; cmd <= DFC_CMD_DEST_GET; cmd++) {
		r = wire_request(w, cmd);
		nest = nest_begin(r, DFC_A_DEST);
		put_u32(r, DFC_DEST_A_ID, 2);
		culprit(r);
		refuse_part(r, cmd == DFC_CMD_DEST_DEL ? &port : &flags);
		nest_end(r, nest);
		CHECK(wire_refused(w, EINVAL, FOREIGN));
	}
	return true;
}

static const struct test tests[] = {
	{ "destination commands without a destination", no_dest },
	{ "destination commands without an id", no_dest_id },
	{ "destination without an address", no_address },
	{ "destination without a port", no_port },
	{ "format ipip with ports", ipip_ports },
	{ "DEL and GET of an unknown destination", no_such_dest },
	{ "destination id in use", in_use },
	{ "attributes that DEL and GET of a destination do not take", foreign },
};

static unsigned int count(void)
{
	return COUNT(attrs) + COUNT(tests);
}

static void run(void)
{
	struct wire *w = refuse_begin();
	unsigned int i;

	for (i = 0; i < COUNT(attrs); i++)
		w = try_attr(w, &attrs[i]);
	for (i = 0; i < COUNT(tests); i++)
		w = refuse_result(w, tests[i].name, tests[i].run(w));
	wire_close(w);
}

const struct group refuse_dest_group = { .count = count, .run = run };
