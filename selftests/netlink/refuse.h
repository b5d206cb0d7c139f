/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef REFUSE_H
#define REFUSE_H

#include "act.h"

/**
 * struct part - an attribute as it is written
 * @type: type, with NLA_F_NESTED or without
 * @len: bytes of @value
 * @value: value
 */
struct part {
	uint16_t type;
	uint16_t len;
	const void *value;
};

/* Type and value of an attribute. */
#define U8(type, v) { type, 1, &(const uint8_t){ v } }
#define U16(type, v) { type, 2, &(const uint16_t){ v } }
#define U32(type, v) { type, 4, &(const uint32_t){ v } }
#define U64(type, v) { type, 8, &(const uint64_t){ v } }
#define BYTES(type, ...) { type, sizeof((const uint8_t[]){ __VA_ARGS__ }), \
			   (const uint8_t[]){ __VA_ARGS__ } }
#define TEXT(type, text) { type, sizeof(text), text }
#define NOTHING(type) { type, 0, NULL }

/**
 * struct bad_part - an attribute that must be refused
 * @name: what is wrong with it
 * @part: the attribute
 * @error: errno
 * @text: sentence of the extended acknowledgement
 */
struct bad_part {
	const char *name;
	struct part part;
	int error;
	const char *text;
};

/* Sentences that are the kernel's own. */
#define UNKNOWN "Unknown attribute type"
#define UNSUPPORTED "Unsupported attribute"
#define WRONG_LENGTH "invalid attribute length"
#define OUT_OF_RANGE "integer out of range"
#define RESERVED "reserved bit set"
#define NOT_A_NEST "NLA_F_NESTED is missing"
#define A_NEST "NLA_F_NESTED not expected"
#define BAD_POLICY "Attribute failed policy validation"

/* Sentences that serve many commands. */
#define FOREIGN "attribute does not belong to this command"
#define TWICE "attribute is given twice"

/* Defines a group of everything in an array of tests, which change nothing. */
#define REFUSE_GROUP(name, tests) \
	static unsigned int name##_count(void) \
	{ \
		return sizeof(tests) / sizeof(*(tests)); \
	} \
	static void name##_run(void) \
	{ \
		refuse_tests(tests, name##_count()); \
	} \
	const struct group name##_group = { \
		.count = name##_count, \
		.run = name##_run, \
	}

/**
 * refuse_tests() - run tests, all on the same objects
 * @tests: the tests
 * @count: their number
 */
void refuse_tests(const struct test *tests, unsigned int count);

/**
 * refuse_part() - write an attribute
 * @r: request
 * @part: attribute
 */
void refuse_part(struct request *r, const struct part *part);

/**
 * refuse_begin() - go into a new namespace and have something there to keep
 *
 * Return: a socket there, beside the filter 1, the destinations 1 and 2, and
 * the groups 1 (active), 2 (active, with "a") and 3 (passive, with "p").
 */
struct wire *refuse_begin(void);

/**
 * refuse_result() - tell whether a request was refused and changed nothing
 * @w: from refuse_begin()
 * @name: what was wrong with the request
 * @refused: whether it was refused as it must be
 *
 * Return: @w, or if something changed the like of it.
 */
struct wire *refuse_result(struct wire *w, const char *name, bool refused);

#endif /* REFUSE_H */
