// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dfc-netlink/stamp.h"
#include "dtcpd/audit-crowd.h"
#include "dtcpd/audit-file.h"
#include "dtcpd/audit.h"
#include "dtcpd/escape.h"
#include "dtcpd/log.h"

#define BURST		64	/* lines of strangers at once; then 1/s */
#define TORN_MAX	4096	/* bytes of a torn line that are noted */

/**
 * struct audit - the log
 * @file: where lines go
 * @gone: that has vanished, and no other can be opened at its path
 * @begun: its first line is written
 * @key: of the chain
 * @head: last line
 * @kept: last line that the file of the head was told of
 * @directory: where @head is kept, and the file if the configuration names none
 * @lost: records that could not be written since the last that could
 * @crowd: attempts of strangers
 * @budget: lines that strangers may have now
 */
struct audit {
	struct audit_file *file;
	bool gone;
	bool begun;
	struct chain_key key;
	struct chain_head head;
	uint64_t kept;
	char directory[PATH_MAX / 2];
	uint64_t lost;
	struct crowd crowd;
	unsigned int budget;
};

struct audit_change {
	struct audit *audit;
	struct audit_file *file;	/* NULL: it stays */
	struct chain_key key;
};

static int append(struct audit *a, json_t *record)
{
	struct chain_head next;
	char *line;
	int err;

	line = chain_line(&a->head, &a->key, dfc_stamp_now(), record, &next);
	if (!line)
		return -ENOMEM;
	err = audit_file_append(a->file, line);
	free(line);
	if (!err)
		a->head = next;
	return err;
}

static void failed(struct audit *a, int err)
{
	if (!a->lost++)
		log_msg(LOG_ERR,
			"audit-log %s cannot be written: %s; ADDs are refused until it can",
			a->file->path, strerror(-err));
}

/* @record is freed. */
static int append_new(struct audit *a, json_t *record)
{
	int err = record ? append(a, record) : -ENOMEM;

	json_decref(record);
	return err;
}

/* A file that is new says what it goes on from, before all else. */
static int begin_file(struct audit *a)
{
	int err = append_new(a, json_pack("{ss ss ss ss}",
			"event", CHAIN_OPENED,
			CHAIN_PREVIOUS, a->head.hash,
			CHAIN_KIND, a->key.len ? "hmac-sha256" : "sha256",
			"version", DFC_VERSION));

	a->begun = !err;
	return err;
}

static int tell_lost(struct audit *a)
{
	int err = append_new(a, json_pack("{ss sI}", "event", "records-lost",
					  "count", (json_int_t)a->lost));

	if (err)
		return err;
	log_msg(LOG_NOTICE,
		"audit-log %s can be written again, %llu records were lost",
		a->file->path, (unsigned long long)a->lost);
	a->lost = 0;
	return 0;
}

static int get_ready(struct audit *a)
{
	int err = a->gone ? -ENOENT : 0;

	if (!err && !a->begun)
		err = begin_file(a);
	if (!err && a->lost)
		err = tell_lost(a);
	return err;
}

bool audit_ready(struct audit *a)
{
	return !get_ready(a);
}

bool audit_write(struct audit *a, json_t *record)
{
	int err = get_ready(a);

	if (err)
		json_decref(record);
	else
		err = append_new(a, record);
	if (err)
		failed(a, err);
	return !err;
}

void audit_attempt(struct audit *a, const struct tasking_attempt *attempt)
{
	crowd_add(&a->crowd, attempt);
}

static void write_crowd(struct audit *a, unsigned int max)
{
	json_t *record;

	for (; max && (record = crowd_take(&a->crowd)); max--) {
		audit_write(a, record);
		a->budget -= a->budget != 0;
	}
}

static void path_of(const struct audit *a, const char *name,
		    char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%s", a->directory, name);
}

static void keep_head(struct audit *a)
{
	char path[PATH_MAX];
	int err;

	if (a->kept == a->head.seq)
		return;
	path_of(a, "audit-head", path);
	err = audit_head_write(path, &a->head);
	if (err)
		log_limited(LOG_ERR, "%s cannot be written: %s", path,
			    strerror(-err));
	else
		a->kept = a->head.seq;
}

static void go_on_in(struct audit *a, struct audit_file *file,
		     const struct chain_key *key)
{
	if (audit_ready(a))
		audit_write(a, json_pack("{ss}", "event", "log-closed"));
	audit_file_close(a->file);
	a->file = file;
	if (key != &a->key)
		a->key = *key;
	a->gone = false;
	a->begun = false;
	audit_ready(a);
}

/* Nobody may make it vanish by removing it. */
static void find_file(struct audit *a)
{
	struct audit_file *file;
	struct audit_tail tail;

	if (audit_file_is_there(a->file))
		return;
	file = audit_file_open(a->file->path, &a->key, &tail);
	if (!file) {
		a->gone = true;
		return;
	}
	free(tail.torn);
	log_msg(LOG_WARNING,
		"audit-log %s is not there any more, it goes on in a new file",
		file->path);
	go_on_in(a, file, &a->key);
}

void audit_tick(struct audit *a)
{
	find_file(a);
	if (a->budget < BURST)
		a->budget++;
	write_crowd(a, a->budget);
	audit_ready(a);
	audit_file_tick(a->file);
	keep_head(a);
}

