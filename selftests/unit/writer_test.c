// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dtcp-proto/writer.h"

static const struct dtcp_version v07 = { 0, 7 };

static void published_answer_is_written(void **state)
{
	struct dtcp_writer w;

	dtcp_writer_init(&w, true);
	dtcp_writer_status(&w, v07, 200);
	dtcp_writer_header(&w, "Seq", "%d", 10);
	dtcp_writer_header(&w, "Criteria-Count", "%d", 1);
	dtcp_writer_header(&w, "Timestamp", "%s", "2011-02-13 16:00:02.802");
	assert_int_equal(dtcp_writer_sign(&w, "Juniper", 7), 0);
	assert_int_equal(w.len, strlen(w.buf));
	assert_string_equal(w.buf,
		"DTCP/0.7 200 OK\r\nSEQ: 10\r\nCRITERIA-COUNT: 1\r\n"
		"TIMESTAMP: 2011-02-13 16:00:02.802\r\nAUTHENTICATION-INFO: "
		"2834ff32ec07d84753a046cfb552e072cc27d50b\r\n\r\n");
	dtcp_writer_fini(&w);
	assert_null(w.buf);
}

static void published_request_is_written(void **state)
{
	struct dtcp_writer w;

	dtcp_writer_init(&w, false);
	dtcp_writer_request(&w, "DELETE", v07);
	dtcp_writer_header(&w, "Csource-ID", "%s", "dtcp1");
	dtcp_writer_header(&w, "CRITERIA-ID", "%u", 2);
	dtcp_writer_header(&w, "Flags", "STATIC");
	dtcp_writer_header(&w, "Seq", "%u", 10);
	assert_int_equal(dtcp_writer_sign(&w, "Juniper", 7), 0);
	assert_non_null(strstr(w.buf, "\r\nCsource-ID: dtcp1\r\n"));
	assert_non_null(strstr(w.buf, "\r\nAuthentication-Info: "
		"7e84ae871b12f2da023b038774115bb8d955f17e\r\n\r\n"));
	dtcp_writer_fini(&w);
}

static void each_message_has_its_own_digest(void **state)
{
	struct dtcp_message m;
	struct dtcp_writer w;
	size_t first;

	dtcp_writer_init(&w, true);
	dtcp_writer_status(&w, v07, 400);
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), 0);
	first = w.len;
	assert_int_equal(w.start, first);
	dtcp_writer_status(&w, v07, 432);
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), 0);
	assert_int_equal(dtcp_message_frame(w.buf, w.len), first);
	assert_int_equal(dtcp_message_parse(&m, w.buf, first), 0);
	assert_true(dtcp_message_verify(&m, w.buf, "k", 1));
	assert_int_equal(dtcp_message_parse(&m, w.buf + first, w.len - first),
			 0);
	assert_int_equal(m.code, 432);
	assert_true(dtcp_message_verify(&m, w.buf + first, "k", 1));
	dtcp_writer_fini(&w);
}

static void long_messages_grow(void **state)
{
	struct dtcp_writer w;
	char value[3000];
	int i;

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	dtcp_writer_init(&w, false);
	dtcp_writer_request(&w, "LIST", v07);
	for (i = 0; i < 100; i++)
		dtcp_writer_header(&w, "X", "%s", value);
	assert_int_equal(w.len, 15 + 100 * (2999 + 5));
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), 0);
	assert_false(w.failed);
	dtcp_writer_fini(&w);
}

static void every_length_fits(void **state)
{
	struct dtcp_writer w;
	int n;

	for (n = 0; n < 1100; n++) {
		dtcp_writer_init(&w, false);
		dtcp_writer_header(&w, "X", "%*s", n, "");
		assert_int_equal(w.len, n + 5);
		assert_int_equal(strlen(w.buf), w.len);
		dtcp_writer_fini(&w);
	}
}

static void put_message(struct dtcp_writer *w, unsigned int code)
{
	dtcp_writer_status(w, v07, code);
	assert_int_equal(dtcp_writer_sign(w, "k", 1), 0);
}

