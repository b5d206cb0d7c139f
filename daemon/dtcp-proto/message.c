// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <openssl/crypto.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/line.h"
#include "dtcp-proto/message.h"
#include "dtcp-proto/value.h"

/* Digits of a version's part; what is longer is no version of anything. */
#define VERSION_PART_MAX 65535

/* Asked hundreds of times a request: most differ in their first letter. */
bool dtcp_text_is(struct dtcp_text t, const char *word)
{
	if (!t.len || ((t.at[0] ^ word[0]) & ~('a' ^ 'A')))
		return !t.len && !word[0];
	return t.len == strlen(word) && !strncasecmp(t.at, word, t.len);
}

/* Most lines are not Authentication-Info, and that can be seen at once. */
static bool may_be_digest(struct dtcp_text line)
{
	struct dtcp_text name = dtcp_line_trim(line);

	return name.len && (name.at[0] == 'A' || name.at[0] == 'a');
}

long dtcp_message_frame(const char *buf, size_t len)
{
	struct dtcp_text rest = { buf, len }, line;
	struct dtcp_header h;
	bool ending = false;

	while (dtcp_line_next(&rest, &line)) {
		size_t used = len - rest.len;

		if (line.len > DTCP_LINE_MAX || used > DTCP_MESSAGE_MAX)
			return -EMSGSIZE;
		if (ending && !dtcp_line_trim(line).len)
			return (long)used;
		if (!ending)
			ending = may_be_digest(line) &&
				 dtcp_line_is_digest(line, &h);
	}
	if (line.len > DTCP_LINE_MAX || len > DTCP_MESSAGE_MAX)
		return -EMSGSIZE;
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

/* Takes the next token of the first line; empty at its end. */
static struct dtcp_text next_token(struct dtcp_text *rest)
{
	struct dtcp_text token = dtcp_line_trim(*rest);
	size_t n = 0;

	*rest = token;
	while (n < rest->len && !is_space(rest->at[n]))
		n++;
	token.len = n;
	rest->at += n;
	rest->len -= n;
	return token;
}

static bool is_method(struct dtcp_text t)
{
	size_t i;

	for (i = 0; i < t.len; i++) {
		char c = t.at[i];

		if (!(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') &&
		    !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return t.len > 0;
}

static int parse_version(struct dtcp_version *v, struct dtcp_text t)
{
	static const char start[] = "DTCP/";
	struct dtcp_text major, minor;
	uint64_t value[2];
	const char *dot;

	if (t.len < sizeof(start) - 1 ||
	    strncasecmp(t.at, start, sizeof(start) - 1))
		return -EBADMSG;
	t.at += sizeof(start) - 1;
	t.len -= sizeof(start) - 1;
	dot = t.len ? memchr(t.at, '.', t.len) : NULL;
	if (!dot)
		return -EBADMSG;
	major = (struct dtcp_text){ t.at, (size_t)(dot - t.at) };
	minor = (struct dtcp_text){ dot + 1, t.len - major.len - 1 };
	if (dtcp_value_digits(major, VERSION_PART_MAX, &value[0]) ||
	    dtcp_value_digits(minor, VERSION_PART_MAX, &value[1]))
		return -EBADMSG;
	v->major = (unsigned int)value[0];
	v->minor = (unsigned int)value[1];
	return 0;
}

static int parse_first(struct dtcp_message *m, struct dtcp_text line)
{
	struct dtcp_text rest = line, token;
	uint64_t code;

	m->first_line = line;
	if (!dtcp_line_is_printable(line))
		return -EBADMSG;
	token = next_token(&rest);
	if (is_method(token)) {
		m->method = token;
		if (parse_version(&m->version, next_token(&rest)) ||
		    next_token(&rest).len)
			return -EBADMSG;
		return 0;
	}
	if (parse_version(&m->version, token))
		return -EBADMSG;
	token = next_token(&rest);
	if (token.len != 3 || dtcp_value_digits(token, 999, &code) ||
	    code < 100)
		return -EBADMSG;
	m->is_response = true;
	m->code = (unsigned int)code;
	m->reason = dtcp_line_trim(rest);
	return 0;
}

/* Takes the next line; false at the end of the text. */
static bool next_line(struct dtcp_text *rest, struct dtcp_text *line)
{
	return dtcp_line_next(rest, line) || line->len;
}

static int parse_headers(struct dtcp_message *m, struct dtcp_text rest,
			 const char *buf)
{
	struct dtcp_text line;
	struct dtcp_header h;

	m->signed_len = (size_t)(rest.at - buf);
	while (next_line(&rest, &line)) {
		if (line.len > DTCP_LINE_MAX)
			return -EMSGSIZE;
		if (!dtcp_line_trim(line).len)
			continue;
		if (dtcp_line_is_digest(line, &h)) {
			m->has_digest = !dtcp_line_digest(h.value, m->digest);
			m->signed_len = (size_t)(line.at - buf);
			return 0;
		}
		if (m->nheaders == DTCP_HEADERS_MAX)
			return -EMSGSIZE;
		m->headers[m->nheaders++] = h;
		m->signed_len = (size_t)(rest.at - buf);
	}
	return 0;
}

int dtcp_message_parse(struct dtcp_message *m, const char *buf, size_t len)
{
	struct dtcp_text rest = { buf, len }, line;
	int err;

	/* Not the headers, which are kilobytes. */
	memset(m, 0, offsetof(struct dtcp_message, headers));
	if (len > DTCP_MESSAGE_MAX)
		return -EMSGSIZE;
	do {
		if (!next_line(&rest, &line))
			return -EBADMSG;
	} while (!dtcp_line_trim(line).len);
	if (line.len > DTCP_LINE_MAX)
		return -EMSGSIZE;
	err = parse_first(m, line);
	if (err)
		return err;
	return parse_headers(m, rest, buf);
}

const struct dtcp_header *dtcp_message_find(const struct dtcp_message *m,
					    const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; i < m->nheaders; i++) {
		if (m->headers[i].name.len == len &&
		    dtcp_text_is(m->headers[i].name, name))
			return &m->headers[i];
	}
	return NULL;
}

bool dtcp_message_verify_by(const struct dtcp_message *m, const char *buf,
			    struct dtcp_hmac *h)
{
	const char *start = m->first_line.at;
	uint8_t digest[DTCP_DIGEST_LEN];

	if (!m->has_digest ||
	    dtcp_hmac_text(h, start, (size_t)(buf + m->signed_len - start),
			   digest))
		return false;
	return !CRYPTO_memcmp(digest, m->digest, sizeof(digest));
}

bool dtcp_message_verify(const struct dtcp_message *m, const char *buf,
			 const void *key, size_t key_len)
{
	struct dtcp_hmac h = { 0 };
	bool right;

	right = !dtcp_hmac_key(&h, key, key_len) &&
		dtcp_message_verify_by(m, buf, &h);
	dtcp_hmac_fini(&h);
	return right;
}
