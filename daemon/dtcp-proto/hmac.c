// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "dtcp-proto/hmac.h"

int dtcp_hmac(const void *key, size_t key_len, const void *text, size_t len,
	      uint8_t digest[DTCP_DIGEST_LEN])
{
	unsigned int n = 0;

	if (!HMAC(EVP_sha1(), key, (int)key_len, text, len, digest, &n) ||
	    n != DTCP_DIGEST_LEN)
		return -EIO;
	return 0;
}
