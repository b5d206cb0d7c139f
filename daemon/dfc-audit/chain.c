// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dfc-audit/chain.h"

#define HASH_NAME	",\"hash\":\""
#define HASH_END	"\"}"
#define NONE		"00000000000000000000000000000000" \
			"00000000000000000000000000000000"
/* From where the hash covers nothing more. */
#define TAIL_LEN	(strlen(HASH_NAME) + CHAIN_HASH_LEN + strlen(HASH_END))

const struct chain_head chain_start = { .hash = NONE };

void chain_hex(const uint8_t *bytes, size_t n, char *hex)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*hex++ = digits[bytes[i] >> 4];
		*hex++ = digits[bytes[i] & 15];
	}
	*hex = '\0';
}

static bool digest(const struct chain_key *key, const char *previous,
		   const char *text, size_t len, char hash[CHAIN_HASH_LEN + 1])
{
	uint8_t bytes[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = NULL;
	size_t n = sizeof(bytes);
	bool done;

	if (key->len)
		pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_HMAC, NULL,
						    key->bytes, key->len);
	if (!ctx || (key->len && !pkey))
		done = false;
	else if (pkey)
		done = EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
					  pkey) == 1 &&
		       EVP_DigestSignUpdate(ctx, previous,
					    CHAIN_HASH_LEN) == 1 &&
		       EVP_DigestSignUpdate(ctx, text, len) == 1 &&
		       EVP_DigestSignFinal(ctx, bytes, &n) == 1;
	else
		done = EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		       EVP_DigestUpdate(ctx, previous, CHAIN_HASH_LEN) == 1 &&
		       EVP_DigestUpdate(ctx, text, len) == 1 &&
		       EVP_DigestFinal_ex(ctx, bytes, NULL) == 1;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	if (done)
		chain_hex(bytes, CHAIN_HASH_LEN / 2, hash);
	return done;
}

/* @text, which is freed, without its last brace and with the hash. */
static char *finish(char *text, const struct chain_head *head,
		    const struct chain_key *key, struct chain_head *next)
{
	size_t len = strlen(text) - 1;
	char *line = realloc(text, len + TAIL_LEN + 2);

	if (!line) {
		free(text);
		return NULL;
	}
	if (len + TAIL_LEN + 1 > CHAIN_LINE_MAX ||
	    !digest(key, head->hash, line, len, next->hash)) {
		free(line);
		return NULL;
	}
	sprintf(line + len, "%s%s%s\n", HASH_NAME, next->hash, HASH_END);
	return line;
}

char *chain_line(const struct chain_head *head, const struct chain_key *key,
		 json_t *time, json_t *record, struct chain_head *next)
{
	json_t *all = json_pack("{sI so}", "seq", (json_int_t)head->seq + 1,
				"time", time);
	char *text = NULL;

	if (all && record && !json_object_update(all, record))
		text = json_dumps(all, JSON_COMPACT);
	json_decref(all);
	if (!text)
		return NULL;
	next->seq = head->seq + 1;
	return finish(text, head, key, next);
}

static bool is_hash(const char *text)
{
	return text && strlen(text) == CHAIN_HASH_LEN &&
	       strspn(text, "0123456789abcdef") == CHAIN_HASH_LEN;
}

/* What a line is, as far as it can be told by itself. */
static json_t *parse(const char *line, size_t len, struct chain_head *next)
{
	json_t *record, *seq, *hash;

	if (len <= TAIL_LEN || len >= CHAIN_LINE_MAX ||
	    memcmp(line + len - TAIL_LEN, HASH_NAME, strlen(HASH_NAME)))
		return NULL;
	record = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	seq = json_object_get(record, "seq");
	hash = json_object_get(record, "hash");
	if (!json_is_integer(seq) || json_integer_value(seq) < 1 ||
	    !is_hash(json_string_value(hash)) ||
	    !json_is_string(json_object_get(record, "time")) ||
	    !json_is_string(json_object_get(record, "event"))) {
		json_decref(record);
		return NULL;
	}
	next->seq = (uint64_t)json_integer_value(seq);
	strcpy(next->hash, json_string_value(hash));
	return record;
}

