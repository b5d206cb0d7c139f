// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/line.h"
#include "dtcp-proto/value.h"
#include "dtcp/body.h"

static void take_line(struct body *b, struct dtcp_text line,
		      const struct dtcp_header *h, bool ended)
{
	if (!b->text.at)
		b->text.at = line.at;
	b->unended = !ended;
	if (!b->has_seq && dtcp_text_is(h->name, "Seq"))
		b->has_seq = !dtcp_value_unsigned(h->value, UINT64_MAX,
						  &b->seq);
}

/* Nothing but white space may stand behind Authentication-Info. */
static int check_rest(struct dtcp_text rest, struct trouble *t)
{
	struct dtcp_text line;

	while (dtcp_line_next(&rest, &line) || line.len) {
		if (dtcp_line_trim(line).len)
			return trouble_set(t, "'%.*s' stands behind "
					   "Authentication-Info; expected one "
					   "message", (int)line.len, line.at);
	}
	return 0;
}

int body_find(struct body *b, struct dtcp_text file, struct trouble *t)
{
	struct dtcp_text rest = file, line;
	struct dtcp_header h;
	bool ended;

	*b = (struct body){ 0 };
	while ((ended = dtcp_line_next(&rest, &line)) || line.len) {
		if (dtcp_line_is_digest(line, &h)) {
			/* An empty line before it is signed too. */
			if (b->text.at)
				b->text.len = (size_t)(line.at - b->text.at);
			if (check_rest(rest, t))
				return -1;
			break;
		}
		if (!dtcp_line_trim(line).len)
			continue;
		take_line(b, line, &h, ended);
		b->text.len = (size_t)(rest.at - b->text.at);
	}
	if (!b->text.at)
		return trouble_set(t, "there is no message in the file");
	return 0;
}

/* Copies the signed text, its last line ended; the caller frees it. */
static char *complete(const struct body *b, size_t room, size_t *len)
{
	char *text = malloc(room);

	if (!text)
		return NULL;
	memcpy(text, b->text.at, b->text.len);
	*len = b->text.len;
	if (b->unended) {
		memcpy(text + *len, "\r\n", 2);
		*len += 2;
	}
	return text;
}

static int put_digest(const struct secret *secret, const char *text, size_t len,
		      char *hex, struct trouble *t)
{
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t i;

	if (dtcp_hmac(secret->key, secret->len, text, len, digest))
		return trouble_set(t, "HMAC-SHA1 is not to be had from "
				   "OpenSSL");
	for (i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
	return 0;
}

int body_digest(const struct body *b, const struct secret *secret,
		char hex[2 * DTCP_DIGEST_LEN + 1], struct trouble *t)
{
	size_t len;
	char *text = complete(b, b->text.len + 2, &len);
	int err;

	if (!text)
		return trouble_set(t, "out of memory");
	err = put_digest(secret, text, len, hex, t);
	free(text);
	return err;
}

int body_sign(const struct body *b, const struct secret *secret,
	      struct dtcp_text *message, struct trouble *t)
{
	char hex[2 * DTCP_DIGEST_LEN + 1];
	size_t len, room = b->text.len + 128;
	char *text = complete(b, room, &len);

	if (!text)
		return trouble_set(t, "out of memory");
	if (put_digest(secret, text, len, hex, t)) {
		free(text);
		return -1;
	}
	len += (size_t)snprintf(text + len, room - len,
				"Authentication-Info: %s\r\n\r\n", hex);
	*message = (struct dtcp_text){ text, len };
	return 0;
}

static int read_all(FILE *f, struct dtcp_text *file)
{
	char *buf = malloc(DTCP_MESSAGE_MAX + 1);

	if (!buf)
		return -ENOMEM;
	file->at = buf;
	file->len = fread(buf, 1, DTCP_MESSAGE_MAX + 1, f);
	if (ferror(f))
		return -errno;
	return file->len > DTCP_MESSAGE_MAX ? -EFBIG : 0;
}

int body_read(const char *path, struct dtcp_text *file, struct trouble *t)
{
	bool is_stdin = !strcmp(path, "-");
	FILE *f = is_stdin ? stdin : fopen(path, "re");
	int err;

	*file = (struct dtcp_text){ NULL, 0 };
	if (!f)
		return trouble_set(t, "%s: %s", path, strerror(errno));
	err = read_all(f, file);
	if (!is_stdin)
		fclose(f);
	if (!err)
		return 0;
	free((void *)file->at);
	file->at = NULL;
	if (err == -EFBIG)
		return trouble_set(t, "%s: longer than a message may be, "
				   "%d bytes", path, DTCP_MESSAGE_MAX);
	return trouble_set(t, "%s: %s", path, strerror(-err));
}
