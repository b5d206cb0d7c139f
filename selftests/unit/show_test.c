// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/hmac.h"
#include "dtcp/show.h"

static char *text;
static struct reply r;

/* Signs a response by hand, because a writer would not write all of these. */
static void parse(const char *body)
{
	uint8_t digest[DTCP_DIGEST_LEN];
	struct trouble t;
	size_t i, n;

	text = malloc(strlen(body) + 128);
	assert_int_equal(dtcp_hmac("k", 1, body, strlen(body), digest), 0);
	n = (size_t)sprintf(text, "%sAuthentication-Info: ", body);
	for (i = 0; i < sizeof(digest); i++)
		n += (size_t)sprintf(text + n, "%02x", digest[i]);
	n += (size_t)sprintf(text + n, "\r\n\r\n");
	assert_int_equal(reply_parse(&r, text, n, "k", 1, &t), 0);
}

static void end(void)
{
	reply_fini(&r);
	free(text);
}

static void assert_shown(const char *body, const char *expected)
{
	char *shown = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&shown, &size);

	parse(body);
	show_text(out, &r);
	fclose(out);
	assert_string_equal(shown, expected);
	free(shown);
	end();
}

static void assert_json(const char *body, bool list, const char *expected)
{
	json_t *answer, *wanted = json_loads(expected, 0, NULL);

	assert_non_null(wanted);
	parse(body);
	answer = show_json(&r, list);
	if (!json_equal(answer, wanted))
		json_dumpf(answer, stderr, 0);
	assert_true(json_equal(answer, wanted));
	json_decref(answer);
	json_decref(wanted);
	end();
}

#define LIST "DTCP/0.7 200 OK\r\nSEQ: 5\r\n" \
	"CRITERIA-ID: 9\r\nCSOURCE-ID: ftap1\r\nCDEST-ID: cd1\r\n" \
	"CSOURCE-ADDRESS: 203.0.113.2\r\nX-A: 1\r\nX-B: 2\r\n" \
	"DEST-PORT: 80, 443\r\nSOURCE-ADDRESS: 192.0.2.2\r\n" \
	"TIMEOUT-IDLE: 60\r\nTIMEOUT-TOTAL: 600\r\n" \
	"CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 2\r\n" \
	"CRITERIA-ID: 10\r\nCSOURCE-ID: ftap1\r\nCDEST-ID: mediation\r\n" \
	"CSOURCE-ADDRESS: 203.0.113.2\r\nFLAGS: Static\r\n" \
	"MATCHING-PACKETS: 12345678\r\n" \
	"CRITERIA-NUM: 2\r\nCRITERIA-COUNT: 2\r\n" \
	"TIMESTAMP: 2026-11-22 01:02:03.004\r\n"

static void plain_answer(void **state)
{
	assert_shown("DTCP/0.7 432 Improper Filter Specification\r\n"
		     "SEQ: 1\r\nSource-Address: bogus\r\nwhat is this\r\n",
		     "432 Improper Filter Specification\nSEQ: 1\n"
		     "Source-Address: bogus\nwhat is this\n");
}

static void list_is_a_table(void **state)
{
	assert_shown(LIST,
"200 OK\n"
"SEQ: 5\n"
"TIMESTAMP: 2026-11-22 01:02:03.004\n"
"\n"
"CRITERIA  CDEST      FLAGS   FILTER                              "
"TIMEOUTS            PACKETS  FROM         OTHER\n"
"       9  cd1        -       source 192.0.2.2 dest-port 80, 443  "
"total 600 idle 60         -  203.0.113.2  X-A: 1, X-B: 2\n"
"      10  mediation  Static  -                                   "
"-                  12345678  203.0.113.2  -\n");
}

static void terminal_is_not_driven(void **state)
{
	assert_shown("DTCP/0.7 200 OK\r\nred \033[31m\r\n",
		     "200 OK\nred ?[31m\n");
}

static void json_of_an_answer(void **state)
{
	assert_json("DTCP/0.7 200 OK\r\nSEQ: 5\r\nCRITERIA-ID: 9\r\n"
		    "Criteria-Id: 10\r\nno header\r\nX-Utf: \xff\r\n", false,
		    "{\"version\": \"0.7\", \"code\": 200, \"reason\": \"OK\","
		    "\"headers\": {\"seq\": 5, \"criteria-id\": 9,"
		    "\"x-utf\": \"?\"}}");
	assert_json("DTCP/0.7 200 OK\r\nSEQ: 18446744073709551615\r\n"
		    "CRITERIA-ID: 1,2\r\nCDEST-ID: 7\r\n", false,
		    "{\"version\": \"0.7\", \"code\": 200, \"reason\": \"OK\","
		    "\"headers\": {\"seq\": \"18446744073709551615\","
		    "\"criteria-id\": \"1,2\", \"cdest-id\": \"7\"}}");
}

static void json_of_a_list(void **state)
{
	assert_json("DTCP/0.7 200 OK\r\nSEQ: 5\r\n", true,
		    "{\"version\": \"0.7\", \"code\": 200, \"reason\": \"OK\","
		    "\"headers\": {\"seq\": 5}, \"criteria\": []}");
	assert_json(LIST, false,
		    "{\"version\": \"0.7\", \"code\": 200, \"reason\": \"OK\","
		    "\"headers\": {\"seq\": 5,"
		    "\"timestamp\": \"2026-11-22 01:02:03.004\"},"
		    "\"criteria\": [{\"criteria-id\": 9,"
		    "\"csource-id\": \"ftap1\", \"cdest-id\": \"cd1\","
		    "\"csource-address\": \"203.0.113.2\", \"x-a\": \"1\","
		    "\"x-b\": \"2\", \"dest-port\": \"80, 443\","
		    "\"source-address\": \"192.0.2.2\", \"timeout-idle\": 60,"
		    "\"timeout-total\": 600, \"criteria-num\": 1,"
		    "\"criteria-count\": 2}, {\"criteria-id\": 10,"
		    "\"csource-id\": \"ftap1\", \"cdest-id\": \"mediation\","
		    "\"csource-address\": \"203.0.113.2\","
		    "\"flags\": \"Static\", \"matching-packets\": 12345678,"
		    "\"criteria-num\": 2, \"criteria-count\": 2}]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_answer),
		cmocka_unit_test(list_is_a_table),
		cmocka_unit_test(terminal_is_not_driven),
		cmocka_unit_test(json_of_an_answer),
		cmocka_unit_test(json_of_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
