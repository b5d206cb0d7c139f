// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// LIST: one message over SSH, and over UDP as many as it takes.

#include "dtcp-proto/value.h"
#include "tasking_fake.h"

#define GROUPS \
	"capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7890 }\n" \
	" control-source a { }\n" \
	" control-source b { }\n" \
	"}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define IDLE "Timeout-Idle: 60\r\n"
#define LIMIT 1400
#define MESSAGES_MAX 128

/* An answer, taken apart; the texts point into @w. */
static struct {
	struct dtcp_writer w;
	struct dtcp_message m[MESSAGES_MAX];
	size_t len[MESSAGES_MAX];
	size_t n;
} got;

static int setup(void **state)
{
	fake_start(GROUPS);
	memset(&got, 0, sizeof(got));
	return 0;
}

static int teardown(void **state)
{
	dtcp_writer_fini(&got.w);
	fake_stop();
	return 0;
}

static void split(void)
{
	size_t from = 0, end;

	for (got.n = 0; from < got.w.len; from = end) {
		assert_true(got.n < MESSAGES_MAX);
		end = dtcp_writer_message(&got.w, from);
		assert_true(end > from);
		got.len[got.n] = end - from;
		assert_int_equal(dtcp_message_parse(&got.m[got.n],
						    got.w.buf + from,
						    end - from), 0);
		assert_true(dtcp_message_verify(&got.m[got.n],
						got.w.buf + from, "Juniper",
						7));
		got.n++;
	}
	assert_int_equal(dtcp_writer_message(&got.w, from), 0);
}

/* LIST as @user, answered in messages of at most @limit bytes; 0: in one. */
static void list(const char *user, const char *headers, size_t limit)
{
	struct tasking_origin o = { .user = user, .peer = "203.0.113.2" };
	struct dtcp_writer w;

	dtcp_writer_init(&w, false);
	dtcp_writer_request(&w, "LIST", (struct dtcp_version){ 0, 7 });
	dtcp_writer_header(&w, "Csource-ID", "%s\r\n%sSeq: 77", user, headers);
	assert_int_equal(dtcp_writer_sign(&w, "Juniper", 7), 0);
	dtcp_writer_fini(&got.w);
	dtcp_writer_init(&got.w, limit == 0);
	got.w.limit = limit;
	tasking_request(tasking, &o, w.buf, w.len, &got.w);
	assert_false(got.w.failed);
	dtcp_writer_fini(&w);
	/* Over SSH an answer may be longer than a request can be. */
	if (limit)
		split();
}

static void add(const char *headers, size_t n)
{
	while (n--)
		assert_non_null(strstr(ask("a", "ADD", headers), "200 OK"));
}

static uint64_t number(const struct dtcp_header *h)
{
	uint64_t value;

	assert_int_equal(dtcp_value_unsigned(h->value, UINT64_MAX, &value), 0);
	return value;
}

static bool is(const struct dtcp_header *h, const char *name)
{
	return dtcp_text_is(h->name, name);
}

/* Checks one message, whose entries are whole; returns how many it has. */
static size_t check_message(const struct dtcp_message *m, size_t *num,
			    size_t count)
{
	size_t i, n = 0, last = m->nheaders - 1;
	bool inside = false;

	assert_true(m->is_response);
	assert_int_equal(m->code, 200);
	assert_int_equal(m->version.minor, 7);
	assert_true(is(&m->headers[0], "Seq"));
	assert_int_equal(number(&m->headers[0]), 77);
	assert_true(is(&m->headers[last], "Timestamp"));
	for (i = 1; i < last; i++) {
		if (is(&m->headers[i], "Criteria-ID")) {
			assert_false(inside);
			inside = true;
		} else if (is(&m->headers[i], "Criteria-Num")) {
			assert_int_equal(number(&m->headers[i]), ++*num);
		} else if (is(&m->headers[i], "Criteria-Count")) {
			assert_int_equal(number(&m->headers[i]), count);
			assert_true(inside);
			inside = false;
			n++;
		} else {
			assert_true(inside);
		}
	}
	assert_false(inside);
	return n;
}

static void check_messages(size_t count)
{
	size_t i, num = 0, n = 0;

	for (i = 0; i < got.n; i++)
		n += check_message(&got.m[i], &num, count);
	assert_int_equal(num, count);
	assert_int_equal(n, count);
}

