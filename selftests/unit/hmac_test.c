// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dtcp-proto/hmac.h"

struct vector {
	const char *key;
	const char *text;
	const char *digest;
};

/* Digests printed in the drafts, in Juniper's manuals, and in RFC 2202. */
static const struct vector vectors[] = {
	{ "secret",
	  "ADD DTCP/0.6 \r\nSource-Address: 192.168.10.4 \r\n"
	  "Dest-Address: 10.1.1.1-10.1.1.10 \r\nProtocol: 6,17 \r\n"
	  "Dest-Port: 53 \r\nTimeout-Idle: 600 \r\nAction: Copy \r\n"
	  "Priority: 2 \r\nFlags: SendAsync \r\nCdest-ID: cdst_b \r\n"
	  "Csource-ID: csrc_a \r\nSeq: 3827443 \r\n",
	  "28eb606458ba46160d7a59da48763020f5aef9f5" },
	{ "secret",
	  "DTCP/0.6 200 OK \r\nCriteria-ID: 38224 \r\n"
	  "Timestamp: 2005-01-01 12:01:01.111 \r\nSeq: 3827443 \r\n",
	  "38099d03fcb5b12a849b36f9bdccc757303fafd0" },
	{ "Juniper",
	  "DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\nCRITERIA-ID: 2\r\n"
	  "Flags: STATIC\r\nSeq: 10\r\n",
	  "7e84ae871b12f2da023b038774115bb8d955f17e" },
	{ "Juniper",
	  "DTCP/0.7 200 OK\r\nSEQ: 10\r\nCRITERIA-COUNT: 1\r\n"
	  "TIMESTAMP: 2011-02-13 16:00:02.802\r\n",
	  "2834ff32ec07d84753a046cfb552e072cc27d50b" },
	{ "Jefe", "what do ya want for nothing?",
	  "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
};

static void sign(const char *key, const char *text, char hex[41])
{
	uint8_t digest[DTCP_DIGEST_LEN];
	size_t i;

	assert_int_equal(dtcp_hmac(key, strlen(key), text, strlen(text),
				   digest), 0);
	for (i = 0; i < sizeof(digest); i++)
		sprintf(hex + 2 * i, "%02x", digest[i]);
}

static void published_vectors(void **state)
{
	char hex[41];
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		sign(vectors[i].key, vectors[i].text, hex);
		assert_string_equal(hex, vectors[i].digest);
	}
}

static void longest_key(void **state)
{
	uint8_t digest[DTCP_DIGEST_LEN], other[DTCP_DIGEST_LEN];
	char key[DTCP_KEY_MAX + 1];

	memset(key, 'k', sizeof(key));
	assert_int_equal(dtcp_hmac(key, DTCP_KEY_MAX, "a", 1, digest), 0);
	assert_int_equal(dtcp_hmac(key, DTCP_KEY_MAX - 1, "a", 1, other), 0);
	assert_memory_not_equal(digest, other, sizeof(digest));
}

static void empty_text(void **state)
{
	char hex[41];

	sign("key", "", hex);
	assert_string_equal(hex, "f42bb0eeb018ebbd4597ae7213711ec60760843f");
}

static void ready_key(void **state)
{
	uint8_t digest[DTCP_DIGEST_LEN], once[DTCP_DIGEST_LEN];
	struct dtcp_hmac h = { 0 };
	size_t i;

	assert_int_equal(dtcp_hmac_text(&h, "a", 1, digest), -EIO);
	assert_int_equal(dtcp_hmac_key(&h, "k", 0), -EINVAL);
	/* Each twice, and keys change back and forth. */
	for (i = 0; i < 12; i++) {
		const char *key = i / 2 % 2 ? "Juniper" : "juniper";

		assert_int_equal(dtcp_hmac_key(&h, key, 7 - i / 4), 0);
		assert_int_equal(dtcp_hmac_text(&h, "text", 4, digest), 0);
		assert_int_equal(dtcp_hmac(key, 7 - i / 4, "text", 4, once), 0);
		assert_memory_equal(digest, once, sizeof(digest));
	}
	assert_int_equal(dtcp_hmac_key(&h, once, DTCP_KEY_MAX + 1), -EINVAL);
	assert_int_equal(dtcp_hmac_text(&h, "a", 1, digest), -EIO);
	dtcp_hmac_fini(&h);
	dtcp_hmac_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors),
		cmocka_unit_test(longest_key),
		cmocka_unit_test(empty_text),
		cmocka_unit_test(ready_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
