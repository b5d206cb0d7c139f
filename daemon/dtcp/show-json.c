// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp/show.h"

/* Headers of answers that hold one number. */
static const char *const numbers[] = {
	"Seq", "Criteria-ID", "Criteria-Num", "Criteria-Count", "Priority",
	"Timeout-Total", "Timeout-Idle", "Timeout-Packets", "Timeout-Bytes",
	"Remaining-Total", "Remaining-Idle", "Remaining-Packets",
	"Remaining-Bytes", "Matching-Packets", "Matching-Bytes",
	"Average-Bandwidth", "Num-Refresh",
};

static json_t *text_value(struct dtcp_text t)
{
	json_t *value = json_stringn(t.at, t.len);
	char *copy;
	size_t i;

	if (value)
		return value;
	/* Not UTF-8. */
	copy = strndup(t.at, t.len);
	if (!copy)
		return NULL;
	for (i = 0; copy[i]; i++) {
		if ((unsigned char)copy[i] >= 0x80)
			copy[i] = '?';
	}
	value = json_string(copy);
	free(copy);
	return value;
}

static json_t *header_value(const struct dtcp_header *h)
{
	uint64_t number;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (dtcp_text_is(h->name, numbers[i]) &&
		    !dtcp_value_unsigned(h->value, UINT64_MAX, &number) &&
		    number <= INT64_MAX)
			return json_integer((json_int_t)number);
	}
	return text_value(h->value);
}

/* The first of a name counts; a line without a name has no place here. */
static int add_header(json_t *object, const struct dtcp_header *h)
{
	char name[256];
	size_t i;

	if (!h->name.len || h->name.len >= sizeof(name))
		return 0;
	for (i = 0; i < h->name.len; i++) {
		unsigned char c = (unsigned char)h->name.at[i];

		name[i] = c < 0x80 ? (char)tolower(c) : '?';
	}
	name[i] = '\0';
	if (json_object_get(object, name))
		return 0;
	return json_object_set_new(object, name, header_value(h));
}

static json_t *entry_object(const struct reply *r, const struct reply_entry *e)
{
	json_t *object = json_object();
	size_t i;

	for (i = e->first; i < e->first + e->n; i++) {
		if (add_header(object, &r->header[i])) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static int add_entries(json_t *answer, const struct reply *r)
{
	json_t *criteria = json_array();
	size_t i;

	if (json_object_set_new(answer, "criteria", criteria))
		return -1;
	for (i = 0; i < r->nentries; i++) {
		if (json_array_append_new(criteria,
					  entry_object(r, &r->entry[i])))
			return -1;
	}
	return 0;
}

static int add_headers(json_t *answer, const struct reply *r)
{
	json_t *headers = json_object();
	size_t i;

	if (json_object_set_new(answer, "headers", headers))
		return -1;
	for (i = 0; i < r->n; i++) {
		if (!reply_in_entry(r, i) && add_header(headers, &r->header[i]))
			return -1;
	}
	return 0;
}

json_t *show_json(const struct reply *r, bool list)
{
	json_t *answer = json_pack("{s:o, s:i, s:o}", "version",
				   json_sprintf("%u.%u", r->version.major,
						r->version.minor),
				   "code", (int)r->code,
				   "reason", text_value(r->reason));

	if (!answer)
		return NULL;
	if (add_headers(answer, r) ||
	    ((list || r->nentries) && add_entries(answer, r))) {
		json_decref(answer);
		return NULL;
	}
	return answer;
}
