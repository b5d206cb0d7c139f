// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "dfcctl/args.h"
#include "dfcctl/error.h"
#include "dfcctl/kind.h"

/* Most fields of one table. */
#define FIELDS_MAX 64

static const struct field *find(const struct field *fields,
				unsigned int where, const char *word)
{
	const struct field *f;

	for (f = fields; !field_end(f); f++)
		if (f->flags & where && !strcmp(field_word(f), word))
			return f;
	return NULL;
}

static int say_unknown(const struct field *fields, unsigned int where,
		       const char *word)
{
	const struct field *f;
	char list[1024] = "";
	size_t len = 0;

	for (f = fields; !field_end(f); f++)
		if (f->flags & where && len < sizeof(list))
			len += snprintf(list + len, sizeof(list) - len,
					"%s%s", len ? ", " : "",
					field_word(f));
	return error_say(ERROR_USAGE, "unknown word '%s', expected one of %s",
			 word, list);
}

static int say_bad(const struct field *f, int err, const char *word)
{
	if (err == -EMSGSIZE)
		return error_say(ERROR_USAGE,
				 "%s '%s': more than one message can hold",
				 field_word(f), word);
	return error_say(ERROR_USAGE, "%s '%s': expected %s", field_word(f),
			 word, f->kind->expected);
}

static int put_list(const struct field *f, const char *value,
		    struct nlmsghdr *nlh)
{
	char entry[256];
	size_t len;
	int err;

	for (;; value += len + 1) {
		len = strcspn(value, ",");
		if (len >= sizeof(entry))
			return say_bad(f, -EINVAL, value);
		memcpy(entry, value, len);
		entry[len] = '\0';
		err = f->kind->write(f, entry, nlh);
		if (err)
			return say_bad(f, err, entry);
		if (!value[len])
			return 0;
	}
}

static int put(const struct field *f, const char *value, struct nlmsghdr *nlh)
{
	int err;

	if (f->flags & FIELD_LIST)
		return put_list(f, value, nlh);
	err = f->kind->write(f, value, nlh);
	return err ? say_bad(f, err, value) : 0;
}

/*
 * The attribute that says what others mean is written once, and words that
 * would have it say two things exclude each other.
 */
static int put_when(const struct field *fields, const struct field *f,
		    const bool *given, struct nlmsghdr *nlh)
{
	const struct field *other;

	if (!f->when || given[f - fields])
		return 0;
	for (other = fields; !field_end(other); other++)
		if (other->when == f->when && given[other - fields])
			return error_say(ERROR_USAGE,
					 "'%s' and '%s' exclude each other",
					 field_word(other), field_word(f));
	if (!mnl_attr_put_u32_check(nlh, FIELD_MESSAGE_MAX, f->when, f->is))
		return say_bad(f, -EMSGSIZE, field_word(f));
	return 0;
}

static int check_needed(const struct field *fields, unsigned int where,
			const bool *given)
{
	const struct field *f;

	for (f = fields; !field_end(f); f++)
		if (f->flags & where && f->flags & FIELD_NEEDED &&
		    !given[f - fields])
			return error_say(ERROR_USAGE, "'%s' is missing: %s",
					 field_word(f), f->kind->expected);
	return 0;
}

static int put_pairs(const struct field *fields, unsigned int where,
		     char *const *words, int n, struct nlmsghdr *nlh)
{
	bool given[FIELDS_MAX] = { false };
	const struct field *f;
	int i, status;

	for (i = 0; i < n; i += 2) {
		f = find(fields, where, words[i]);
		if (!f)
			return say_unknown(fields, where, words[i]);
		if (given[f - fields] && !(f->flags & FIELD_LIST))
			return error_say(ERROR_USAGE, "'%s' is given twice",
					 words[i]);
		if (i + 1 == n)
			return error_say(ERROR_USAGE,
					 "'%s' needs a value: %s", words[i],
					 f->kind->expected);
		status = put_when(fields, f, given, nlh);
		if (!status)
			status = put(f, words[i + 1], nlh);
		if (status)
			return status;
		given[f - fields] = true;
	}
	return check_needed(fields, where, given);
}

int args_put(const struct field *fields, unsigned int where, uint16_t attr,
	     char *const *words, int n, struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, attr);
	int status = put_pairs(fields, where, words, n, nlh);

	mnl_attr_nest_end(nlh, nest);
	return status;
}

int args_put_id(uint16_t attr, uint16_t id_attr, const char *word,
		struct nlmsghdr *nlh)
{
	struct nlattr *nest;
	uint64_t id;

	if (kind_number_parse(word, kind_id.min, kind_id.max, &id))
		return error_say(ERROR_USAGE, "id '%s': expected %s", word,
				 kind_id.expected);
	nest = mnl_attr_nest_start_check(nlh, FIELD_MESSAGE_MAX, attr);
	if (!nest ||
	    !mnl_attr_put_u32_check(nlh, FIELD_MESSAGE_MAX, id_attr, id))
		return error_say(ERROR_USAGE,
				 "id '%s': more than one message can hold",
				 word);
	mnl_attr_nest_end(nlh, nest);
	return 0;
}
