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

#include "dtcp-proto/message.h"

static const char published[] =
	"DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\nCRITERIA-ID: 2\r\n"
	"Flags: STATIC\r\nSeq: 10\r\n"
	"Authentication-Info: 7e84ae871b12f2da023b038774115bb8d955f17e\r\n\r\n";

#define DIGEST "0123456789abcdef0123456789ABCDEF01234567"

static struct dtcp_message m;

static int parse(const char *text)
{
	return dtcp_message_parse(&m, text, strlen(text));
}

static void assert_text(struct dtcp_text t, const char *expected)
{
	assert_int_equal(t.len, strlen(expected));
	assert_memory_equal(t.at, expected, t.len);
}

static void request_is_split(void **state)
{
	assert_int_equal(parse(published), 0);
	assert_false(m.is_response);
	assert_text(m.method, "DELETE");
	assert_int_equal(m.version.major, 0);
	assert_int_equal(m.version.minor, 7);
	assert_text(m.first_line, "DELETE DTCP/0.7");
	assert_int_equal(m.nheaders, 4);
	assert_text(m.headers[2].name, "Flags");
	assert_text(m.headers[2].value, "STATIC");
	assert_text(m.headers[2].line, "Flags: STATIC");
	assert_true(m.has_digest);
	assert_int_equal(m.digest[0], 0x7e);
	assert_int_equal(m.signed_len,
			 strstr(published, "Authentication") - published);
}

static void response_is_split(void **state)
{
	assert_int_equal(parse("DTCP/0.7 431 Unknown Criteria ID\r\n"
			       "CRITERIA-ID: 7\r\n"), 0);
	assert_true(m.is_response);
	assert_int_equal(m.code, 431);
	assert_text(m.reason, "Unknown Criteria ID");
	assert_int_equal(m.nheaders, 1);
	assert_false(m.has_digest);
	assert_int_equal(parse("DTCP/0.7 200\n"), 0);
	assert_text(m.reason, "");
}

static void white_space_is_free(void **state)
{
	assert_int_equal(parse("\n \r\n  add \t dtcp/0.8  \n"
			       "Seq  :\t 5 \t\nCdest-ID:a b\r\n\r\n"
			       "authentication-INFO : " DIGEST " \n\n"), 0);
	assert_text(m.method, "add");
	assert_int_equal(m.version.minor, 8);
	assert_int_equal(m.nheaders, 2);
	assert_text(m.headers[0].name, "Seq");
	assert_text(m.headers[0].value, "5");
	assert_text(m.headers[1].value, "a b");
	assert_true(m.has_digest);
	assert_int_equal(m.digest[19], 0x67);
	assert_int_equal(parse("NOOP\tDTCP/0.7\n"), 0);
	assert_text(m.method, "NOOP");
}

static void broken_first_lines(void **state)
{
	static const char *const line[] = {
		"", "\r\n\r\n", "ADD\r\n", "ADD DTCP\r\n", "ADD DTCP/\r\n",
		"ADD DTCP/1\r\n", "ADD DTCP/a.b\r\n", "ADD DTCP/0.7 x\r\n",
		"ADD DTCP/0.123456\r\n", "DTCP/0.7\r\n", "DTCP/0.7 20 OK\r\n",
		"DTCP/0.7 2000 OK\r\n", "DTCP/0.7 099 OK\r\n", "DTCP/0.7 2x0\n",
		"Seq: 1\r\n", "A\001D DTCP/0.7\r\n", "A:D DTCP/0.7\r\n",
		"DTCP/-1.7 200 OK\n", "ADD\rDTCP/0.7\n",
	};
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		assert_int_equal(parse(line[i]), -EBADMSG);
}

static void broken_header_has_no_name(void **state)
{
	static const char *const line[] = {
		"garbage", ": value", "two words: x", "a\001b: c", "x: \177",
		"a: b\rc: d",
	};
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
		strcpy(text, "ADD DTCP/0.7\r\n");
		strcat(text, line[i]);
		strcat(text, "\r\nSeq: 1\r\n");
		assert_int_equal(parse(text), 0);
		assert_int_equal(m.nheaders, 2);
		assert_int_equal(m.headers[0].name.len, 0);
		assert_text(m.headers[0].line, line[i]);
		assert_non_null(dtcp_message_find(&m, "Seq"));
	}
}