static void messages_are_found(void **state)
{
	size_t end[9] = { 0 }, i;
	struct dtcp_writer w;

	dtcp_writer_init(&w, false);
	assert_int_equal(dtcp_writer_message(&w, 0), 0);
	for (i = 1; i < 9; i++) {
		put_message(&w, i % 2 ? 200 : 550);
		end[i] = w.len;
		assert_int_equal(dtcp_writer_message(&w, end[i - 1]), w.len);
	}
	dtcp_writer_status(&w, v07, 200);
	for (i = 0; i < 8; i++)
		assert_int_equal(dtcp_writer_message(&w, end[i]), end[i + 1]);
	assert_int_equal(dtcp_writer_message(&w, end[8]), 0);
	dtcp_writer_fini(&w);
	assert_null(w.end);
}

static void reset_keeps_memory(void **state)
{
	struct dtcp_writer w;
	char *buf;

	dtcp_writer_init(&w, true);
	w.limit = 1400;
	put_message(&w, 200);
	buf = w.buf;
	w.failed = true;
	dtcp_writer_reset(&w);
	assert_ptr_equal(w.buf, buf);
	assert_int_equal(w.len + w.start + w.nends + w.failed, 0);
	assert_int_equal(dtcp_writer_message(&w, 0), 0);
	put_message(&w, 200);
	assert_int_equal(dtcp_writer_message(&w, 0), w.len);
	/* One message is in one piece of memory, which may be taken away. */
	assert_null(w.end);
	dtcp_writer_header(&w, "X", "%*s", 40000, "");
	dtcp_writer_reset(&w);
	assert_null(w.buf);
	assert_int_equal(w.room, 0);
	assert_int_equal(w.limit, 1400);
	assert_true(w.upper);
	dtcp_writer_fini(&w);
}

static void undo(void **state)
{
	struct dtcp_writer w;
	size_t before;

	dtcp_writer_init(&w, false);
	dtcp_writer_number(&w, "A", 1);
	before = w.len;
	dtcp_writer_number(&w, "B", 2);
	dtcp_writer_undo(&w, before);
	assert_string_equal(w.buf, "A: 1\r\n");
	dtcp_writer_number(&w, "C", 3);
	assert_string_equal(w.buf, "A: 1\r\nC: 3\r\n");
	dtcp_writer_fini(&w);
}

static void cheap_headers(void **state)
{
	struct dtcp_writer w;

	dtcp_writer_init(&w, true);
	dtcp_writer_number(&w, "Aa-Zz{", 0);
	dtcp_writer_number(&w, "n", 10);
	dtcp_writer_number(&w, "n", UINT64_MAX);
	dtcp_writer_text(&w, "Text", "abcdef", 3);
	dtcp_writer_text(&w, "Text", "", 0);
	assert_string_equal(w.buf,
		"AA-ZZ{: 0\r\nN: 10\r\nN: 18446744073709551615\r\n"
		"TEXT: abc\r\nTEXT: \r\n");
	assert_int_equal(w.len, strlen(w.buf));
	dtcp_writer_fini(&w);
}

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

#define AT(time) "X: " time "\r\n"

static void times(void **state)
{
	struct dtcp_writer w;
	size_t before;

	set_zone("UTC");
	dtcp_writer_init(&w, false);
	dtcp_writer_status(&w, v07, 200);
	before = w.len;
	dtcp_writer_time(&w, "X", 1104580861111);
	dtcp_writer_time(&w, "X", 1104580861999);
	dtcp_writer_time(&w, "X", 1104580862000);
	dtcp_writer_time(&w, "X", 1104580861007);
	dtcp_writer_time(&w, "X", -1);
	dtcp_writer_time(&w, "X", -1000);
	dtcp_writer_time(&w, "X", 0);
	assert_string_equal(w.buf + before,
		AT("2005-01-01 12:01:01.111") AT("2005-01-01 12:01:01.999")
		AT("2005-01-01 12:01:02.000") AT("2005-01-01 12:01:01.007")
		AT("1969-12-31 23:59:59.999") AT("1969-12-31 23:59:59.000")
		AT("1970-01-01 00:00:00.000"));
	dtcp_writer_fini(&w);
}

