// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dfcrecv/capture.h"

static const struct rotation never;

static const struct content packet = {
	.kind = CONTENT_PACKET, .length = 60,
};

static const struct content frame = { .kind = CONTENT_FRAME, .length = 7 };

static const struct copy copy = {
	.time = 1, .data = (const uint8_t *)"\x45packet", .len = 7,
};

/* Blocks of the file so far, or -1 if it does not end with a whole one. */
static int count_blocks(const char *path)
{
	FILE *f = fopen(path, "r");
	uint32_t head[2];
	int n = 0;

	assert_non_null(f);
	while (fread(head, sizeof(head), 1, f) == 1) {
		n++;
		if (fseek(f, head[1] - 12, SEEK_CUR) ||
		    fread(head, 4, 1, f) != 1)
			n = -1000;
	}
	fclose(f);
	return n;
}

static void the_file_is_whole_after_each_flush(void **state)
{
	char path[] = "/tmp/capture_test.XXXXXX";
	struct origin one = { .name = "203.0.113.1", .interface = { -1, -1 } };
	struct origin two = { .name = "2001:db8:3::1",
			      .interface = { -1, -1 } };
	struct capture c;
	struct stat st;

	close(mkstemp(path));
	unlink(path);
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &never, 0), 0);
	assert_int_equal(count_blocks(path), 1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	capture_put(&c, &one, &copy, &packet);
	capture_put(&c, &one, &copy, &packet);
	assert_int_equal(count_blocks(path), 1);
	assert_int_equal(capture_flush(&c), 0);
	assert_int_equal(count_blocks(path), 4);
	capture_put(&c, &two, &copy, &packet);
	capture_put(&c, &one, &copy, &packet);
	capture_put(&c, &one, &copy, &frame);
	assert_int_equal(capture_flush(&c), 0);
	assert_int_equal(count_blocks(path), 9);
	assert_int_equal(one.interface[CONTENT_PACKET], 0);
	assert_int_equal(two.interface[CONTENT_PACKET], 1);
	assert_int_equal(one.interface[CONTENT_FRAME], 2);
	assert_int_equal(two.interface[CONTENT_FRAME], -1);
	assert_int_equal(capture_close(&c), 0);
	unlink(path);
}

/* @blocks of each file, 0 for one that must not be there; all are removed. */
static void assert_files(const char *dir, const char *const names[],
			 const int blocks[])
{
	char path[256];
	size_t i;

	for (i = 0; names[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		if (blocks[i])
			assert_int_equal(count_blocks(path), blocks[i]);
		else
			assert_int_equal(access(path, F_OK), -1);
		unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void put_at(struct capture *c, struct origin *origin, uint64_t seconds)
{
	struct copy later = copy;

	later.time = seconds * 1000000000;
	capture_put(c, origin, &later, &packet);
}

static void size_begins_files_anew(void **state)
{
	const struct rotation rotation = { .size = 300, .keep = 3 };
	struct origin one = { .name = "203.0.113.1" };
	char dir[] = "/tmp/capture_test.XXXXXX", path[64];
	struct capture c;
	int i;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tap", dir);
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &rotation, 0), 0);
	/* Section and interface, and packets until 300 bytes are there. */
	for (i = 0; i < 14; i++)
		put_at(&c, &one, i);
	assert_int_equal(capture_flush(&c), 0);
	assert_true(c.serial > 3);
	assert_int_equal(capture_close(&c), 0);
	snprintf(path, sizeof(path), "%s/tap3", dir);
	assert_int_equal(access(path, F_OK), -1);
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/tap%d", dir, i);
		assert_true(count_blocks(path) >= 3);
		unlink(path);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void time_begins_files_anew(void **state)
{
	static const char *const names[] = {
		"00:00:00", "00:00:10", "00:00:25", "00:01:40", NULL
	};
	const struct rotation rotation = { .seconds = 10, .keep = 2 };
	struct origin one = { .name = "203.0.113.1" };
	char dir[] = "/tmp/capture_test.XXXXXX", path[64];
	struct capture c;

	setenv("TZ", "UTC", 1);
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%%T", dir);
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &rotation, 0), 0);
	put_at(&c, &one, 9);
	put_at(&c, &one, 10);
	put_at(&c, &one, 19);
	put_at(&c, &one, 25);
	put_at(&c, &one, 100);
	assert_int_equal(capture_flush(&c), 0);
	assert_int_equal(capture_close(&c), 0);
	assert_files(dir, names, (const int[]){ 0, 0, 3, 3 });
}

/* One name all day: what is there is numbered on, not overwritten. */
static void a_name_that_stays_is_numbered(void **state)
{
	static const char *const names[] = { "1970", "19701", "19702", NULL };
	const struct rotation rotation = { .seconds = 10 };
	struct origin one = { .name = "203.0.113.1" };
	char dir[] = "/tmp/capture_test.XXXXXX", path[64];
	struct capture c;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%%Y", dir);
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &rotation, 86400), 0);
	put_at(&c, &one, 86400);
	put_at(&c, &one, 86410);
	put_at(&c, &one, 86420);
	assert_int_equal(capture_flush(&c), 0);
	assert_int_equal(capture_close(&c), 0);
	assert_files(dir, names, (const int[]){ 3, 3, 3 });
}

