/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_AUDIT_CHAIN_H
#define DFC_AUDIT_CHAIN_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAIN_HASH_LEN	64		/* SHA-256, hexadecimal digits */
#define CHAIN_HEAD_LEN	(18 + 1 + CHAIN_HASH_LEN)	/* as people keep it */
#define CHAIN_LINE_MAX	(1U << 20)	/* longest line, with its end */
#define CHAIN_KEY_MIN	16		/* bytes of a key */
#define CHAIN_KEY_MAX	4096

/* Event that a file begins with, and what it says there. */
#define CHAIN_OPENED	"log-opened"
#define CHAIN_PREVIOUS	"previous"	/* hash of the line before */
#define CHAIN_KIND	"chain"		/* "sha256" or "hmac-sha256" */

/*
 * A line of the audit log is a JSON object:
 *
 *	{"seq":N,"time":"...","event":"...",...,"hash":"H"}
 *
 * H is the SHA-256 over the H of the line before and over this line as it
 * stands, up to and without `,"hash":`; with a key it is HMAC-SHA256. N counts
 * up by one. The first line of a file is the event "log-opened"; it tells the
 * H that it goes on from, 64 zeros in the very first file.
 */

/* Where a chain ends: its last line. @seq 0: there is none yet. */
struct chain_head {
	uint64_t seq;
	char hash[CHAIN_HASH_LEN + 1];
};

/* @len 0: no key. */
struct chain_key {
	uint8_t bytes[CHAIN_KEY_MAX];
	size_t len;
};

/* What is wrong with a line. */
enum chain_fault {
	CHAIN_GOOD,
	CHAIN_NO_LINE,		/* not a line of an audit log */
	CHAIN_CHANGED,		/* its hash is not that of what it says */
	CHAIN_MISSING,		/* lines before it are not there */
	CHAIN_ORDER,		/* it should stand further up, or is there twice */
	CHAIN_OTHER_KEY,	/* with a key, or without, unlike the verifier */
};

/* The head before the very first line. */
extern const struct chain_head chain_start;

/**
 * chain_line() - make the next line
 * @head: where the chain ends; not changed
 * @key: key
 * @time: of the line; reference taken over; NULL: out of memory
 * @record: object with "event" and more, without "seq", "time" and "hash"
 * @next: filled with the head after the line, to be used once it is written
 *
 * Return: the line with its end, freed by the caller; NULL when out of memory
 * or where it would be longer than CHAIN_LINE_MAX.
 */
char *chain_line(const struct chain_head *head, const struct chain_key *key,
		 json_t *time, json_t *record, struct chain_head *next);

/**
 * chain_check() - check a line against the one before
 * @head: the line before; of it, @seq 0 with an empty @hash: nothing is known
 * @key: key that the log is said to be written with
 * @line: without its end
 * @len: bytes in @line
 * @next: filled with what the line says of itself, unless it is no line
 * @record: filled with the line, owned by the caller, NULL if it is no line;
 *	or NULL
 *
 * Behind CHAIN_MISSING, and where nothing is known, the hash of a line that
 * does not tell what it goes on from is not checked.
 *
 * Return: what is wrong.
 */
enum chain_fault chain_check(const struct chain_head *head,
			     const struct chain_key *key, const char *line,
			     size_t len, struct chain_head *next,
			     json_t **record);

/**
 * chain_head_parse() - read a head as people keep it
 * @text: "SEQ:HASH"
 * @head: filled in
 *
 * Return: whether it is one.
 */
bool chain_head_parse(const char *text, struct chain_head *head);

/**
 * chain_head_read() - read a head that was written into a file
 * @path: file, whose first line is "SEQ:HASH"
 * @head: filled in on success
 *
 * Return: 0; -ENOENT where there is no such file, -EINVAL where it cannot be
 * read or says something else.
 */
int chain_head_read(const char *path, struct chain_head *head);

/**
 * chain_hex() - write bytes as hashes are written here
 * @bytes: bytes
 * @n: how many
 * @hex: room for 2 * @n digits and a zero
 */
void chain_hex(const uint8_t *bytes, size_t n, char *hex);

/**
 * chain_key_read() - read a key from a file
 * @path: file, which only its owner may read, or of root and a group, which may
 *	read it; one line end at its end does not count
 * @key: filled in; wiped on failure
 *
 * Return: NULL, or what is wrong with it and was expected.
 */
const char *chain_key_read(const char *path, struct chain_key *key);

#endif
