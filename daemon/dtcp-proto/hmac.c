// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/opensslv.h>
#include <string.h>

#include "dtcp-proto/hmac.h"

/*
 * Before, EVP_MAC_init() without a key does not begin anew, as
 * dtcp_hmac_text() needs it to (openssl issue 17811).
 */
#if OPENSSL_VERSION_NUMBER < 0x30000030L
#error "OpenSSL 3.0.3 or later is needed"
#endif

static EVP_MAC_CTX *new_context(void)
{
	EVP_MAC *mac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *ctx = mac ? EVP_MAC_CTX_new(mac) : NULL;

	/* The context holds on to it. */
	EVP_MAC_free(mac);
	return ctx;
}

static bool is_ready(const struct dtcp_hmac *h, const void *key,
		     size_t key_len)
{
	return h->ctx && h->key_len == key_len &&
	       !CRYPTO_memcmp(h->key, key, key_len);
}

int dtcp_hmac_key(struct dtcp_hmac *h, const void *key, size_t key_len)
{
	char sha1[] = "SHA1";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha1,
						 0),
		OSSL_PARAM_construct_end(),
	};

	if (is_ready(h, key, key_len))
		return 0;
	dtcp_hmac_fini(h);
	if (!key_len || key_len > sizeof(h->key))
		return -EINVAL;
	h->ctx = new_context();
	if (!h->ctx || !EVP_MAC_init(h->ctx, key, key_len, params)) {
		dtcp_hmac_fini(h);
		return -EIO;
	}
	memcpy(h->key, key, key_len);
	h->key_len = key_len;
	return 0;
}

void dtcp_hmac_fini(struct dtcp_hmac *h)
{
	EVP_MAC_CTX_free(h->ctx);
	OPENSSL_cleanse(h, sizeof(*h));
}

int dtcp_hmac_text(struct dtcp_hmac *h, const void *text, size_t len,
		   uint8_t digest[DTCP_DIGEST_LEN])
{
	size_t n = 0;

	/* Without a key, it begins anew with the one that it was given. */
	if (!h->ctx || !EVP_MAC_init(h->ctx, NULL, 0, NULL) ||
	    !EVP_MAC_update(h->ctx, text, len) ||
	    !EVP_MAC_final(h->ctx, digest, &n, DTCP_DIGEST_LEN) ||
	    n != DTCP_DIGEST_LEN)
		return -EIO;
	return 0;
}

int dtcp_hmac(const void *key, size_t key_len, const void *text, size_t len,
	      uint8_t digest[DTCP_DIGEST_LEN])
{
	struct dtcp_hmac h = { 0 };
	int err = dtcp_hmac_key(&h, key, key_len);

	if (!err)
		err = dtcp_hmac_text(&h, text, len, digest);
	dtcp_hmac_fini(&h);
	return err;
}
