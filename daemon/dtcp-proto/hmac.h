/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_HMAC_H
#define DTCP_PROTO_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

/**
 * struct dtcp_hmac - a key made ready to sign and check many texts
 * @ctx: OpenSSL's; NULL where there is no key yet
 * @key: the key
 * @key_len: bytes in @key
 *
 * All zero at its start of life. Making a key ready costs several times as
 * much as the digest of a request.
 */
struct dtcp_hmac {
	void *ctx;
	char key[DTCP_KEY_MAX];
	size_t key_len;
};

/**
 * dtcp_hmac_key() - make a key ready
 * @h: HMAC; ended by dtcp_hmac_fini()
 * @key: shared key; copied
 * @key_len: 1..DTCP_KEY_MAX
 *
 * Does next to nothing where that key is ready already.
 *
 * Return: 0, -EINVAL if the key is too short or long, -EIO if the library
 * refuses (SHA-1 disabled by its policy); then there is no key.
 */
int dtcp_hmac_key(struct dtcp_hmac *h, const void *key, size_t key_len);

/**
 * dtcp_hmac_fini() - wipe the key
 * @h: HMAC, with a key or without; may be used again
 */
void dtcp_hmac_fini(struct dtcp_hmac *h);

/**
 * dtcp_hmac_text() - HMAC-SHA1 of a piece of text (RFC 2104, by OpenSSL)
 * @h: HMAC with a key
 * @text: what is signed
 * @len: bytes in @text
 * @digest: result
 *
 * Return: 0 or -EIO if there is no key, or the library refuses.
 */
int dtcp_hmac_text(struct dtcp_hmac *h, const void *text, size_t len,
		   uint8_t digest[DTCP_DIGEST_LEN]);

/**
 * dtcp_hmac() - the same once, with a key of its own
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 * @text: what is signed
 * @len: bytes in @text
 * @digest: result
 *
 * Return: 0 or a negative errno, as above.
 */
int dtcp_hmac(const void *key, size_t key_len, const void *text, size_t len,
	      uint8_t digest[DTCP_DIGEST_LEN]);

#endif
