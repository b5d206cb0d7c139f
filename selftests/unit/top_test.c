// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcrecv/top.h"

#define SECOND	UINT64_C(1000000000)

static struct tap no_tap = { .fd = -1 };

static void add(struct origins *o, uint32_t intercept, uint64_t packets,
		uint64_t bytes)
{
	struct sockaddr_storage router = { .ss_family = AF_INET };
	struct copy copy = {
		.router = &router, .has_ids = true, .intercept = intercept,
	};
	struct origin *origin = origins_find(o, &copy);

	origin->packets += packets;
	origin->bytes += bytes;
	origin->last = 5 * SECOND;
}

/* What a writer wrote, to be freed. */
static char *screen(const struct summary *s, unsigned int rows)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	top_screen(s, f, rows, 7 * SECOND);
	fclose(f);
	return text;
}

static struct origins *three(void)
{
	struct origins *o = origins_alloc();

	add(o, 1, 10, 1000);
	add(o, 2, 10, 1000);
	add(o, 3, 1, 100);
	origins_mark(o);
	add(o, 2, 30, 3000);
	add(o, 3, 20000, 2000000);
	return o;
}

static void the_busiest_come_first(void **state)
{
	struct origins *o = three();
	struct summary s = { .origins = o, .tap = &no_tap, .seconds = 2 };
	char *text = screen(&s, 24);

	assert_non_null(strstr(text, "0.0.0.0 3/0 "));
	assert_true(strstr(text, "0.0.0.0 3/0 ") <
		    strstr(text, "0.0.0.0 2/0 "));
	assert_true(strstr(text, "0.0.0.0 2/0 ") <
		    strstr(text, "0.0.0.0 1/0 "));
	/* 30 packets, 3000 bytes in 2 s; the last one 2 s ago. */
	assert_non_null(strstr(text, "      40   4000        15  12.0k"
			       "      -   2s"));
	assert_null(strstr(text, "more"));
	free(text);
	origins_free(o);
}

static void what_has_no_room_is_counted(void **state)
{
	struct origins *o = three();
	struct summary s = { .origins = o, .tap = &no_tap, .seconds = 2 };
	char *text = screen(&s, TOP_FRAME + 2);

	assert_null(strstr(text, "0.0.0.0 1/0 "));
	assert_non_null(strstr(text, "and 1 more"));
	free(text);
	text = screen(&s, 1);
	assert_non_null(strstr(text, "and 2 more"));
	free(text);
	origins_free(o);
}

static void lines_tell_who_is_at_work(void **state)
{
	struct origins *o = three();
	struct summary s = {
		.origins = o, .tap = &no_tap, .seconds = 2, .dropped = 4,
	};
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	top_lines(&s, f);
	fclose(f);
	assert_string_equal(text,
			    "all: 20051 packets, 2005100 bytes, 10015 "
			    "packets/s, 8012000 bit/s, 0 malformed, 4 dropped "
			    "by the kernel\n"
			    "  0.0.0.0 2/0: 40 packets, 4000 bytes, 15 "
			    "packets/s, 12000 bit/s\n"
			    "  0.0.0.0 3/0: 20001 packets, 2000100 bytes, "
			    "10000 packets/s, 8000000 bit/s\n");
	free(text);
	origins_free(o);
}

/* 10 and 13 came of filter 3, and 12 late. */
static struct origins *numbered(void)
{
	static const uint64_t numbers[] = { 10, 13, 12 };
	struct sockaddr_storage router = { .ss_family = AF_INET };
	struct copy copy = {
		.router = &router, .port = 1, .filter = 3, .number = 1,
	};
	struct origins *o = three();
	struct origin *origin = origins_find(o, &copy);
	size_t i;

	for (i = 0; i < 3; i++)
		numbering_take(&origin->numbering, numbers[i], 1);
	origin->packets = 3;
	return o;
}

static void gaps_are_told(void **state)
{
	static const char gaps[] = ", 1 lost, 1 out of order, 0 duplicates, "
				   "0 restarts";
	struct origins *o = numbered();
	struct summary s = { .origins = o, .tap = &no_tap, .seconds = 2 };
	char *text = screen(&s, 24), *at;
	size_t len;
	FILE *f;

	assert_non_null(strstr(text, gaps));
	at = strstr(text, "0.0.0.0.0 > 1 filter 3");
	assert_non_null(at);
	assert_non_null(strstr(at, "       3      0         2      0      1"));
	free(text);
	f = open_memstream(&text, &len);
	top_lines(&s, f);
	summary_text(&s, f);
	summary_json(&s, "summary", f);
	fclose(f);
	/* All and the filter, twice; the others have no numbers. */
	for (len = 0, at = text; (at = strstr(at, gaps)); at++)
		len++;
	assert_int_equal(len, 4);
	assert_non_null(strstr(text, "\"lost\":1,\"out-of-order\":1,"
			       "\"duplicates\":0,\"restarts\":0"));
	assert_non_null(strstr(text, "\"filter-id\":3"));
	free(text);
	origins_free(o);
}

static void json_has_rates_only_with_a_time(void **state)
{
	struct origins *o = three();
	struct tap tap = { .name = "dfc0", .fd = 0, .packets = 7 };
	struct summary s = { .origins = o, .tap = &tap, .seconds = 2 };
	json_t *root, *one;
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	summary_json(&s, "live", f);
	s.seconds = 0;
	fflush(f);
	root = json_loads(text, 0, NULL);
	one = json_array_get(json_object_get(json_object_get(root, "live"),
					     "criteria"), 1);
	assert_int_equal(json_integer_value(json_object_get(one,
			 "packets-per-second")), 15);
	assert_int_equal(json_integer_value(json_object_get(one,
			 "intercept-id")), 2);
	assert_string_equal(json_string_value(json_object_get(one,
			    "last-seen")), "1970-01-01T00:00:05.000000000Z");
	assert_int_equal(json_integer_value(json_object_get(json_object_get(
			 json_object_get(root, "live"), "tap"), "packets")),
			 7);
	json_decref(root);
	rewind(f);
	summary_json(&s, "summary", f);
	fclose(f);
	assert_null(strstr(text, "per-second"));
	free(text);
	origins_free(o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_busiest_come_first),
		cmocka_unit_test(what_has_no_room_is_counted),
		cmocka_unit_test(lines_tell_who_is_at_work),
		cmocka_unit_test(gaps_are_told),
		cmocka_unit_test(json_has_rates_only_with_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
