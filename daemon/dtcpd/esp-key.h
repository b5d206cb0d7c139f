/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ESP_KEY_H
#define DTCPD_ESP_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ESP_KEY_MAX	36	/* bytes, salt included */
#define ESP_KEY_ID	16	/* bytes of what a key is known by */
#define ESP_ALGORITHMS	"aes-128-gcm, aes-192-gcm, aes-256-gcm or chacha20-poly1305"

/**
 * struct esp_algorithm - what encrypts and authenticates
 * @name: in dtcpd.conf
 * @kernel: in the kernel
 * @bytes: of its key, with the 4 of the salt (RFC 4106 section 8.1, RFC 7634
 *	section 2)
 */
struct esp_algorithm {
	const char *name;
	const char *kernel;
	size_t bytes;
};

/**
 * esp_algorithm_find() - look up an algorithm
 * @name: as in dtcpd.conf
 *
 * Return: the algorithm or NULL.
 */
const struct esp_algorithm *esp_algorithm_find(const char *name);

/**
 * esp_key_parse() - take the text of a key file
 * @text: need not be terminated
 * @len: bytes in @text
 * @algorithm: whose key it is
 * @key: filled, of @algorithm->bytes; on failure wiped
 * @why: filled with the line, what is wrong and what was expected; never with
 *	a part of @text
 * @room: bytes in @why
 *
 * The text is one line of hexadecimal digits; a line end behind it may be
 * missing.
 *
 * Return: whether it is a key.
 */
bool esp_key_parse(const char *text, size_t len,
		   const struct esp_algorithm *algorithm,
		   uint8_t key[ESP_KEY_MAX], char *why, size_t room);

/**
 * esp_key_load() - read a key file
 * @path: file; nobody but its owner, who is this user or root, may have any
 *	right to it
 * @algorithm: whose key it is
 * @key: filled, to be wiped by the caller; on failure wiped
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether there is a key now.
 */
bool esp_key_load(const char *path, const struct esp_algorithm *algorithm,
		  uint8_t key[ESP_KEY_MAX], char *why, size_t room);

/**
 * esp_key_try() - whether a key file can be used; see &struct config_trials
 * @path: file
 * @algorithm: whose key it is
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether it can.
 */
bool esp_key_try(const char *path, const struct esp_algorithm *algorithm,
		 char *why, size_t room);

/**
 * esp_key_id() - what a key is known by without being told
 * @key: key
 * @algorithm: that it is used with; with another one it is another key
 * @id: filled with a part of its SHA-256
 *
 * Return: false when out of memory.
 */
bool esp_key_id(const uint8_t *key, const struct esp_algorithm *algorithm,
		uint8_t id[ESP_KEY_ID]);

#endif
