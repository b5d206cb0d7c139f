// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <strings.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/line.h"
#include "dtcp-proto/value.h"
#include "dtcp/reply.h"

static int append_header(struct reply *r, const struct dtcp_header *h)
{
	struct dtcp_header *grown = r->header;

	/* Grown when the number is a power of two. */
	if (!(r->n & (r->n - 1))) {
		grown = reallocarray(r->header, r->n ? 2 * r->n : 1,
				     sizeof(*grown));
		if (!grown)
			return -1;
		r->header = grown;
	}
	r->header[r->n++] = *h;
	return 0;
}

static int append_entry(struct reply *r, size_t first)
{
	struct reply_entry *grown = r->entry;

	if (!(r->nentries & (r->nentries - 1))) {
		grown = reallocarray(r->entry,
				     r->nentries ? 2 * r->nentries : 1,
				     sizeof(*grown));
		if (!grown)
			return -1;
		r->entry = grown;
	}
	r->entry[r->nentries++] = (struct reply_entry){ first, 0 };
	return 0;
}

static const struct dtcp_header *find(const struct reply *r, const char *name)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (dtcp_text_is(r->header[i].name, name))
			return &r->header[i];
	}
	return NULL;
}

/* Whether a row has a header of this name before its header @i. */
static bool is_repeated(const struct reply *r, const struct reply_entry *e,
			size_t i)
{
	size_t j;

	for (j = e->first; j < i; j++) {
		if (r->header[j].name.len == r->header[i].name.len &&
		    !strncasecmp(r->header[j].name.at, r->header[i].name.at,
				 r->header[i].name.len))
			return true;
	}
	return false;
}

/*
 * Where rows start with Criteria-Num, nothing ends the last one: Timestamp and
 * Seq of the response follow. Rows have no Seq, and each header once.
 */
static void trim_last_entry(struct reply *r)
{
	struct reply_entry *e = r->nentries ? &r->entry[r->nentries - 1] : NULL;
	size_t i;

	for (i = 0; e && i < e->n; i++) {
		if (dtcp_text_is(r->header[e->first + i].name, "Seq") ||
		    is_repeated(r, e, e->first + i))
			e->n = i;
	}
}

/*
 * Over SSH a row starts with Criteria-ID and ends with Criteria-Num and
 * Criteria-Count; what follows is the response's. In the drafts these two come
 * first, and a row lasts until the next one. Without Criteria-Num, as in the
 * answer to ADD, there are no rows.
 */
static int split_entries(struct reply *r)
{
	const struct dtcp_header *num = find(r, "Criteria-Num");
	const struct dtcp_header *id = find(r, "Criteria-ID");
	bool by_id = id && id < num;
	const char *start = by_id ? "Criteria-ID" : "Criteria-Num";
	unsigned int left = 0;
	size_t i;

	for (i = 0; num && i < r->n; i++) {
		struct dtcp_text name = r->header[i].name;

		if (dtcp_text_is(name, start)) {
			if (append_entry(r, i))
				return -1;
			left = 2;
		}
		if (left)
			r->entry[r->nentries - 1].n++;
		if (by_id && left && (dtcp_text_is(name, "Criteria-Num") ||
				      dtcp_text_is(name, "Criteria-Count")))
			left--;
	}
	trim_last_entry(r);
	return 0;
}

static int check_digest(struct dtcp_text body, struct dtcp_text value,
			const void *key, size_t key_len, struct trouble *t)
{
	uint8_t expected[DTCP_DIGEST_LEN], digest[DTCP_DIGEST_LEN];

	if (dtcp_line_digest(value, digest))
		return trouble_set(t, "the answer's Authentication-Info is "
				   "broken; expected 40 hex digits");
	if (dtcp_hmac(key, key_len, body.at, body.len, expected))
		return trouble_set(t, "HMAC-SHA1 is not to be had from "
				   "OpenSSL");
	if (CRYPTO_memcmp(expected, digest, sizeof(digest)))
		return trouble_set(t, "the answer's digest is wrong: it was "
				   "changed, or the router has another shared "
				   "key");
	return 0;
}

/* Anybody may have sent it: nothing of it must drive the terminal. */
static int refuse_line(struct dtcp_text line, struct trouble *t)
{
	char shown[80];
	size_t i;

	for (i = 0; i < line.len && i + 1 < sizeof(shown); i++) {
		unsigned char c = (unsigned char)line.at[i];

		shown[i] = c < ' ' || c >= 0x7f ? '?' : (char)c;
	}
	shown[i] = '\0';
	return trouble_set(t, "not an answer: '%s'; expected 'DTCP/0.7 200 "
			   "OK' or the like", shown);
}

/* Reads the status line; the headers start behind it. */
static int take_status(struct reply *r, struct dtcp_text *rest,
		       const char **start, struct trouble *t)
{
	struct dtcp_message m;
	struct dtcp_text line;

	do {
		if (!dtcp_line_next(rest, &line) && !line.len)
			return trouble_set(t, "the answer is empty");
	} while (!dtcp_line_trim(line).len);
	if (line.len > DTCP_LINE_MAX ||
	    dtcp_message_parse(&m, line.at, line.len) || !m.is_response)
		return refuse_line(line, t);
	*start = line.at;
	r->version = m.version;
	r->code = m.code;
	r->reason = m.reason;
	return 0;
}

int reply_parse(struct reply *r, const char *msg, size_t len, const void *key,
		size_t key_len, struct trouble *t)
{
	struct dtcp_text rest = { msg, len }, line;
	struct dtcp_header h;
	const char *start;

	*r = (struct reply){ 0 };
	if (take_status(r, &rest, &start, t))
		return -1;
	while (dtcp_line_next(&rest, &line) || line.len) {
		if (dtcp_line_is_digest(line, &h)) {
			struct dtcp_text body = { start,
						  (size_t)(line.at - start) };

			if (split_entries(r))
				return trouble_set(t, "out of memory");
			return check_digest(body, h.value, key, key_len, t);
		}
		if (dtcp_line_trim(line).len && append_header(r, &h))
			return trouble_set(t, "out of memory");
	}
	return trouble_set(t, "the answer has no Authentication-Info");
}

void reply_fini(struct reply *r)
{
	free(r->header);
	free(r->entry);
	*r = (struct reply){ 0 };
}

bool reply_is_notification(const struct reply *r)
{
	static const unsigned int code[] = {
		130, 131, 390, 580, 598, 599, 680
	};
	size_t i;

	for (i = 0; i < sizeof(code) / sizeof(code[0]); i++) {
		if (r->code == code[i])
			return !find(r, "Seq");
	}
	return false;
}

int reply_check_seq(const struct reply *r, uint64_t seq, struct trouble *t)
{
	const struct dtcp_header *h = find(r, "Seq");
	uint64_t got;

	if (!h)
		return trouble_set(t, "the answer has no SEQ; expected %"
				   PRIu64, seq);
	if (dtcp_value_unsigned(h->value, UINT64_MAX, &got) || got != seq)
		return trouble_set(t, "the answer has SEQ %.*s; expected %"
				   PRIu64, (int)h->value.len, h->value.at, seq);
	return 0;
}

bool reply_in_entry(const struct reply *r, size_t i)
{
	size_t low = 0, high = r->nentries;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct reply_entry *e = &r->entry[middle];

		if (i < e->first)
			high = middle;
		else if (i >= e->first + e->n)
			low = middle + 1;
		else
			return true;
	}
	return false;
}