static void put_number(struct capture *c, struct origin *origin,
		       uint64_t number)
{
	struct copy numbered = copy;

	numbered.number = number;
	numbering_take(&origin->numbering, number, number);
	capture_put(c, origin, &numbered, &packet);
}

/* Of a file that ends with the statistics of an interface. */
static void read_statistics(const char *path, uint64_t *received,
			    uint64_t *dropped)
{
	uint8_t block[12 + 12 + 12 + 12 + 4];
	FILE *f = fopen(path, "r");
	uint32_t type;

	assert_non_null(f);
	assert_int_equal(fseek(f, -(long)sizeof(block), SEEK_END), 0);
	assert_int_equal(fread(block, sizeof(block), 1, f), 1);
	fclose(f);
	memcpy(&type, block, sizeof(type));
	assert_int_equal(type, 5);
	memcpy(received, block + 24, sizeof(*received));
	memcpy(dropped, block + 36, sizeof(*dropped));
}

static void each_file_tells_what_was_lost(void **state)
{
	const struct rotation rotation = { .size = 150 };
	struct origin one = { .name = "x", .has_numbers = true };
	char dir[] = "/tmp/capture_test.XXXXXX", path[64];
	uint64_t received, dropped, all = 0, lost = 0;
	struct capture c;
	uint64_t i;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/tap", dir);
	capture_init(&c);
	c.comments = false;
	assert_int_equal(capture_open(&c, path, &rotation, 0), 0);
	/* Every third one is missing. */
	for (i = 1; i <= 30; i++)
		if (i % 3)
			put_number(&c, &one, i);
	assert_true(c.number > 1);
	assert_int_equal(capture_close(&c), 0);
	for (i = 0; i <= c.number; i++) {
		if (i)
			snprintf(path, sizeof(path), "%s/tap%d", dir, (int)i);
		read_statistics(path, &received, &dropped);
		all += received;
		lost += dropped;
		assert_true(count_blocks(path) >= 4);
		unlink(path);
	}
	assert_int_equal(all, 20);
	assert_int_equal(lost, 9);
	assert_int_equal(rmdir(dir), 0);
}

static void frames_have_an_interface_that_tells(void **state)
{
	char path[] = "/tmp/capture_test.XXXXXX";
	struct origin one = { .name = "x", .has_numbers = true };
	struct copy numbered = copy;
	struct capture c;
	uint32_t block[13];
	FILE *f;

	close(mkstemp(path));
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &never, 0), 0);
	numbered.number = 1;
	numbering_take(&one.numbering, 1, 1);
	capture_put(&c, &one, &numbered, &frame);
	assert_int_equal(capture_close(&c), 0);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fseek(f, -(long)sizeof(block), SEEK_END), 0);
	assert_int_equal(fread(block, sizeof(block), 1, f), 1);
	fclose(f);
	assert_int_equal(block[0], 5);
	assert_int_equal(block[2], 0);
	unlink(path);
}

/* One kind of content began the numbers, another has its interface, too. */
static void one_interface_tells_of_both(void **state)
{
	char path[] = "/tmp/capture_test.XXXXXX";
	struct origin one = { .name = "x", .has_numbers = true };
	uint64_t received, dropped;
	struct copy numbered = copy;
	struct capture c;

	close(mkstemp(path));
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &never, 0), 0);
	numbered.number = 1;
	numbering_take(&one.numbering, 1, 1);
	capture_put(&c, &one, &numbered, &frame);
	put_number(&c, &one, 5);
	assert_int_equal(capture_close(&c), 0);
	read_statistics(path, &received, &dropped);
	assert_int_equal(received, 2);
	assert_int_equal(dropped, 3);
	/* Section, two interfaces, two packets, statistics. */
	assert_int_equal(count_blocks(path), 6);
	unlink(path);
}

static void a_file_that_cannot_follow_is_told(void **state)
{
	const struct rotation rotation = { .seconds = 10 };
	struct origin one = { .name = "203.0.113.1" };
	char dir[] = "/tmp/capture_test.XXXXXX", path[64], first[64];
	struct capture c;

	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/%%s", dir);
	capture_init(&c);
	assert_int_equal(capture_open(&c, path, &rotation, 5), 0);
	snprintf(first, sizeof(first), "%s/5", dir);
	assert_int_equal(unlink(first), 0);
	assert_int_equal(rmdir(dir), 0);
	put_at(&c, &one, 15);
	assert_int_equal(capture_flush(&c), -ENOENT);
	assert_non_null(strstr(c.name, "/15"));
	assert_int_equal(capture_close(&c), 0);
}

static void errors_are_returned(void **state)
{
	struct capture c;

	capture_init(&c);
	assert_int_equal(capture_open(&c, "/dev/full", &never, 0), -ENOSPC);
	assert_int_equal(capture_close(&c), 0);
	capture_init(&c);
	assert_int_equal(capture_open(&c, "/nonexistent/file", &never, 0),
			 -ENOENT);
	assert_int_equal(capture_close(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_whole_after_each_flush),
		cmocka_unit_test(size_begins_files_anew),
		cmocka_unit_test(time_begins_files_anew),
		cmocka_unit_test(a_name_that_stays_is_numbered),
		cmocka_unit_test(a_file_that_cannot_follow_is_told),
		cmocka_unit_test(each_file_tells_what_was_lost),
		cmocka_unit_test(frames_have_an_interface_that_tells),
		cmocka_unit_test(one_interface_tells_of_both),
		cmocka_unit_test(errors_are_returned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
