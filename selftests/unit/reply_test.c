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
#include "dtcp/inbox.h"
#include "dtcp/reply.h"

static const struct dtcp_version v07 = { 0, 7 };
static struct dtcp_writer w;
static struct trouble t;
static struct reply r;

static void begin(unsigned int code)
{
	dtcp_writer_init(&w, true);
	dtcp_writer_status(&w, v07, code);
}

/* Signs and parses what was written; the caller ends with end(). */
static int parse(void)
{
	assert_int_equal(dtcp_writer_sign(&w, "k", 1), 0);
	return reply_parse(&r, w.buf, w.len, "k", 1, &t);
}

static void end(void)
{
	reply_fini(&r);
	dtcp_writer_fini(&w);
}

static void answer_is_split(void **state)
{
	begin(431);
	dtcp_writer_header(&w, "Seq", "7");
	dtcp_writer_header(&w, "Criteria-ID", "9");
	assert_int_equal(parse(), 0);
	assert_int_equal(r.code, 431);
	assert_int_equal(r.version.minor, 7);
	assert_memory_equal(r.reason.at, "Unknown Criteria ID", r.reason.len);
	assert_int_equal(r.n, 2);
	assert_true(dtcp_text_is(r.header[1].value, "9"));
	assert_int_equal(r.nentries, 0);
	assert_false(reply_in_entry(&r, 1));
	assert_false(reply_is_notification(&r));
	end();
}

static void digest_is_checked(void **state)
{
	static const char *const bad[] = {
		"DTCP/0.7 200 OK\r\nSEQ: 1\r\n\r\n",
		"DTCP/0.7 200 OK\r\nAuthentication-Info: 12\r\n\r\n",
		"NOOP DTCP/0.7\r\nAuthentication-Info: 12\r\n\r\n",
		"\r\n", "",
	};
	size_t i;

	begin(200);
	dtcp_writer_header(&w, "Seq", "7");
	assert_int_equal(parse(), 0);
	reply_fini(&r);
	assert_int_equal(reply_parse(&r, w.buf, w.len, "K", 1, &t), -1);
	assert_non_null(strstr(t.text, "digest"));
	reply_fini(&r);
	w.buf[w.len - 60] ^= 1;
	*strstr(w.buf, "200") = '3';
	assert_int_equal(reply_parse(&r, w.buf, w.len, "k", 1, &t), -1);
	end();
	dtcp_writer_init(&w, true);
	dtcp_writer_request(&w, "NOOP", v07);
	assert_int_equal(parse(), -1);
	end();
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(reply_parse(&r, bad[i], strlen(bad[i]), "k",
					     1, &t), -1);
		reply_fini(&r);
	}
}

static void seq_is_checked(void **state)
{
	begin(200);
	dtcp_writer_header(&w, "Seq", "18446744073709551615");
	assert_int_equal(parse(), 0);
	assert_int_equal(reply_check_seq(&r, UINT64_MAX, &t), 0);
	assert_int_equal(reply_check_seq(&r, 1, &t), -1);
	end();
	begin(200);
	assert_int_equal(parse(), 0);
	assert_int_equal(reply_check_seq(&r, 0, &t), -1);
	end();
}

static void notifications_have_no_seq(void **state)
{
	begin(390);
	dtcp_writer_header(&w, "Criteria-ID", "1");
	assert_int_equal(parse(), 0);
	assert_true(reply_is_notification(&r));
	end();
	begin(390);
	dtcp_writer_header(&w, "Seq", "1");
	assert_int_equal(parse(), 0);
	assert_false(reply_is_notification(&r));
	end();
	begin(200);
	assert_int_equal(parse(), 0);
	assert_false(reply_is_notification(&r));
	end();
}

static void rows_over_ssh(void **state)
{
	unsigned int i;

	begin(200);
	dtcp_writer_header(&w, "Seq", "1");
	for (i = 1; i <= 3; i++) {
		dtcp_writer_header(&w, "Criteria-ID", "%u", 10 * i);
		dtcp_writer_header(&w, "Cdest-ID", "cd1");
		dtcp_writer_header(&w, "Criteria-Num", "%u", i);
		dtcp_writer_header(&w, "Criteria-Count", "3");
	}
	dtcp_writer_header(&w, "Timestamp", "now");
	assert_int_equal(parse(), 0);
	assert_int_equal(r.nentries, 3);
	for (i = 0; i < 3; i++) {
		assert_int_equal(r.entry[i].first, 1 + 4 * i);
		assert_int_equal(r.entry[i].n, 4);
	}
	assert_false(reply_in_entry(&r, 0));
	for (i = 1; i < 13; i++)
		assert_true(reply_in_entry(&r, i));
	assert_false(reply_in_entry(&r, 13));
	end();
}

