// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dtcp/body.h"

#define TEXT "DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\nCRITERIA-ID: 2\r\n" \
	     "Flags: STATIC\r\nSeq: 10"
#define DIGEST "7e84ae871b12f2da023b038774115bb8d955f17e"

static struct trouble t;
static struct body b;

static int find(const char *text)
{
	return body_find(&b, (struct dtcp_text){ text, strlen(text) }, &t);
}

static void assert_body(const char *file, const char *expected)
{
	assert_int_equal(find(file), 0);
	assert_int_equal(b.text.len, strlen(expected));
	assert_memory_equal(b.text.at, expected, b.text.len);
}

static void what_is_signed(void **state)
{
	assert_body(TEXT, TEXT);
	assert_true(b.unended);
	assert_true(b.has_seq);
	assert_int_equal(b.seq, 10);
	assert_body(TEXT "\r\n", TEXT "\r\n");
	assert_false(b.unended);
	assert_body(TEXT "\n\n \r\n", TEXT "\n");
	assert_body(TEXT "\r\nauthentication-info : x", TEXT "\r\n");
	assert_body("\n\r\n" TEXT "\nAuthentication-Info: x\n\n\n", TEXT "\n");
	assert_body("A\n\nB\n\nAuthentication-Info: x\n", "A\n\nB\n\n");
	assert_false(b.has_seq);
	assert_body("A\nSeq: 1\nSEQ: 2\n", "A\nSeq: 1\nSEQ: 2\n");
	assert_int_equal(b.seq, 1);
	assert_body("A\nSeq: x\n", "A\nSeq: x\n");
	assert_false(b.has_seq);
}

static void what_is_no_message(void **state)
{
	assert_int_equal(find(""), -1);
	assert_int_equal(find("\r\n \n"), -1);
	assert_int_equal(find("Authentication-Info: x\n"), -1);
	assert_int_equal(find("A\nAuthentication-Info: x\n\nB\n"), -1);
	assert_non_null(strstr(t.text, "'B'"));
}

static void it_is_signed(void **state)
{
	static const char *const file[] = {
		TEXT, TEXT "\r\n", TEXT "\r\n\r\n",
		TEXT "\r\nAuthentication-Info: 0\r\n\r\n",
	};
	struct dtcp_text message;
	struct secret secret;
	char hex[41];
	size_t i;

	secret_default(&secret);
	for (i = 0; i < sizeof(file) / sizeof(file[0]); i++) {
		assert_int_equal(find(file[i]), 0);
		assert_int_equal(body_digest(&b, &secret, hex, &t), 0);
		assert_string_equal(hex, DIGEST);
		assert_int_equal(body_sign(&b, &secret, &message, &t), 0);
		assert_string_equal(message.at, TEXT "\r\nAuthentication-Info: "
				    DIGEST "\r\n\r\n");
		assert_int_equal(message.len, strlen(message.at));
		free((void *)message.at);
	}
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/body_test.XXXXXX";
	int i, fd = mkstemp(path);
	struct dtcp_text file;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "a\0b", 3), 3);
	assert_int_equal(body_read(path, &file, &t), 0);
	assert_int_equal(file.len, 3);
	assert_memory_equal(file.at, "a\0b", 3);
	free((void *)file.at);
	for (i = 0; i < DTCP_MESSAGE_MAX; i++)
		assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(body_read(path, &file, &t), -1);
	assert_non_null(strstr(t.text, "longer"));
	close(fd);
	unlink(path);
	assert_int_equal(body_read(path, &file, &t), -1);
	assert_non_null(strstr(t.text, path));
}

static void keys_are_read(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} key[] = {
		{ "secret", 6 }, { "secret\n", 6 }, { "secret\r\n", 6 },
		{ "two words\n\n", 10 }, { "\n", 0 }, { "", 0 },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef\r\n", 64 },
		{ "0123456789abcdef0123456789abcdef"
		  "0123456789abcdef0123456789abcdef0", 0 },
	};
	char path[] = "/tmp/body_test.XXXXXX";
	struct secret secret;
	int fd = mkstemp(path);
	size_t i;

	for (i = 0; i < sizeof(key) / sizeof(key[0]); i++) {
		ssize_t len = (ssize_t)strlen(key[i].text);

		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, key[i].text, (size_t)len, 0), len);
		assert_int_equal(secret_read(&secret, path, &t),
				 key[i].len ? 0 : -1);
		if (key[i].len)
			assert_int_equal(secret.len, key[i].len);
	}
	close(fd);
	unlink(path);
	assert_int_equal(secret_read(&secret, path, &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_signed),
		cmocka_unit_test(what_is_no_message),
		cmocka_unit_test(it_is_signed),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(keys_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