static void test_one_over_ssh(void **state)
{
	add(CD1 IDLE, 200);
	list("a", "Flags: Both\r\n", 0);
	assert_int_equal(dtcp_writer_message(&got.w, 0), got.w.len);
	assert_ptr_equal(strstr(got.w.buf, "DTCP/0.7 200 OK\r\nSEQ: 77\r\n"
				"CRITERIA-ID: 1\r\nCSOURCE-ID: a\r\n"),
			 got.w.buf);
	assert_null(strstr(got.w.buf + 1, "DTCP/0.7"));
	assert_non_null(strstr(got.w.buf, "CRITERIA-NUM: 200\r\n"
			       "CRITERIA-COUNT: 200\r\nTIMESTAMP: "));
}

static void test_many_over_udp(void **state)
{
	size_t i;

	add(CD1 IDLE, 100);
	list("a", "Flags: Both\r\n", LIMIT);
	check_messages(100);
	assert_in_range(got.n, 20, 50);
	for (i = 0; i < got.n; i++)
		assert_in_range(got.len[i], 1, LIMIT);
	assert_int_equal(fake.calls, 101);
}

/* Where one header of an entry more would have been too much. */
static void test_full(void **state)
{
	size_t i, entry, rest;

	add(CD1 IDLE, 50);
	list("a", "", LIMIT);
	entry = (size_t)(strstr(strstr(got.w.buf, "Criteria-ID: 1\r\n") + 5,
				"Criteria-ID: 2\r\n") -
			 strstr(got.w.buf, "Criteria-ID: 1\r\n"));
	for (i = 0; i + 1 < got.n; i++) {
		rest = LIMIT - got.len[i];
		/* Entries grow by the digits of their numbers, not more. */
		assert_in_range(rest, 0, entry + 2);
	}
	check_messages(50);
}

static void test_limit_is_exact(void **state)
{
	size_t whole;

	add(CD1 IDLE, 3);
	list("a", "", 100000);
	assert_int_equal(got.n, 1);
	whole = got.len[0];
	list("a", "", whole);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.len[0], whole);
	list("a", "", whole - 1);
	assert_int_equal(got.n, 2);
	check_messages(3);
	assert_true(got.len[1] < got.len[0]);
}

static void test_entry(void **state)
{
	add(CD1 "Flags: Static,SendAsync\r\nDest-Port: 80, 443\r\n", 1);
	list("a", "Flags: Both\r\n", LIMIT);
	assert_int_equal(got.n, 1);
	*strstr(got.w.buf, "Authentication-Info: ") = '\0';
	assert_string_equal(got.w.buf,
		"DTCP/0.7 200 OK\r\nSeq: 77\r\nCriteria-ID: 1\r\n"
		"Csource-ID: a\r\nCdest-ID: cd1\r\n"
		"Csource-Address: 203.0.113.2\r\n"
		"Timestamp: 2011-02-13 16:00:02.802\r\n"
		"Flags: Static,SendAsync\r\nDest-Port: 80, 443\r\n"
		"Average-Bandwidth: 0\r\nMatching-Packets: 0\r\n"
		"Matching-Bytes: 0\r\nNum-Refresh: 0\r\n"
		"Last-Refresh: 2011-02-13 16:00:02.802\r\n"
		"Criteria-Num: 1\r\nCriteria-Count: 1\r\n"
		"Timestamp: 2011-02-13 16:00:02.802\r\n");
}

static void test_no_match(void **state)
{
	list("a", "", LIMIT);
	assert_int_equal(got.n, 1);
	check_messages(0);
	assert_int_equal(got.m[0].nheaders, 2);
	add(CD1 IDLE, 1);
	list("b", "", LIMIT);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.m[0].nheaders, 2);
	list("a", "Criteria-ID: 2\r\n", LIMIT);
	assert_int_equal(got.n, 1);
	assert_int_equal(got.m[0].nheaders, 2);
}

/* An ADD whose Dest-Port alone is longer than a message of a list. */
static void add_huge(void)
{
	char text[2048] = CD1 IDLE "Dest-Port: 1";
	size_t len = strlen(text), i;

	for (i = 0; i < 63; i++)
		len += (size_t)sprintf(text + len, ",%20s%zu", "", i);
	strcpy(text + len, "\r\n");
	add(text, 1);
}

