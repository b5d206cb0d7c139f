/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ESP_NUMBER_H
#define DTCPD_ESP_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcpd/xfrm.h"

#define ESP_NUMBER_RECORDS	512	/* keys that are remembered */
#define ESP_NUMBER_MARGIN	(1ULL << 24)
#define ESP_NUMBER_JUMP		(1ULL << 10)
#define ESP_NUMBER_MAX(esn)	((esn) ? UINT64_MAX : (uint64_t)UINT32_MAX)

/*
 * ESP sequence numbers of static keys: the file `associations` of
 * state-directory. A number must never be used twice with a key (the nonce of
 * AES-GCM and ChaCha20-Poly1305 is made of it), and the other end drops what
 * does not go on above what it has seen.
 *
 * The kernel counts, so each key has a ceiling: it is on the disk before a
 * number above it can be used, ESP_NUMBER_MARGIN ahead at first, and it is
 * raised when half of that is left. When dtcpd ends, the last number itself is
 * kept, and the next start begins ESP_NUMBER_JUMP above it. When dtcpd is
 * killed, the kernel still knows the number; when the machine stops, the next
 * start begins at the ceiling. Both jumps are far below the 2^32 that the other
 * end can follow with extended sequence numbers (RFC 4303 appendix A2).
 *
 * Records are found by the key, not by the name: a key that comes back later,
 * or under another name, goes on where it was.
 */

/**
 * struct esp_number - what is known of a key
 * @key_id: of esp_key_id(); all zero: the record is free
 * @number: last number that was used, as far as it is known
 * @ceiling: no higher number was used
 * @installed: a state with it may be in the kernel
 * @sa: of that state
 * @stamp: grows with time; when it was used last
 */
struct esp_number {
	uint8_t key_id[ESP_KEY_ID];
	uint64_t number;
	uint64_t ceiling;
	uint32_t installed;
	struct xfrm_sa sa;
	uint64_t stamp;
};

/**
 * struct esp_numbers - the file
 * @path: of the file
 * @damaged: there is a file and it cannot be used: nobody knows which numbers
 *	were used
 * @record: what is in it
 * @stamp: highest of all
 */
struct esp_numbers {
	char *path;
	bool damaged;
	struct esp_number record[ESP_NUMBER_RECORDS];
	uint64_t stamp;
};

/**
 * esp_numbers_open() - read the file
 * @directory: state-directory, which only this process uses
 *
 * What is wrong with it is logged. A file that is missing is as good as one
 * that is empty.
 *
 * Return: freed by esp_numbers_close(), or NULL when out of memory.
 */
struct esp_numbers *esp_numbers_open(const char *directory);

/**
 * esp_numbers_close() - free; writes nothing
 * @n: numbers or NULL
 */
void esp_numbers_close(struct esp_numbers *n);

/**
 * esp_numbers_write() - have the file and everything in it on the disk
 * @n: numbers
 *
 * There is a whole file, the old one or the new one, at any time.
 *
 * Return: 0 or a negative errno.
 */
int esp_numbers_write(struct esp_numbers *n);

/**
 * esp_number_get() - the record of a key
 * @n: numbers
 * @key_id: key
 * @fresh: filled with whether the key was not known. Where all records are in
 *	use, the one of a key that is not installed goes that was used longest
 *	ago, which is logged.
 *
 * Return: the record, or NULL: all keys are installed.
 */
struct esp_number *esp_number_get(struct esp_numbers *n,
				  const uint8_t key_id[ESP_KEY_ID],
				  bool *fresh);

/**
 * esp_number_begin() - where a state begins that is installed now
 * @r: record; its ceiling is raised, and must be on the disk first
 * @sa: state
 *
 * Return: false: its numbers are used up.
 */
bool esp_number_begin(struct esp_number *r, const struct xfrm_sa *sa);

/**
 * esp_number_follow() - note what the kernel has come to
 * @r: record
 * @number: last number used
 *
 * Return: whether the ceiling was raised, so that it must get to the disk.
 */
bool esp_number_follow(struct esp_number *r, uint64_t number);

/**
 * esp_number_end() - the state is gone
 * @r: record
 * @known: whether @r->number was read when nothing was sent any more; else
 *	all numbers up to the ceiling count as used
 */
void esp_number_end(struct esp_number *r, bool known);

#endif