static void rows_as_in_the_drafts(void **state)
{
	unsigned int i;

	begin(200);
	dtcp_writer_header(&w, "Timestamp", "now");
	for (i = 1; i <= 2; i++) {
		dtcp_writer_header(&w, "Criteria-Num", "%u", i);
		dtcp_writer_header(&w, "Criteria-Count", "2");
		dtcp_writer_header(&w, "Criteria-ID", "%u", i);
		dtcp_writer_header(&w, "Timestamp", "then");
	}
	assert_int_equal(parse(), 0);
	assert_int_equal(r.nentries, 2);
	assert_int_equal(r.entry[1].first, 5);
	assert_int_equal(r.entry[1].n, 4);
	assert_false(reply_in_entry(&r, 0));
	end();
}

/* The response's own headers follow the last row. */
static void rows_over_udp(void **state)
{
	unsigned int i;

	begin(200);
	for (i = 1; i <= 2; i++) {
		dtcp_writer_header(&w, "Criteria-Num", "%u", i);
		dtcp_writer_header(&w, "Criteria-Count", "2");
		dtcp_writer_header(&w, "Criteria-ID", "%u", i);
		dtcp_writer_header(&w, "Timestamp", "then");
		dtcp_writer_header(&w, "Dest-Port", "1");
	}
	dtcp_writer_header(&w, "TIMESTAMP", "now");
	dtcp_writer_header(&w, "Seq", "1");
	assert_int_equal(parse(), 0);
	assert_int_equal(r.nentries, 2);
	assert_int_equal(r.entry[0].n, 5);
	assert_int_equal(r.entry[1].first, 5);
	assert_int_equal(r.entry[1].n, 5);
	assert_false(reply_in_entry(&r, 10));
	assert_false(reply_in_entry(&r, 11));
	end();
}

static void many_rows(void **state)
{
	unsigned int i;

	begin(200);
	for (i = 1; i <= 5000; i++) {
		dtcp_writer_header(&w, "Criteria-ID", "%u", i);
		dtcp_writer_header(&w, "Criteria-Num", "%u", i);
		dtcp_writer_header(&w, "Criteria-Count", "5000");
	}
	assert_true(w.len > DTCP_MESSAGE_MAX);
	assert_int_equal(parse(), 0);
	assert_int_equal(r.n, 15000);
	assert_int_equal(r.nentries, 5000);
	end();
}

static void feed(struct inbox *in, const char *text, size_t len)
{
	while (len) {
		size_t room, n;
		char *at = inbox_room(in, &room);

		assert_non_null(at);
		n = len < room ? len : room;
		memcpy(at, text, n);
		in->len += n;
		text += n;
		len -= n;
	}
}

static void inbox_takes_any_pieces(void **state)
{
	static const char two[] =
		"DTCP/0.7 200 OK\r\n\r\nAuthentication-Info: x\r\n\r\n"
		"DTCP/0.7 131 N\nAuthentication-Info: x\n\n";
	size_t first = (size_t)(strstr(two, "\r\n\r\nDTCP") + 4 - two);
	size_t i, last = strlen(two) - first;
	struct inbox in = { 0 };

	assert_int_equal(inbox_message(&in), 0);
	for (i = 0; i < strlen(two); i++) {
		feed(&in, two + i, 1);
		if (i + 1 == first) {
			assert_int_equal(inbox_message(&in), first);
			inbox_drop(&in, first);
		} else if (i + 1 < strlen(two)) {
			assert_int_equal(inbox_message(&in), 0);
		}
	}
	assert_int_equal(inbox_message(&in), last);
	inbox_drop(&in, last);
	feed(&in, two, strlen(two));
	assert_int_equal(inbox_message(&in), first);
	inbox_drop(&in, first);
	assert_int_equal(inbox_message(&in), last);
	inbox_fini(&in);
}

static void inbox_has_a_limit(void **state)
{
	struct inbox in = { 0 };
	size_t n;

	while (inbox_room(&in, &n)) {
		memset(in.buf + in.len, 'x', n);
		in.len += n;
	}
	assert_true(in.len > INBOX_MAX / 2 && in.len <= INBOX_MAX);
	inbox_fini(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_is_split),
		cmocka_unit_test(digest_is_checked),
		cmocka_unit_test(seq_is_checked),
		cmocka_unit_test(notifications_have_no_seq),
		cmocka_unit_test(rows_over_ssh),
		cmocka_unit_test(rows_as_in_the_drafts),
		cmocka_unit_test(rows_over_udp),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(inbox_takes_any_pieces),
		cmocka_unit_test(inbox_has_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