static void note_torn(struct audit *a, const struct audit_tail *tail)
{
	size_t len = tail->torn_len < TORN_MAX ? tail->torn_len : TORN_MAX;
	char raw[TORN_MAX + 1], text[TORN_MAX + 1];
	size_t i;

	for (i = 0; i < len; i++)
		raw[i] = tail->torn[i] >= ' ' && tail->torn[i] <= '~' ?
			 tail->torn[i] : '?';
	raw[len] = '\0';
	escape_line(raw, text, sizeof(text));
	audit_write(a, json_pack("{ss sI ss}", "event", "log-torn", "bytes",
				 (json_int_t)tail->torn_len, "text", text));
}

/* Returns whether the end of the file is what it was when dtcpd ended. */
static bool compare(struct audit *a, const struct chain_head *kept,
		    const struct chain_head *found)
{
	a->head = *found;
	if (kept->seq < found->seq ||
	    (kept->seq == found->seq && !strcmp(kept->hash, found->hash)))
		return true;
	a->head = *kept;
	return false;
}

static void begin(struct audit *a, const struct audit_tail *tail)
{
	const struct chain_head found = tail->head;
	struct chain_head kept;
	char path[PATH_MAX];

	path_of(a, "audit-head", path);
	audit_head_read(path, &kept);
	a->kept = kept.seq;
	a->begun = found.seq != 0;
	if (!found.seq) {
		a->head = kept;
	} else if (!compare(a, &kept, &found)) {
		log_msg(LOG_ERR,
			"audit-log %s ends with line %llu, line %llu was written: what is missing, or other than it was, is lost",
			a->file->path, (unsigned long long)found.seq,
			(unsigned long long)kept.seq);
		audit_write(a, json_pack("{ss sI sI}",
				"event", "lines-missing",
				"found", (json_int_t)found.seq,
				"expected", (json_int_t)kept.seq));
	}
	if (tail->torn)
		note_torn(a, tail);
	audit_ready(a);
}

static bool read_key(const struct config *c, struct chain_key *key)
{
	const char *why;

	key->len = 0;
	if (!c->audit_key_file)
		return true;
	why = chain_key_read(c->audit_key_file, key);
	if (why)
		log_msg(LOG_ERR, "audit-key-file %s: %s", c->audit_key_file,
			why);
	return !why;
}

bool audit_key_try(const char *path, char *why, size_t room)
{
	struct chain_key key;
	const char *wrong = chain_key_read(path, &key);

	OPENSSL_cleanse(&key, sizeof(key));
	if (wrong)
		snprintf(why, room, "%s", wrong);
	return !wrong;
}

static const char *log_of(const struct audit *a, const struct config *c,
			  char path[PATH_MAX])
{
	path_of(a, "audit", path);
	return c->audit_log ? c->audit_log : path;
}

struct audit *audit_open(const struct config *c)
{
	struct audit *a = calloc(1, sizeof(*a));
	char path[PATH_MAX];
	struct audit_tail tail;

	if (!a) {
		log_msg(LOG_ERR, "audit-log: out of memory");
		return NULL;
	}
	a->budget = BURST;
	snprintf(a->directory, sizeof(a->directory), "%s", c->state_directory);
	if (read_key(c, &a->key))
		a->file = audit_file_open(log_of(a, c, path), &a->key, &tail);
	if (!a->file) {
		OPENSSL_cleanse(a, sizeof(*a));
		free(a);
		return NULL;
	}
	begin(a, &tail);
	free(tail.torn);
	return a;
}

void audit_close(struct audit *a)
{
	if (!a)
		return;
	write_crowd(a, UINT_MAX);
	keep_head(a);
	audit_file_close(a->file);
	OPENSSL_cleanse(a, sizeof(*a));
	free(a);
}

json_t *audit_show(const struct audit *a)
{
	return json_pack("{s{ss sI ss sI}}", "audit", "path", a->file->path,
			 "sequence", (json_int_t)a->head.seq, "hash",
			 a->head.hash, "lost", (json_int_t)a->lost);
}

static bool same_key(const struct chain_key *a, const struct chain_key *b)
{
	return a->len == b->len && !CRYPTO_memcmp(a->bytes, b->bytes, a->len);
}

struct audit_change *audit_prepare(struct audit *a, const struct config *c)
{
	struct audit_change *change = calloc(1, sizeof(*change));
	struct audit_tail tail = { 0 };
	char room[PATH_MAX];
	const char *path = log_of(a, c, room);
	bool stays, good;

	if (!change)
		return NULL;
	change->audit = a;
	stays = !strcmp(path, a->file->path) &&
		audit_file_is_there(a->file);
	good = read_key(c, &change->key);
	if (good && stays && !same_key(&a->key, &change->key)) {
		log_msg(LOG_ERR,
			"audit-key-file is another one, audit-log %s is still written with the old one; move that away",
			a->file->path);
		good = false;
	}
	if (good && !stays) {
		change->file = audit_file_open(path, &change->key, &tail);
		good = change->file;
	}
	free(tail.torn);
	if (good)
		return change;
	audit_discard(change);
	return NULL;
}

void audit_commit(struct audit_change *change)
{
	if (change->file)
		go_on_in(change->audit, change->file, &change->key);
	change->file = NULL;
	audit_discard(change);
}

void audit_discard(struct audit_change *change)
{
	audit_file_close(change->file);
	OPENSSL_cleanse(change, sizeof(*change));
	free(change);
}
