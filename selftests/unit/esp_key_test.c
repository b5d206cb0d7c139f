// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Key files of security associations.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/esp-key.h"

#define KEY20 "000102030405060708090a0b0c0d0e0fFFfeFDfc"

static uint8_t key[ESP_KEY_MAX];
static char why[256];

static bool parse(const char *text, const char *algorithm)
{
	memset(key, 0xa5, sizeof(key));
	why[0] = '\0';
	return esp_key_parse(text, strlen(text), esp_algorithm_find(algorithm),
			     key, why, sizeof(why));
}

static void refused(const char *text, const char *expected)
{
	static const uint8_t none[ESP_KEY_MAX];

	assert_false(parse(text, "aes-128-gcm"));
	if (!strstr(why, expected))
		fail_msg("\"%s\" is not in \"%s\"", expected, why);
	assert_non_null(strstr(why, "expected one line of 40 hexadecimal digits: 16 bytes of key and 4 of salt for aes-128-gcm"));
	assert_memory_equal(key, none, sizeof(none));
}

static void test_good(void **state)
{
	static const uint8_t end[] = { 0x0f, 0xff, 0xfe, 0xfd, 0xfc };

	assert_true(parse(KEY20, "aes-128-gcm"));
	assert_int_equal(key[0], 0);
	assert_int_equal(key[9], 9);
	assert_memory_equal(key + 15, end, sizeof(end));
	assert_true(parse(KEY20 "\n", "aes-128-gcm"));
	assert_memory_equal(key + 15, end, sizeof(end));
}

static void test_bad(void **state)
{
	refused("", "line 1: it has 0 characters");
	refused("\n" KEY20, "line 1: it has 0 characters");
	refused("0x" KEY20, "line 1: it has 42 characters");
	refused(KEY20 "00\n", "line 1: it has 42 characters");
	refused(KEY20 "\r\n", "line 1: it has 41 characters");
	refused(KEY20 "\n" KEY20 "\n", "line 2: there is more than one line");
	refused(KEY20 "\n\n", "line 2: there is more than one line");
	refused("00010203040506070809x0b0c0d0e0fFFfeFDfc0",
		"line 1: it has characters that are no hexadecimal digits");
	refused("000102030405060708090a0b0c0d0e0fFFfeFDf ",
		"no hexadecimal digits");
	assert_null(strstr(why, "fFFfe"));
}

static void test_algorithms(void **state)
{
	static const struct { const char *name; size_t bytes; } all[] = {
		{ "aes-128-gcm", 20 }, { "aes-192-gcm", 28 },
		{ "aes-256-gcm", 36 }, { "chacha20-poly1305", 36 },
	};
	char text[2 * ESP_KEY_MAX + 1];
	size_t i;

	for (i = 0; i < 4; i++) {
		memset(text, 'a', sizeof(text));
		text[2 * all[i].bytes] = '\0';
		assert_true(parse(text, all[i].name));
		assert_int_equal(key[all[i].bytes - 1], 0xaa);
		text[2 * all[i].bytes - 2] = '\0';
		assert_false(parse(text, all[i].name));
	}
	assert_null(esp_algorithm_find("aes-256"));
}

static char path[] = "/tmp/esp-key-test-XXXXXX";

static void file_refused(mode_t mode, const char *expected)
{
	assert_int_equal(chmod(path, mode), 0);
	assert_false(esp_key_try(path, esp_algorithm_find("aes-128-gcm"), why,
				 sizeof(why)));
	if (!strstr(why, expected))
		fail_msg("\"%s\" is not in \"%s\"", expected, why);
}

static void test_file(void **state)
{
	const struct esp_algorithm *a = esp_algorithm_find("aes-128-gcm");
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, KEY20 "\n", 41), 41);
	assert_int_equal(fchmod(fd, 0600), 0);
	assert_true(esp_key_load(path, a, key, why, sizeof(why)));
	assert_int_equal(key[1], 1);
	assert_int_equal(fchmod(fd, 0400), 0);
	assert_true(esp_key_try(path, a, why, sizeof(why)));
	file_refused(0640, "others than its owner have rights to it, expected a file of this user or root with mode 600");
	file_refused(0604, "others than its owner");
	if (!geteuid()) {
		assert_int_equal(fchown(fd, 12345, 0), 0);
		file_refused(0600, "it belongs to somebody else");
	}
	unlink(path);
	close(fd);
	assert_false(esp_key_try(path, a, why, sizeof(why)));
	assert_non_null(strstr(why, "No such file"));
	assert_false(esp_key_try("/dev/null", a, why, sizeof(why)));
	assert_non_null(strstr(why, "not a regular file"));
}

static void test_id(void **state)
{
	const struct esp_algorithm *small = esp_algorithm_find("aes-128-gcm");
	const struct esp_algorithm *gcm = esp_algorithm_find("aes-256-gcm");
	const struct esp_algorithm *poly =
		esp_algorithm_find("chacha20-poly1305");
	uint8_t a[ESP_KEY_ID], b[ESP_KEY_ID];

	memset(key, 1, sizeof(key));
	assert_true(esp_key_id(key, small, a));
	assert_true(esp_key_id(key, gcm, b));
	assert_memory_not_equal(a, b, ESP_KEY_ID);
	assert_true(esp_key_id(key, small, b));
	assert_memory_equal(a, b, ESP_KEY_ID);
	key[19] = 2;
	assert_true(esp_key_id(key, small, b));
	assert_memory_not_equal(a, b, ESP_KEY_ID);
	assert_true(esp_key_id(key, gcm, a));
	assert_true(esp_key_id(key, poly, b));
	assert_memory_not_equal(a, b, ESP_KEY_ID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
