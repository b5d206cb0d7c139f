// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Sequence numbers of static keys: no number is ever used twice.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/esp-number.h"
#include "dtcpd/log.h"

static char dir[] = "/tmp/esp-number-test-XXXXXX";
static char file[64];
static const uint8_t one[ESP_KEY_ID] = { 1 }, two[ESP_KEY_ID] = { 2 };
static const struct xfrm_sa esn = { .spi = 4096, .esn = true };
static const struct xfrm_sa legacy = { .spi = 4097 };

static struct esp_numbers *open_again(struct esp_numbers *n)
{
	esp_numbers_close(n);
	n = esp_numbers_open(dir);
	assert_non_null(n);
	return n;
}

static struct esp_number *get(struct esp_numbers *n, const uint8_t *id,
			      bool is_fresh)
{
	struct esp_number *r;
	bool fresh;

	r = esp_number_get(n, id, &fresh);
	assert_non_null(r);
	assert_int_equal(fresh, is_fresh);
	return r;
}

static void test_stop(void **state)
{
	struct esp_numbers *n = open_again(NULL);
	struct esp_number *r = get(n, one, true);

	assert_int_equal(r->number, 0);
	assert_true(esp_number_begin(r, &esn));
	assert_int_equal(r->ceiling, ESP_NUMBER_MARGIN);
	assert_false(esp_number_follow(r, 5000));
	esp_number_end(r, true);
	assert_int_equal(esp_numbers_write(n), 0);
	n = open_again(n);
	r = get(n, one, false);
	assert_false(r->installed);
	assert_int_equal(r->number, 5000 + ESP_NUMBER_JUMP);
	assert_int_equal(get(n, two, true)->number, 0);
	esp_numbers_close(n);
}

/* What is on the disk when the machine stops is enough. */
static void test_crash(void **state)
{
	struct esp_numbers *n = open_again(NULL);
	struct esp_number *r = get(n, two, true);
	uint64_t number, sent = 0;

	assert_true(esp_number_begin(r, &esn));
	assert_int_equal(esp_numbers_write(n), 0);
	for (number = 0; number < 10 * ESP_NUMBER_MARGIN; number += 1000000) {
		assert_true(number <= r->ceiling);
		sent = number;
		if (esp_number_follow(r, number))
			assert_int_equal(esp_numbers_write(n), 0);
		assert_true(r->ceiling - number >= ESP_NUMBER_MARGIN / 2);
	}
	n = open_again(n);
	r = get(n, two, false);
	assert_true(r->installed);
	assert_int_equal(r->sa.spi, 4096);
	esp_number_end(r, false);
	assert_true(r->number >= sent);
	assert_true(r->number <= sent + ESP_NUMBER_MARGIN);
	assert_true(esp_number_begin(r, &esn));
	assert_true(r->ceiling > r->number);
	esp_numbers_close(n);
}

static void test_numbers_do_not_go_back(void **state)
{
	struct esp_number r = { .number = 100 };

	assert_true(esp_number_begin(&r, &esn));
	esp_number_follow(&r, 50);
	assert_int_equal(r.number, 100);
}

static void test_end_of_numbers(void **state)
{
	struct esp_number r = { .number = UINT32_MAX - 10 };

	assert_true(esp_number_begin(&r, &legacy));
	assert_int_equal(r.ceiling, UINT32_MAX);
	assert_false(esp_number_follow(&r, UINT32_MAX - 1));
	assert_int_equal(r.ceiling, UINT32_MAX);
	esp_number_end(&r, true);
	assert_int_equal(r.number, UINT32_MAX);
	assert_false(esp_number_begin(&r, &legacy));
	/* Another life with more bits. */
	assert_true(esp_number_begin(&r, &esn));
	assert_int_equal(r.ceiling, UINT32_MAX + ESP_NUMBER_MARGIN);
}

static void damage(off_t at)
{
	int fd = open(file, O_RDWR);
	uint8_t byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void test_damaged(void **state)
{
	struct esp_numbers *n = open_again(NULL);
	static const off_t places[] = { 0, 9, 40, 5000 };
	size_t i;

	get(n, one, true);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		n = open_again(n);
		n->damaged = false;
		assert_int_equal(esp_numbers_write(n), 0);
		damage(places[i]);
		n = open_again(n);
		assert_true(n->damaged);
	}
	assert_int_equal(truncate(file, 100), 0);
	n = open_again(n);
	assert_true(n->damaged);
	assert_int_equal(truncate(file, 0), 0);
	n = open_again(n);
	assert_true(n->damaged);
	unlink(file);
	n = open_again(n);
	assert_false(n->damaged);
	esp_numbers_close(n);
}

static void test_full(void **state)
{
	struct esp_numbers *n = open_again(NULL);
	uint8_t id[ESP_KEY_ID] = { 9 };
	bool fresh;
	int i;

	for (i = 0; i < ESP_NUMBER_RECORDS; i++) {
		memcpy(id + 1, &i, sizeof(i));
		get(n, id, true)->installed = i != 7;
	}
	get(n, one, true)->installed = true;
	assert_null(esp_number_get(n, two, &fresh));
	esp_numbers_close(n);
}

static int setup(void **state)
{
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/associations", dir);
	return 0;
}

static int clean(void **state)
{
	unlink(file);
	return 0;
}

static int teardown(void **state)
{
	clean(state);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_stop, clean),
		cmocka_unit_test_teardown(test_crash, clean),
		cmocka_unit_test(test_numbers_do_not_go_back),
		cmocka_unit_test(test_end_of_numbers),
		cmocka_unit_test_teardown(test_damaged, clean),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
