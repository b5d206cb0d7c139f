// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/dfc.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/address.h"
#include "dfcctl/kind.h"
#include "dfcctl/protocol.h"

/* The kinds that are nests: an inclusive range and its flags. */

static int range_write(const struct field *f, struct nlmsghdr *nlh,
		       size_t len, const void *from, const void *to)
{
	uint32_t flags = DFC_ENTRY_F_NOT;
	struct nlattr *nest;

	nest = mnl_attr_nest_start_check(nlh, FIELD_MESSAGE_MAX, f->attr);
	if (!nest ||
	    !mnl_attr_put_check(nlh, FIELD_MESSAGE_MAX, DFC_RANGE_A_FROM, len,
				from) ||
	    !mnl_attr_put_check(nlh, FIELD_MESSAGE_MAX, DFC_RANGE_A_TO, len,
				to) ||
	    (f->flags & FIELD_NOT &&
	     !mnl_attr_put_u32_check(nlh, FIELD_MESSAGE_MAX,
				     DFC_RANGE_A_FLAGS, flags)))
		return -EMSGSIZE;
	mnl_attr_nest_end(nlh, nest);
	return 0;
}

_Static_assert((int)DFC_ADDR_A_FROM == DFC_RANGE_A_FROM &&
	       (int)DFC_ADDR_A_TO == DFC_RANGE_A_TO &&
	       (int)DFC_ADDR_A_FLAGS == DFC_RANGE_A_FLAGS,
	       "ranges of addresses and of numbers differ");

/* Both ends, or -EINVAL if it is malformed or not an entry of this field. */
static int range_read(const struct field *f, const struct nlattr *a,
		      size_t room, void *from, void *to)
{
	const struct nlattr *ends[2] = { NULL, NULL };
	const struct nlattr *inner;
	uint32_t flags = 0;
	size_t len;

	mnl_attr_for_each_nested(inner, a) {
		if (mnl_attr_get_type(inner) == DFC_RANGE_A_FROM)
			ends[0] = inner;
		else if (mnl_attr_get_type(inner) == DFC_RANGE_A_TO)
			ends[1] = inner;
		else if (mnl_attr_get_type(inner) == DFC_RANGE_A_FLAGS &&
			 mnl_attr_get_payload_len(inner) == sizeof(flags))
			flags = mnl_attr_get_u32(inner);
	}
	if (!ends[0] || !(flags & DFC_ENTRY_F_NOT) != !(f->flags & FIELD_NOT))
		return -EINVAL;
	if (!ends[1])
		ends[1] = ends[0];
	len = mnl_attr_get_payload_len(ends[0]);
	if (len > room || mnl_attr_get_payload_len(ends[1]) != len)
		return -EINVAL;
	memcpy(from, mnl_attr_get_payload(ends[0]), len);
	memcpy(to, mnl_attr_get_payload(ends[1]), len);
	return len;
}

static json_t *read_addresses(const struct field *f, const struct nlattr *a)
{
	char text[ADDRESS_TEXT_MAX];
	struct address_range range;
	int len;

	len = range_read(f, a, sizeof(range.from), range.from, range.to);
	if (len != 4 && len != 16)
		return NULL;
	range.len = len;
	address_range_text(&range, text, sizeof(text));
	return json_string(text);
}

static int write_addresses(const struct field *f, const char *word,
			   struct nlmsghdr *nlh)
{
	struct address_range range;
	int ret = address_range_parse(word, &range);

	return ret ? ret :
		range_write(f, nlh, range.len, range.from, range.to);
}

static json_t *read_numbers(const struct field *f, const struct nlattr *a)
{
	uint16_t from, to;

	if (range_read(f, a, sizeof(from), &from, &to) != sizeof(from))
		return NULL;
	if (from == to)
		return json_integer(from);
	return json_sprintf("%u-%u", from, to);
}

static int write_numbers(const struct field *f, const char *word,
			 struct nlmsghdr *nlh)
{
	size_t len = strcspn(word, "-");
	uint16_t from16, to16;
	uint64_t from, to;
	char first[8];

	if (len >= sizeof(first))
		return -EINVAL;
	memcpy(first, word, len);
	first[len] = '\0';
	if (kind_number_parse(first, 0, f->kind->max, &from))
		return -EINVAL;
	to = from;
	if (word[len] &&
	    kind_number_parse(word + len + 1, from, f->kind->max, &to))
		return -EINVAL;
	from16 = from;
	to16 = to;
	return range_write(f, nlh, sizeof(from16), &from16, &to16);
}

static int write_protocols(const struct field *f, const char *word,
			   struct nlmsghdr *nlh)
{
	int number = protocol_parse(word);
	uint16_t value = number;

	if (number < 0)
		return write_numbers(f, word, nlh);
	return range_write(f, nlh, sizeof(value), &value, &value);
}

const struct kind kind_addresses = {
	.expected = "ADDRESS, PREFIX/LENGTH or FIRST-LAST",
	.read = read_addresses, .write = write_addresses,
};

const struct kind kind_ports = {
	.expected = "a port, 0..65535, or FIRST-LAST",
	.max = UINT16_MAX,
	.read = read_numbers, .write = write_numbers,
};

const struct kind kind_octets = {
	.expected = "a number, 0..255, or FIRST-LAST",
	.max = UINT8_MAX,
	.read = read_numbers, .write = write_numbers,
};

const struct kind kind_protocols = {
	.expected = "a name or number, 0..255, or FIRST-LAST",
	.max = UINT8_MAX, .words = protocol_words,
	.read = read_numbers, .write = write_protocols,
};