static void first_header_counts(void **state)
{
	assert_int_equal(parse("NOOP DTCP/0.7\nSeq: 1\nSEQ: 2\n"), 0);
	assert_text(dtcp_message_find(&m, "seq")->value, "1");
	assert_null(dtcp_message_find(&m, "Se"));
	assert_null(dtcp_message_find(&m, "Seqs"));
}

static void behind_the_digest_nothing_counts(void **state)
{
	assert_int_equal(parse("NOOP DTCP/0.7\nAuthentication-Info: " DIGEST
			       "\nSeq: 1\nAuthentication-Info: none\n"), 0);
	assert_true(m.has_digest);
	assert_null(dtcp_message_find(&m, "Seq"));
}

static void broken_digest_is_none(void **state)
{
	assert_int_equal(parse("NOOP DTCP/0.7\nAuthentication-Info: 12\n"), 0);
	assert_false(m.has_digest);
	assert_int_equal(parse("NOOP DTCP/0.7\nAuthentication-Info: g"
			       "123456789abcdef0123456789ABCDEF01234567\n"), 0);
	assert_false(m.has_digest);
}

static void digest_is_verified(void **state)
{
	char text[256];

	assert_int_equal(parse(published), 0);
	assert_true(dtcp_message_verify(&m, published, "Juniper", 7));
	assert_false(dtcp_message_verify(&m, published, "juniper", 7));
	strcpy(text, "\r\n\n");
	strcat(text, published);
	assert_int_equal(parse(text), 0);
	assert_true(dtcp_message_verify(&m, text, "Juniper", 7));
	*strstr(text, "10\r\n") = '2';
	assert_int_equal(parse(text), 0);
	assert_false(dtcp_message_verify(&m, text, "Juniper", 7));
	assert_int_equal(parse("NOOP DTCP/0.7\nSeq: 1\n"), 0);
	assert_false(dtcp_message_verify(&m, text, "Juniper", 7));
}

static void trailing_white_space_is_signed(void **state)
{
	static const char text[] =
		"DTCP/0.6 200 OK \r\nCriteria-ID: 38224 \r\n"
		"Timestamp: 2005-01-01 12:01:01.111 \r\nSeq: 3827443 \r\n"
		"Authentication-Info: "
		"38099d03fcb5b12a849b36f9bdccc757303fafd0 \r\n \r\n";

	assert_int_equal(parse(text), 0);
	assert_true(dtcp_message_verify(&m, text, "secret", 6));
	assert_text(m.reason, "OK");
	assert_text(m.headers[2].value, "3827443");
}

static void frame_ends_behind_the_digest(void **state)
{
	static const char text[] =
		"\r\nADD DTCP/0.7\r\nSeq: 1\r\n\r\nAuthentication-Info: x\r\n"
		" \r\nADD";
	size_t i, whole = sizeof(text) - 1 - 3;

	for (i = 0; i < whole; i++)
		assert_int_equal(dtcp_message_frame(text, i), 0);
	assert_int_equal(dtcp_message_frame(text, whole), whole);
	assert_int_equal(dtcp_message_frame(text, whole + 3), whole);
	assert_int_equal(dtcp_message_frame(published, sizeof(published) - 1),
			 sizeof(published) - 1);
}

static void limits_of_a_frame(void **state)
{
	char *text = malloc(DTCP_MESSAGE_MAX + 2);

	memset(text, 'a', DTCP_MESSAGE_MAX + 2);
	assert_int_equal(dtcp_message_frame(text, DTCP_LINE_MAX), 0);
	assert_int_equal(dtcp_message_frame(text, DTCP_LINE_MAX + 1),
			 -EMSGSIZE);
	text[DTCP_LINE_MAX] = '\n';
	assert_int_equal(dtcp_message_frame(text, DTCP_LINE_MAX + 1), 0);
	memset(text, '\n', DTCP_MESSAGE_MAX + 2);
	assert_int_equal(dtcp_message_frame(text, DTCP_MESSAGE_MAX), 0);
	assert_int_equal(dtcp_message_frame(text, DTCP_MESSAGE_MAX + 1),
			 -EMSGSIZE);
	free(text);
}

