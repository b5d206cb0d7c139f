// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "refuse.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Each of them alone beside what a filter needs. */
static const struct bad_part attrs[] = {
	{ "unknown filter attribute", U32(DFC_FILTER_A_MAX + 1, 1),
	  EINVAL, UNKNOWN },
	{ "filter attribute of number 0", U32(DFC_FILTER_A_UNSPEC, 1),
	  EINVAL, UNKNOWN },
	{ "padding", NOTHING(DFC_FILTER_A_PAD), EINVAL, UNSUPPORTED },
	{ "filter id 0", U32(DFC_FILTER_A_ID, 0), ERANGE, OUT_OF_RANGE },
	{ "filter id of 2 bytes", U16(DFC_FILTER_A_ID, 1),
	  EINVAL, WRONG_LENGTH },
	{ "filter id of 8 bytes", U64(DFC_FILTER_A_ID, 1),
	  EINVAL, WRONG_LENGTH },
	{ "filter id as a nest", U32(NLA_F_NESTED | DFC_FILTER_A_ID, 9),
	  EINVAL, A_NEST },
	{ "unknown filter flag", U32(DFC_FILTER_A_FLAGS, 2),
	  EINVAL, RESERVED },
	{ "all filter flags there could be",
	  U32(DFC_FILTER_A_FLAGS, UINT32_MAX), EINVAL, RESERVED },
	{ "filter flags of 8 bytes", U64(DFC_FILTER_A_FLAGS, 1),
	  EINVAL, WRONG_LENGTH },
	{ "family AF_UNIX", U16(DFC_FILTER_A_FAMILY, AF_UNIX),
	  EINVAL, "family must be AF_INET, AF_INET6 or AF_PACKET" },
	{ "family 256", U16(DFC_FILTER_A_FAMILY, 256),
	  EINVAL, "family must be AF_INET, AF_INET6 or AF_PACKET" },
	{ "family AF_INET + 256", U16(DFC_FILTER_A_FAMILY, AF_INET + 256),
	  EINVAL, "family must be AF_INET, AF_INET6 or AF_PACKET" },
	{ "family AF_UNSPEC", U16(DFC_FILTER_A_FAMILY, AF_UNSPEC),
	  EINVAL, "family must be AF_INET, AF_INET6 or AF_PACKET" },
	{ "family of 1 byte", U8(DFC_FILTER_A_FAMILY, AF_INET),
	  EINVAL, WRONG_LENGTH },
	{ "source address without a nest",
	  BYTES(DFC_FILTER_A_SRC, 192, 0, 2, 1), EINVAL, NOT_A_NEST },
	{ "destination address without a nest",
	  BYTES(DFC_FILTER_A_DST, 192, 0, 2, 1), EINVAL, NOT_A_NEST },
	{ "protocol without a nest", U16(DFC_FILTER_A_PROTOCOL, 6),
	  EINVAL, NOT_A_NEST },
	{ "source port without a nest", U16(DFC_FILTER_A_SRC_PORT, 80),
	  EINVAL, NOT_A_NEST },
	{ "destination port without a nest", U16(DFC_FILTER_A_DST_PORT, 80),
	  EINVAL, NOT_A_NEST },
	{ "entry too short for a nest",
	  BYTES(NLA_F_NESTED | DFC_FILTER_A_SRC, 1, 2), ERANGE, BAD_POLICY },
	{ "destination id 0", U32(DFC_FILTER_A_DEST_ID, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "destination id of 8 bytes", U64(DFC_FILTER_A_DEST_ID, 2),
	  EINVAL, WRONG_LENGTH },
	{ "destination twice", U32(DFC_FILTER_A_DEST_ID, 1),
	  EINVAL, "destination is given twice" },
	{ "unknown destination", U32(DFC_FILTER_A_DEST_ID, 3),
	  ENOENT, "there is no destination with this id" },
	{ "priority of 2 bytes", U16(DFC_FILTER_A_PRIORITY, 1),
	  EINVAL, WRONG_LENGTH },
	{ "total timeout of 0 s", U32(DFC_FILTER_A_TIMEOUT_TOTAL, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "total timeout of 86401 s",
	  U32(DFC_FILTER_A_TIMEOUT_TOTAL, DFC_TIMEOUT_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "total timeout of 8 bytes", U64(DFC_FILTER_A_TIMEOUT_TOTAL, 1),
	  EINVAL, WRONG_LENGTH },
	{ "idle timeout of 0 s", U32(DFC_FILTER_A_TIMEOUT_IDLE, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "idle timeout of 4294967295 s",
	  U32(DFC_FILTER_A_TIMEOUT_IDLE, UINT32_MAX), ERANGE, OUT_OF_RANGE },
	{ "idle timeout of 2 bytes", U16(DFC_FILTER_A_TIMEOUT_IDLE, 1),
	  EINVAL, WRONG_LENGTH },
	{ "limit of 0 packets", U64(DFC_FILTER_A_LIMIT_PACKETS, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "packet limit of 4 bytes", U32(DFC_FILTER_A_LIMIT_PACKETS, 1),
	  EINVAL, WRONG_LENGTH },
	{ "limit of 0 bytes", U64(DFC_FILTER_A_LIMIT_BYTES, 0),
	  ERANGE, OUT_OF_RANGE },
	{ "byte limit of 4 bytes", U32(DFC_FILTER_A_LIMIT_BYTES, 1),
	  EINVAL, WRONG_LENGTH },
	{ "ICMP type without a nest", U16(DFC_FILTER_A_ICMP_TYPE, 8),
	  EINVAL, NOT_A_NEST },
	{ "ICMP code without a nest", U16(DFC_FILTER_A_ICMP_CODE, 0),
	  EINVAL, NOT_A_NEST },
	{ "unknown scope", U32(DFC_FILTER_A_SCOPE, DFC_SCOPE_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "scope of 1 byte", U8(DFC_FILTER_A_SCOPE, DFC_SCOPE_INPUT),
	  EINVAL, WRONG_LENGTH },
	{ "scope without a device", U32(DFC_FILTER_A_SCOPE, DFC_SCOPE_VRF),
	  EINVAL, "SCOPE needs a DEVICE" },
	{ "device without a scope", TEXT(DFC_FILTER_A_DEVICE, "lo"),
	  EINVAL, "DEVICE needs a SCOPE that says what it is" },
	{ "device of no bytes", NOTHING(DFC_FILTER_A_DEVICE),
	  EINVAL, BAD_POLICY },
	{ "device without its end", BYTES(DFC_FILTER_A_DEVICE, 'l', 'o'),
	  EINVAL, BAD_POLICY },
	{ "device of 16 letters", TEXT(DFC_FILTER_A_DEVICE, "sixteen-letters."),
	  EINVAL, BAD_POLICY },
	{ "unknown action", U32(DFC_FILTER_A_ACTION, DFC_ACTION_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "action of 1 byte", U8(DFC_FILTER_A_ACTION, DFC_ACTION_COPY),
	  EINVAL, WRONG_LENGTH },
	{ "intercept id of 31 bits",
	  U32(DFC_FILTER_A_INTERCEPT_ID, DFC_INTERCEPT_ID_MAX + 1),
	  ERANGE, OUT_OF_RANGE },
	{ "session id alone", U32(DFC_FILTER_A_SESSION_ID, 0),
	  EINVAL, "SESSION_ID needs an INTERCEPT_ID" },
	{ "session id of 8 bytes", U64(DFC_FILTER_A_SESSION_ID, 0),
	  EINVAL, WRONG_LENGTH },
	{ "LEFT_TOTAL given", U64(DFC_FILTER_A_LEFT_TOTAL, 1),
	  EINVAL, "LEFT_TOTAL is reported, not set" },
	{ "LEFT_IDLE given", U64(DFC_FILTER_A_LEFT_IDLE, 1),
	  EINVAL, "LEFT_IDLE is reported, not set" },
	{ "LEFT_PACKETS given", U64(DFC_FILTER_A_LEFT_PACKETS, 1),
	  EINVAL, "LEFT_PACKETS is reported, not set" },
	{ "LEFT_BYTES given", U64(DFC_FILTER_A_LEFT_BYTES, 1),
	  EINVAL, "LEFT_BYTES is reported, not set" },
	{ "AGE given", U64(DFC_FILTER_A_AGE, 1),
	  EINVAL, "AGE is reported, not set" },
	{ "COUNTERS given", NOTHING(NLA_F_NESTED | DFC_FILTER_A_COUNTERS),
	  EINVAL, A_NEST },
	{ "COUNTERS given as a number", U64(DFC_FILTER_A_COUNTERS, 1),
	  EINVAL, "COUNTERS is reported, not set" },
};

#define ADDR_LENGTH "an address must have 4 or 16 bytes, both ends the same"
#define ONE_FAMILY "addresses and family of a filter must be of one family"
#define ENTRY (-1)

/* An entry of a list; @blamed is the part that is wrong, or all of it. */
static const struct bad_entry {
	const char *name;
	uint16_t list;
	unsigned int nparts;
	struct part part[3];
	int blamed;
	int error;
	const char *text;
} entries[] = {
	{ "address entry without FROM", DFC_FILTER_A_SRC, 1,
	  { BYTES(DFC_ADDR_A_TO, 192, 0, 2, 1) },
	  ENTRY, EINVAL, "an address entry needs FROM" },
	{ "empty address entry", DFC_FILTER_A_DST, 0, { },
	  ENTRY, EINVAL, "an address entry needs FROM" },
	{ "unknown attribute of an address", DFC_FILTER_A_SRC, 2,
	  { BYTES(DFC_ADDR_A_FROM, 192, 0, 2, 1), U32(DFC_ADDR_A_MAX + 1, 0) },
	  1, EINVAL, UNKNOWN },
	{ "unknown flag of an address", DFC_FILTER_A_SRC, 2,
	  { BYTES(DFC_ADDR_A_FROM, 192, 0, 2, 1), U32(DFC_ADDR_A_FLAGS, 3) },
	  1, EINVAL, RESERVED },
	{ "address flags of 2 bytes", DFC_FILTER_A_DST, 2,
	  { BYTES(DFC_ADDR_A_FROM, 192, 0, 2, 1), U16(DFC_ADDR_A_FLAGS, 1) },
	  1, EINVAL, WRONG_LENGTH },
	{ "address of 5 bytes", DFC_FILTER_A_SRC, 1,
	  { BYTES(DFC_ADDR_A_FROM, 192, 0, 2, 1, 0) },
	  ENTRY, EINVAL, ADDR_LENGTH },
	{ "address of no bytes", DFC_FILTER_A_SRC, 1,
	  { NOTHING(DFC_ADDR_A_FROM) }, ENTRY, EINVAL, ADDR_LENGTH },
	{ "address of 17 bytes", DFC_FILTER_A_DST, 1,
	  { BYTES(DFC_ADDR_A_FROM, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
		  14, 15, 16, 17) },
	  0, ERANGE, BAD_POLICY },
	{ "range of an IPv4 and an IPv6 address", DFC_FILTER_A_SRC, 2,
	  { BYTES(DFC_ADDR_A_FROM, 10, 0, 0, 1),
	    BYTES(DFC_ADDR_A_TO, 10, 0, 0, 1, [15] = 0) },
	  ENTRY, EINVAL, ADDR_LENGTH },
	{ "range of addresses, reversed", DFC_FILTER_A_SRC, 2,
	  { BYTES(DFC_ADDR_A_FROM, 192, 0, 3, 0),
	    BYTES(DFC_ADDR_A_TO, 192, 0, 2, 255) },
	  ENTRY, EINVAL, "a range of addresses is reversed" },
	{ "address entry with two FROM", DFC_FILTER_A_SRC, 2,
	  { BYTES(DFC_ADDR_A_FROM, 10, 0, 0, 1),
	    BYTES(DFC_ADDR_A_FROM, 10, 0, 0, 2) },
	  1, EINVAL, TWICE },
	{ "range of IPv6 addresses, reversed", DFC_FILTER_A_DST, 2,
	  { BYTES(DFC_ADDR_A_FROM, 0x20, 1, 0xd, 0xb8, [15] = 2),
	    BYTES(DFC_ADDR_A_TO, 0x20, 1, 0xd, 0xb8, [15] = 1) },
	  ENTRY, EINVAL, "a range of addresses is reversed" },
	{ "range without FROM", DFC_FILTER_A_PROTOCOL, 1,
	  { U16(DFC_RANGE_A_TO, 6) },
	  ENTRY, EINVAL, "a range entry needs FROM" },
	{ "empty range", DFC_FILTER_A_SRC_PORT, 0, { },
	  ENTRY, EINVAL, "a range entry needs FROM" },
	{ "unknown attribute of a range", DFC_FILTER_A_DST_PORT, 2,
	  { U16(DFC_RANGE_A_FROM, 80), U16(DFC_RANGE_A_MAX + 1, 81) },
	  1, EINVAL, UNKNOWN },
	{ "unknown flag of a range", DFC_FILTER_A_DST_PORT, 2,
	  { U32(DFC_RANGE_A_FLAGS, 0x80000000), U16(DFC_RANGE_A_FROM, 80) },
	  0, EINVAL, RESERVED },
	{ "port of 4 bytes", DFC_FILTER_A_SRC_PORT, 1,
	  { U32(DFC_RANGE_A_FROM, 80) }, 0, EINVAL, WRONG_LENGTH },
	{ "port of 1 byte", DFC_FILTER_A_DST_PORT, 2,
	  { U16(DFC_RANGE_A_FROM, 80), U8(DFC_RANGE_A_TO, 81) },
	  1, EINVAL, WRONG_LENGTH },
	{ "range of ports, reversed", DFC_FILTER_A_SRC_PORT, 2,
	  { U16(DFC_RANGE_A_FROM, 81), U16(DFC_RANGE_A_TO, 80) },
	  ENTRY, EINVAL, "a range is reversed" },
	{ "range of protocols, reversed", DFC_FILTER_A_PROTOCOL, 2,
	  { U16(DFC_RANGE_A_FROM, 1), U16(DFC_RANGE_A_TO, 0) },
	  ENTRY, EINVAL, "a range is reversed" },
	{ "range with two TO", DFC_FILTER_A_SRC_PORT, 3,
	  { U16(DFC_RANGE_A_TO, 81), U16(DFC_RANGE_A_FROM, 80),
	    U16(DFC_RANGE_A_TO, 82) },
	  2, EINVAL, TWICE },
	{ "protocol 256", DFC_FILTER_A_PROTOCOL, 1,
	  { U16(DFC_RANGE_A_FROM, 256) },
	  ENTRY, EINVAL, "a protocol is above 255" },
	{ "ICMP type 256", DFC_FILTER_A_ICMP_TYPE, 1,
	  { U16(DFC_RANGE_A_FROM, 256) },
	  ENTRY, EINVAL, "an ICMP type or code is above 255" },
	{ "ICMP codes 0 to 256", DFC_FILTER_A_ICMP_CODE, 2,
	  { U16(DFC_RANGE_A_FROM, 0), U16(DFC_RANGE_A_TO, 256) },
	  ENTRY, EINVAL, "an ICMP type or code is above 255" },
	{ "protocols 6 to 65535", DFC_FILTER_A_PROTOCOL, 2,
	  { U16(DFC_RANGE_A_FROM, 6), U16(DFC_RANGE_A_TO, 65535) },
	  ENTRY, EINVAL, "a protocol is above 255" },
};

/* Pairs that cannot be together; the second is what is refused. */
static const struct bad_pair {
	const char *name;
	uint16_t family;
	uint16_t first;
	uint16_t second;
} pairs[] = {
	{ "IPv4 and IPv6 sources", 0, 4, 16 },
	{ "IPv6 and IPv4 sources", 0, 16, 4 },
	{ "IPv6 addresses and family AF_INET", AF_INET, 4, 16 },
	{ "IPv4 addresses and family AF_INET6", AF_INET6, 16, 4 },
};

static struct nlattr *begin(struct wire *w)
{
	struct request *r = wire_request(w, DFC_CMD_FILTER_ADD);
	struct nlattr *nest = nest_begin(r, DFC_A_FILTER);

	put_u32(r, DFC_FILTER_A_ID, 9);
	put_u32(r, DFC_FILTER_A_DEST_ID, 1);
	return nest;
}

static struct wire *try_attr(struct wire *w, const struct bad_part *bad)
{
	struct nlattr *nest = begin(w);

	culprit(&w->request);
	refuse_part(&w->request, &bad->part);
	nest_end(&w->request, nest);
	return refuse_result(w, bad->name, wire_refused(w, bad->error, bad->text));
}

static struct wire *try_entry(struct wire *w, const struct bad_entry *bad)
{
	struct nlattr *nest = begin(w), *entry;
	struct request *r = &w->request;
	int i;

	culprit(r);
	entry = nest_begin(r, bad->list);
	for (i = 0; i < (int)bad->nparts; i++) {
		if (i == bad->blamed)
			culprit(r);
		refuse_part(r, &bad->part[i]);
	}
	nest_end(r, entry);
	nest_end(r, nest);
	return refuse_result(w, bad->name, wire_refused(w, bad->error, bad->text));
}

static void put_addr(struct request *r, uint16_t list, uint16_t len)
{
	static const uint8_t addr[16] = { 0x20, 1, 0xd, 0xb8 };
	struct nlattr *entry = nest_begin(r, list);

	put(r, DFC_ADDR_A_FROM, len, addr);
	nest_end(r, entry);
}

static struct wire *try_pair(struct wire *w, const struct bad_pair *bad)
{
	struct nlattr *nest = begin(w);
	struct request *r = &w->request;

	put_addr(r, DFC_FILTER_A_SRC, bad->first);
	culprit(r);
	put_addr(r, bad->family ? DFC_FILTER_A_DST : DFC_FILTER_A_SRC,
		 bad->second);
	if (bad->family)
		put_u16(r, DFC_FILTER_A_FAMILY, bad->family);
	nest_end(r, nest);
	return refuse_result(w, bad->name, wire_refused(w, EINVAL, ONE_FAMILY));
}

static unsigned int count(void)
{
	return COUNT(attrs) + COUNT(entries) + COUNT(pairs);
}

static void run(void)
{
	struct wire *w = refuse_begin();
	unsigned int i;

	for (i = 0; i < COUNT(attrs); i++)
		w = try_attr(w, &attrs[i]);
	for (i = 0; i < COUNT(entries); i++)
		w = try_entry(w, &entries[i]);
	for (i = 0; i < COUNT(pairs); i++)
		w = try_pair(w, &pairs[i]);
	wire_close(w);
}

const struct group refuse_filter_group = { .count = count, .run = run };
