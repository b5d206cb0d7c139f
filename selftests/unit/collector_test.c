// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/writer.h"
#include "dtcp/collector.h"
#include "dtcp/stray.h"

static struct collector c;
static struct trouble t;

/* A part with rows @from..@to of @total; none if @from is 0. */
static enum collector_verdict take(unsigned int code, unsigned int from,
				   unsigned int to, unsigned int total)
{
	struct dtcp_version version = { 0, 7 };
	struct dtcp_writer w;
	struct reply r;
	unsigned int i;

	dtcp_writer_init(&w, false);
	dtcp_writer_status(&w, version, code);
	for (i = from; i && i <= to; i++) {
		dtcp_writer_header(&w, "Criteria-Num", "%u", i);
		dtcp_writer_header(&w, "Criteria-Count", "%u", total);
		dtcp_writer_header(&w, "Criteria-ID", "%u", 100 + i);
		dtcp_writer_header(&w, "Timestamp", "then");
	}
	dtcp_writer_header(&w, "Timestamp", "now");
	dtcp_writer_header(&w, "Seq", "1");
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), 0);
	/* The collector takes the text over, and nothing else. */
	free(w.end);
	assert_int_equal(reply_parse(&r, w.buf, w.len, "k", 1, &t), 0);
	return collector_take(&c, w.buf, &r, &t);
}

static void assert_missing(uint32_t n, const char *expected)
{
	char text[64];

	assert_int_equal(collector_missing(&c, text, sizeof(text)), n);
	assert_string_equal(text, expected);
}

/* The rows that are there, by the number of their Criteria-ID. */
static void assert_rows(const char *expected)
{
	char text[256] = "";
	struct reply r;
	size_t i;

	assert_int_equal(collector_merge(&c, &r), 0);
	for (i = 0; i < r.nentries; i++) {
		const struct dtcp_header *h = &r.header[r.entry[i].first + 2];

		assert_int_equal(r.entry[i].n, 4);
		assert_true(dtcp_text_is(h->name, "Criteria-ID"));
		strncat(text, h->value.at, h->value.len);
		strcat(text, " ");
	}
	assert_string_equal(text, expected);
	/* Timestamp and Seq of one part only. */
	assert_int_equal(r.n, 2 + 4 * r.nentries);
	reply_fini(&r);
	collector_fini(&c);
}

static void one_message(void **state)
{
	assert_int_equal(take(200, 0, 0, 0), COLLECTOR_COMPLETE);
	assert_missing(0, "");
	assert_rows("");
	assert_int_equal(take(200, 1, 3, 3), COLLECTOR_COMPLETE);
	assert_rows("101 102 103 ");
	assert_int_equal(take(431, 0, 0, 0), COLLECTOR_COMPLETE);
	assert_int_equal(c.part->reply.code, 431);
	collector_fini(&c);
}

static void parts_in_any_order(void **state)
{
	assert_int_equal(take(200, 5, 6, 6), COLLECTOR_MORE);
	assert_missing(4, "1-4");
	assert_int_equal(take(200, 1, 1, 6), COLLECTOR_MORE);
	assert_missing(3, "2-4");
	assert_int_equal(take(200, 2, 4, 6), COLLECTOR_COMPLETE);
	assert_missing(0, "");
	assert_rows("101 102 103 104 105 106 ");
}

static void doubled_parts(void **state)
{
	assert_int_equal(take(200, 1, 2, 4), COLLECTOR_MORE);
	assert_int_equal(take(200, 1, 2, 4), COLLECTOR_DOUBLE);
	assert_int_equal(take(200, 2, 2, 4), COLLECTOR_DOUBLE);
	/* One row is new, the other is not. */
	assert_int_equal(take(200, 2, 3, 4), COLLECTOR_MORE);
	assert_missing(1, "4");
	assert_rows("101 102 103 ");
}

static void lost_parts(void **state)
{
	unsigned int i;

	assert_int_equal(take(200, 3, 3, 9), COLLECTOR_MORE);
	assert_int_equal(take(200, 6, 7, 9), COLLECTOR_MORE);
	assert_missing(6, "1-2, 4-5, 8-9");
	assert_rows("103 106 107 ");
	for (i = 2; i <= 80; i += 2)
		assert_int_equal(take(200, i, i, 80), COLLECTOR_MORE);
	assert_missing(40, "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, "
		       "27, 29, 31, ...");
	collector_fini(&c);
}

static void contradictions(void **state)
{
	assert_int_equal(take(200, 1, 2, 4), COLLECTOR_MORE);
	assert_int_equal(take(200, 3, 4, 5), COLLECTOR_BROKEN);
	assert_non_null(strstr(t.text, "4 rows in one part and 5"));
	assert_int_equal(take(500, 0, 0, 0), COLLECTOR_BROKEN);
	assert_non_null(strstr(t.text, "500"));
	/* What was good of a broken part is forgotten with it. */
	assert_int_equal(take(200, 4, 5, 4), COLLECTOR_BROKEN);
	assert_non_null(strstr(t.text, "1..4"));
	assert_missing(2, "3-4");
	assert_rows("101 102 ");
	assert_int_equal(take(200, 1, 1, 0), COLLECTOR_BROKEN);
	assert_int_equal(take(200, 1, 1, COLLECTOR_MAX + 1), COLLECTOR_BROKEN);
	collector_fini(&c);
}

static void strays(void **state)
{
	struct stray s = { 0 };
	char text[128];

	stray_text(&s, text, sizeof(text));
	assert_string_equal(text, "");
	s.other = 1;
	stray_text(&s, text, sizeof(text));
	assert_string_equal(text, "1 datagram was ignored: 1 for another "
			    "request");
	s = (struct stray){ 1, 2, 3, 4 };
	stray_text(&s, text, sizeof(text));
	assert_string_equal(text, "10 datagrams were ignored: 1 from "
			    "elsewhere, 2 not authentic, 3 for another "
			    "request, 4 doubled");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_message),
		cmocka_unit_test(parts_in_any_order),
		cmocka_unit_test(doubled_parts),
		cmocka_unit_test(lost_parts),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(strays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