static bool is_opening(const json_t *record)
{
	return !strcmp(json_string_value(json_object_get(record, "event")),
		       CHAIN_OPENED);
}

/* The hash that the line goes on from, as it says itself; or NULL. */
static const char *previous_of(const json_t *record)
{
	const char *previous = json_string_value(
				json_object_get(record, CHAIN_PREVIOUS));

	return is_opening(record) && is_hash(previous) ? previous : NULL;
}

/* The key was for another kind of chain, which is told before all else. */
static bool is_other_kind(const json_t *record, const struct chain_key *key)
{
	const char *kind = json_string_value(json_object_get(record,
							     CHAIN_KIND));

	return is_opening(record) && kind &&
	       strcmp(kind, key->len ? "hmac-sha256" : "sha256");
}

static enum chain_fault judge(const struct chain_head *head,
			      const struct chain_key *key, const char *line,
			      size_t len, const struct chain_head *next,
			      const json_t *record)
{
	bool known = head->hash[0], follows = next->seq == head->seq + 1;
	const char *previous = previous_of(record);
	char hash[CHAIN_HASH_LEN + 1];

	if (is_other_kind(record, key))
		return CHAIN_OTHER_KEY;
	if (known && next->seq <= head->seq)
		return CHAIN_ORDER;
	if (known && follows)
		previous = previous && strcmp(previous, head->hash) ? NONE :
			   head->hash;
	if (previous && (!digest(key, previous, line, len - TAIL_LEN, hash) ||
			 strcmp(hash, next->hash)))
		return CHAIN_CHANGED;
	return known && !follows ? CHAIN_MISSING : CHAIN_GOOD;
}

enum chain_fault chain_check(const struct chain_head *head,
			     const struct chain_key *key, const char *line,
			     size_t len, struct chain_head *next,
			     json_t **record)
{
	enum chain_fault fault = CHAIN_NO_LINE;
	json_t *o = parse(line, len, next);

	if (o)
		fault = judge(head, key, line, len, next, o);
	if (record)
		*record = o;
	else
		json_decref(o);
	return fault;
}

bool chain_head_parse(const char *text, struct chain_head *head)
{
	size_t digits = strspn(text, "0123456789");

	if (!digits || digits > 18 || text[digits] != ':' ||
	    !is_hash(text + digits + 1))
		return false;
	head->seq = strtoull(text, NULL, 10);
	strcpy(head->hash, text + digits + 1);
	return true;
}

int chain_head_read(const char *path, struct chain_head *head)
{
	char text[CHAIN_HEAD_LEN + 2] = "";
	FILE *f = fopen(path, "re");
	bool good;

	if (!f)
		return errno == ENOENT ? -ENOENT : -EINVAL;
	good = fgets(text, sizeof(text), f);
	fclose(f);
	text[strcspn(text, "\n")] = '\0';
	return good && chain_head_parse(text, head) ? 0 : -EINVAL;
}

/* What dtcpd runs as by systemd may read a file of root that it cannot write. */
static bool is_private(const struct stat *st)
{
	mode_t others = st->st_mode & (S_IRWXG | S_IRWXO);

	return !others || (others == S_IRGRP && !st->st_uid && st->st_gid);
}

const char *chain_key_read(const char *path, struct chain_key *key)
{
	FILE *f = fopen(path, "re");
	struct stat st;
	char more;

	key->len = 0;
	if (!f)
		return "it cannot be opened, expected a file that can be read";
	if (fstat(fileno(f), &st) || !S_ISREG(st.st_mode) ||
	    !is_private(&st)) {
		fclose(f);
		return "others may read it, or it is no file, expected mode 0600, or 0640 of root and the group dtcpd";
	}
	setvbuf(f, NULL, _IONBF, 0);
	key->len = fread(key->bytes, 1, sizeof(key->bytes), f);
	if (key->len && key->bytes[key->len - 1] == '\n')
		key->len--;
	if (fread(&more, 1, 1, f) == 1 || ferror(f) ||
	    key->len < CHAIN_KEY_MIN) {
		OPENSSL_cleanse(key, sizeof(*key));
		fclose(f);
		return "expected a key of 16 to 4096 bytes";
	}
	fclose(f);
	return NULL;
}
