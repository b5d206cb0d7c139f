/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_FIELD_H
#define DFCCTL_FIELD_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <stdint.h>
#include <stdio.h>

/* Longest message to the kernel; a nest of attributes cannot hold more. */
#define FIELD_MESSAGE_MAX	60000

#define FIELD_ADD	(1U << 0)	/* word of `add` */
#define FIELD_SET	(1U << 1)	/* word of `set` */
#define FIELD_NEEDED	(1U << 2)	/* `add` and `set` need it */
#define FIELD_LIST	(1U << 3)	/* repeats: JSON array or object */
#define FIELD_NOT	(1U << 4)	/* entries with DFC_ENTRY_F_NOT */
#define FIELD_MATCH	(1U << 5)	/* part of the column MATCH */
#define FIELD_ALARM	(1U << 6)	/* coloured unless it is 0 */
#define FIELD_DEST	(1U << 7)	/* the value is a destination's id */
#define FIELD_GROUP	(1U << 8)	/* the value is a group's id */
#define FIELD_SPARSE	(1U << 9)	/* text leaves out what is 0 in it */

/* How text shows a value; JSON has it as it is. */
enum unit {
	UNIT_NONE,
	UNIT_SECONDS,		/* s, exact */
	UNIT_DURATION,		/* s, rounded for the reader */
	UNIT_BITRATE,		/* bit/s */
	UNIT_PACKETRATE,	/* packets/s, rounded for the reader */
	UNIT_PROTOCOL,		/* IP protocol number */
};

struct field;

/**
 * struct kind - a type of value: how to read and write its attribute
 * @expected: what a word must look like, for errors; NULL: out only
 * @min: smallest number allowed
 * @max: largest number allowed
 * @size: bytes of a number in a message
 * @words: words that a value can be, ended by NULL, or NULL
 * @read: attribute to JSON, a new reference; NULL: not a value of @f
 * @write: append word as attribute @f->attr; 0, -EINVAL (the word is bad) or
 *	-EMSGSIZE (the message is full)
 */
struct kind {
	const char *expected;
	uint64_t min;
	uint64_t max;
	unsigned int size;
	const char *const *words;
	json_t *(*read)(const struct field *f, const struct nlattr *a);
	int (*write)(const struct field *f, const char *word,
		     struct nlmsghdr *nlh);
};

/**
 * struct field - one value of an object: the table that JSON, text and the
 *	command line share; a table ends with a field without name and nest
 * @name: key in JSON, label in text
 * @word: word of the command line, NULL: @name
 * @head: heading of its column in lists, NULL: not in lists
 * @attr: attribute that holds it, 0: joined from elsewhere
 * @when: the value is that of this field only where the u32 attribute @when
 *	beside @attr is @is; 0: it always is
 * @is: value of @when
 * @nest: fields inside @attr, NULL: @attr is a value of @kind
 * @kind: type of the value
 * @unit: how text shows it
 * @flags: FIELD_*
 */
struct field {
	const char *name;
	const char *word;
	const char *head;
	uint16_t attr;
	uint16_t when;
	uint32_t is;
	const struct field *nest;
	const struct kind *kind;
	enum unit unit;
	unsigned int flags;
};

/**
 * field_read() - take the values of an object out of its attribute
 * @fields: table
 * @nest: attribute that holds the object; what is malformed is left out
 * @record: JSON object, gets the values in the order of the table; nested
 *	tables are flattened into it
 */
void field_read(const struct field *fields, const struct nlattr *nest,
		json_t *record);

/**
 * field_print() - write a value for people
 * @out: stream
 * @f: field
 * @value: its value in JSON
 */
void field_print(FILE *out, const struct field *f, const json_t *value);

/**
 * field_word() - the word that stands for a field on the command line
 * @f: field
 *
 * Return: a constant string.
 */
const char *field_word(const struct field *f);

/**
 * field_end() - tell whether a table ends here
 * @f: field
 *
 * Return: nonzero behind the last field.
 */
static inline int field_end(const struct field *f)
{
	return !f->name && !f->nest;
}

#endif