/* What one message kept of the clock, the next must not believe. */
static void zone_changes(void **state)
{
	struct dtcp_writer w;

	set_zone("UTC");
	dtcp_writer_init(&w, false);
	dtcp_writer_status(&w, v07, 200);
	dtcp_writer_time(&w, "X", 1104580861111);
	set_zone("XXX-3");
	dtcp_writer_status(&w, v07, 200);
	dtcp_writer_time(&w, "X", 1104580861111);
	assert_non_null(strstr(w.buf, AT("2005-01-01 12:01:01.111")));
	assert_non_null(strstr(w.buf, AT("2005-01-01 15:01:01.111")));
	set_zone("UTC");
	dtcp_writer_request(&w, "NOOP", v07);
	dtcp_writer_time(&w, "Y", 1104580861111);
	assert_non_null(strstr(w.buf, "Y: 2005-01-01 12:01:01.111\r\n"));
	dtcp_writer_fini(&w);
}

static void ready_key_signs_alike(void **state)
{
	struct dtcp_writer one, other;
	struct dtcp_hmac h = { 0 };
	int i;

	dtcp_writer_init(&one, true);
	dtcp_writer_init(&other, true);
	assert_int_equal(dtcp_hmac_key(&h, "k", 1), 0);
	for (i = 0; i < 3; i++) {
		put_message(&one, 200);
		dtcp_writer_status(&other, v07, 200);
		assert_int_equal(dtcp_writer_sign_by(&other, &h), 0);
	}
	assert_string_equal(one.buf, other.buf);
	dtcp_hmac_fini(&h);
	dtcp_writer_status(&other, v07, 200);
	assert_int_equal(dtcp_writer_sign_by(&other, &h), -ENOMEM);
	assert_int_equal(other.len, one.len);
	dtcp_writer_fini(&one);
	dtcp_writer_fini(&other);
}

static void failed_writer_sends_nothing(void **state)
{
	struct dtcp_writer w;

	dtcp_writer_init(&w, false);
	dtcp_writer_status(&w, v07, 200);
	w.failed = true;
	dtcp_writer_header(&w, "Seq", "1");
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), -ENOMEM);
	assert_int_equal(w.len, 0);
	dtcp_writer_fini(&w);
}

static void reasons(void **state)
{
	static const struct {
		unsigned int code;
		const char *reason;
	} known[] = {
		{ 130, "Sequence Number Rollover" },
		{ 131, "NoOp Notification" },
		{ 200, "OK" },
		{ 390, "Criterion Timeout Delete" },
		{ 400, "Bad Request" },
		{ 430, "Unknown Content Destination" },
		{ 431, "Unknown Criteria ID" },
		{ 432, "Improper Filter Specification" },
		{ 433, "Improper Timeout Specification" },
		{ 500, "Server Internal Error" },
		{ 501, "Not Implemented" },
		{ 505, "DTCP Version not supported" },
		{ 550, "Max Criteria Limit Exceeded" },
		{ 551, "Max Content Destination Exceeded" },
		{ 580, "Congestion" },
		{ 598, "Duplicate Packets Dropped" },
		{ 599, "Server Restart" },
		{ 680, "Criterion Congestion Delete" },
		{ 901, "JTap-Failure" },
		{ 999, "Unknown" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		assert_string_equal(dtcp_reason(known[i].code),
				    known[i].reason);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_answer_is_written),
		cmocka_unit_test(published_request_is_written),
		cmocka_unit_test(each_message_has_its_own_digest),
		cmocka_unit_test(long_messages_grow),
		cmocka_unit_test(every_length_fits),
		cmocka_unit_test(messages_are_found),
		cmocka_unit_test(reset_keeps_memory),
		cmocka_unit_test(undo),
		cmocka_unit_test(cheap_headers),
		cmocka_unit_test(times),
		cmocka_unit_test(zone_changes),
		cmocka_unit_test(ready_key_signs_alike),
		cmocka_unit_test(failed_writer_sends_nothing),
		cmocka_unit_test(reasons),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
