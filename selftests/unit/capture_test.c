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
	assert_int_equal(capture_open(&c, path), 0);
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

static void errors_are_returned(void **state)
{
	struct capture c;

	assert_int_equal(capture_open(&c, "/dev/full"), -ENOSPC);
	assert_int_equal(capture_close(&c), 0);
	assert_int_equal(capture_open(&c, "/nonexistent/file"), -ENOENT);
	assert_int_equal(capture_close(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_is_whole_after_each_flush),
		cmocka_unit_test(errors_are_returned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