static void test_huge_goes_alone(void **state)
{
	size_t num = 0;

	add(CD1 IDLE, 1);
	add_huge();
	add(CD1 IDLE, 2);
	list("a", "", LIMIT);
	assert_int_equal(got.n, 3);
	assert_int_equal(check_message(&got.m[0], &num, 4), 1);
	assert_int_equal(check_message(&got.m[1], &num, 4), 1);
	assert_int_equal(check_message(&got.m[2], &num, 4), 2);
	assert_in_range(got.len[0], 1, LIMIT);
	assert_in_range(got.len[1], LIMIT + 1, 3000);
	assert_in_range(got.len[2], 1, LIMIT);
}

static void test_huge_is_first(void **state)
{
	add_huge();
	add_huge();
	list("a", "", LIMIT);
	assert_int_equal(got.n, 2);
	check_messages(2);
}

static void test_static_has_no_timeouts(void **state)
{
	add(CD1 "Timeout-Idle: 60\r\nTimeout-Bytes: garbage\r\n"
	    "Flags: Static\r\n", 1);
	list("a", "Flags: Both\r\n", LIMIT);
	assert_null(strstr(got.w.buf, "Timeout-"));
}

static const char *padded(size_t port, size_t protocol)
{
	static char text[24000];

	snprintf(text, sizeof(text), CD1 IDLE "Dest-Port: 1,%*s\r\n"
		 "Source-Port: 1,%*s\r\nProtocol: 6,%*s\r\n",
		 (int)port - 2, "2", (int)port - 2, "2", (int)protocol - 2,
		 "17");
	return text;
}

/* What LIST repeats is kept for each criterion: there is an end to it. */
static void test_most_text(void **state)
{
	size_t most = 16384 - strlen("60");
	size_t protocol = most - 2 * 8000;

	add(padded(8000, protocol), 1);
	asks("a", "ADD", padded(8000, protocol + 1),
	     HEAD("400 Bad Request") TAIL);
	assert_true(was_logged("more than 16384 bytes to be kept"));
	assert_int_equal(fake.nfilter, 1);
	list("a", "Flags: Both\r\n", LIMIT);
	assert_int_equal(got.n, 1);
	assert_in_range(got.len[0], 16384, 65507);
}

static size_t put_list(char *at, const char *name, const char *entry)
{
	size_t len = (size_t)sprintf(at, "%s: %s", name, entry), i;

	for (i = 1; i < 64; i++)
		len += (size_t)sprintf(at + len, ",%s", entry);
	return len + (size_t)sprintf(at + len, "\r\n");
}

/* Nobody who fills all lists is kept out. */
static void test_longest_lists(void **state)
{
	static const char address[] =
		"!2001:0db8:ffff:ffff:ffff:ffff:ffff:fff0-"
		"2001:0db8:ffff:ffff:ffff:ffff:ffff:ffff";
	static char text[1 << 14];
	size_t len = (size_t)sprintf(text, CD1 IDLE);

	len += put_list(text + len, "Source-Address", address);
	len += put_list(text + len, "Dest-Address", address);
	len += put_list(text + len, "Protocol", "!100-255");
	len += put_list(text + len, "Source-Port", "!10000-65535");
	put_list(text + len, "Dest-Port", "!10000-65535");
	add(text, 1);
}

/* Not those of others, and not what expired: numbered without gaps. */
static void test_snapshot(void **state)
{
	add(CD1 IDLE, 20);
	assert_non_null(strstr(ask("b", "ADD", CD1 IDLE), "200 OK"));
	*fake_filter(5) = fake.filter[--fake.nfilter];
	list("a", "Flags: Stats\r\n", LIMIT);
	check_messages(19);
	assert_null(strstr(got.w.buf, "Criteria-ID: 5\r\n"));
	list("b", "Flags: Both\r\n", LIMIT);
	check_messages(1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_over_ssh),
		TEST(test_many_over_udp),
		TEST(test_full),
		TEST(test_limit_is_exact),
		TEST(test_entry),
		TEST(test_no_match),
		TEST(test_huge_goes_alone),
		TEST(test_huge_is_first),
		TEST(test_static_has_no_timeouts),
		TEST(test_most_text),
		TEST(test_longest_lists),
		TEST(test_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
