/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_PROTO_HMAC_H
#define DTCP_PROTO_HMAC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"

/**
 * dtcp_hmac() - HMAC-SHA1 of a piece of text (RFC 2104, by OpenSSL)
 * @key: shared key
 * @key_len: 1..DTCP_KEY_MAX
 * @text: what is signed
 * @len: bytes in @text
 * @digest: result
 *
 * Return: 0 or -EIO if the library refuses (SHA-1 disabled by its policy).
 */
int dtcp_hmac(const void *key, size_t key_len, const void *text, size_t len,
	      uint8_t digest[DTCP_DIGEST_LEN]);

#endif