static void longest_frame(void **state)
{
	static const char end[] = "Authentication-Info: x\n\n";
	size_t len = DTCP_MESSAGE_MAX + 1;
	char *text = malloc(len);

	memset(text, '\n', len);
	memcpy(text + len - strlen(end), end, strlen(end));
	assert_int_equal(dtcp_message_frame(text, len), -EMSGSIZE);
	assert_int_equal(dtcp_message_frame(text + 1, len - 1), len - 1);
	memset(text, '\n', len);
	text[len - 1] = 'a';
	assert_int_equal(dtcp_message_frame(text, len), -EMSGSIZE);
	assert_int_equal(dtcp_message_frame(text + 1, len - 1), 0);
	free(text);
}

static void limits_of_a_message(void **state)
{
	static const char first[] = "ADD DTCP/0.7\n";
	char *text = calloc(1, DTCP_MESSAGE_MAX + 2);
	size_t i, len = strlen(first);

	memcpy(text, first, len);
	for (i = 0; i < DTCP_HEADERS_MAX; i++, len += 4)
		memcpy(text + len, "a:b\n", 4);
	assert_int_equal(dtcp_message_parse(&m, text, len), 0);
	memcpy(text + len, "a:b\n", 4);
	assert_int_equal(dtcp_message_parse(&m, text, len + 4), -EMSGSIZE);
	len = strlen(first);
	memset(text + len, 'x', DTCP_MESSAGE_MAX + 1 - len);
	assert_int_equal(dtcp_message_parse(&m, text, len + DTCP_LINE_MAX), 0);
	assert_int_equal(dtcp_message_parse(&m, text, len + DTCP_LINE_MAX + 1),
			 -EMSGSIZE);
	assert_int_equal(dtcp_message_parse(&m, text, DTCP_MESSAGE_MAX + 1),
			 -EMSGSIZE);
	free(text);
}

static void text_is_compared_in_any_case(void **state)
{
	struct dtcp_text t = { "StaticX", 6 };

	assert_true(dtcp_text_is(t, "STATIC"));
	assert_false(dtcp_text_is(t, "STATICX"));
	t.len = 7;
	assert_false(dtcp_text_is(t, "STATIC"));
}

/* What a message before left in the same memory is none of this one's. */
static void parsed_anew(void **state)
{
	static const char text[] = "NOOP DTCP/0.7\r\nSeq: 1\r\n";
	memset(&m, 0xff, sizeof(m));
	assert_int_equal(dtcp_message_parse(&m, published, strlen(published)),
			 0);
	assert_true(m.nheaders > 1 && m.has_digest);
	assert_int_equal(dtcp_message_parse(&m, text, strlen(text)), 0);
	assert_int_equal(m.nheaders, 1);
	assert_false(m.has_digest || m.is_response);
	assert_null(dtcp_message_find(&m, "Csource-ID"));
}

static void blanks_before_the_digest(void **state)
{
	static const char text[] = "NOOP DTCP/0.7\nAction: x\n"
		" \tauthentication-INFO : x\n\nNOOP";

	assert_int_equal(dtcp_message_frame(text, strlen(text)),
			 strlen(text) - 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsed_anew),
		cmocka_unit_test(blanks_before_the_digest),
		cmocka_unit_test(request_is_split),
		cmocka_unit_test(response_is_split),
		cmocka_unit_test(white_space_is_free),
		cmocka_unit_test(broken_first_lines),
		cmocka_unit_test(broken_header_has_no_name),
		cmocka_unit_test(first_header_counts),
		cmocka_unit_test(behind_the_digest_nothing_counts),
		cmocka_unit_test(broken_digest_is_none),
		cmocka_unit_test(digest_is_verified),
		cmocka_unit_test(trailing_white_space_is_signed),
		cmocka_unit_test(frame_ends_behind_the_digest),
		cmocka_unit_test(limits_of_a_frame),
		cmocka_unit_test(longest_frame),
		cmocka_unit_test(limits_of_a_message),
		cmocka_unit_test(text_is_compared_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
