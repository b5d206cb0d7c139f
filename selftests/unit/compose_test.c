// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "dtcp/command.h"
#include "dtcp/compose.h"
#include "dtcp/ipproto.h"

static const struct compose_arg args[] = {
	{ "cdest", COMPOSE_TEXT, "Cdest-ID" },
	{ "source", COMPOSE_TEXT, "Source-Address" },
	{ "source-port", COMPOSE_TEXT, "Source-Port" },
	{ "protocol", COMPOSE_PROTOCOL, "Protocol" },
	{ "static", COMPOSE_FLAG, "Static" },
	{ "send-async", COMPOSE_FLAG, "SendAsync" },
	{ "header", COMPOSE_HEADER, NULL },
	{ NULL, COMPOSE_TEXT, NULL }
};

static const struct compose_form form = { "ADD", args, NULL };

static struct compose_values v;
static struct trouble t;

/* Reads up to eight words; the last one is followed by NULL. */
static int parse(const char *const word[])
{
	char *argv[9];
	int argc = 0;

	for (; argc < 8 && word[argc]; argc++)
		argv[argc] = (char *)word[argc];
	t.text[0] = '\0';
	return compose_parse(&v, &form, argc, argv, &t);
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void assert_refused(const char *const word[], const char *culprit)
{
	assert_int_equal(parse(word), -1);
	if (!strstr(t.text, culprit))
		print_error("%s\n", t.text);
	assert_non_null(strstr(t.text, culprit));
}

#define REFUSED(culprit, ...) \
	assert_refused((const char *const[]){ __VA_ARGS__, NULL }, culprit)

static void assert_request(const char *expected)
{
	struct dtcp_writer w;

	dtcp_writer_init(&w, false);
	compose_write(&w, &v, compose_version(&v), "ftap,1", 42);
	assert_string_equal(w.buf, expected);
	dtcp_writer_fini(&w);
}

static void request_is_in_the_order_of_the_table(void **state)
{
	assert_int_equal(PARSE("--source=192.0.2.2", "--static", "--header",
			       "X-Foo : bar", "--send-async", "--cdest",
			       "cd1"), 0);
	assert_request("ADD DTCP/0.7\r\nCsource-ID: ftap\\0441\r\n"
		       "Cdest-ID: cd1\r\nSource-Address: 192.0.2.2\r\n"
		       "Flags: Static,SendAsync\r\nX-Foo: bar\r\nSeq: 42\r\n");
	assert_int_equal(PARSE("--source-port", "1024-*"), 0);
	assert_request("ADD DTCP/0.7\r\nCsource-ID: ftap\\0441\r\n"
		       "Source-Port: 1024-*\r\nSeq: 42\r\n");
	assert_int_equal(parse((const char *const[]){ NULL }), 0);
	assert_request("ADD DTCP/0.7\r\nCsource-ID: ftap\\0441\r\n"
		       "Seq: 42\r\n");
}

static void options_are_found(void **state)
{
	assert_int_equal(PARSE("--source", "*", "--static"), 0);
	assert_true(compose_has(&v, "source"));
	assert_true(compose_has(&v, "static"));
	assert_false(compose_has(&v, "source-port"));
	assert_false(compose_has(&v, "cdest"));
	assert_false(compose_has(&v, "foo"));
}

static void bad_words_are_refused(void **state)
{
	REFUSED("'--foo'", "--foo", "1");
	REFUSED("--cdest", "--foo", "1");
	REFUSED("'cd1'", "cd1");
	REFUSED("'-s'", "-s");
	REFUSED("'--sourc'", "--sourc", "a");
	REFUSED("--source: expected a value", "--source");
	REFUSED("--source: expected a value", "--source", "--static");
	REFUSED("--source: nothing", "--source", "");
	REFUSED("--source: nothing", "--source=");
	REFUSED("--source: given twice", "--source", "a", "--source=b");
	REFUSED("--static: expected no value", "--static=yes");
}

static void headers_are_not_smuggled_in(void **state)
{
	REFUSED("--cdest: control", "--cdest", "a\r\nSeq: 1");
	REFUSED("--cdest: control", "--cdest", "a\n");
	REFUSED("--cdest: control", "--cdest", "a\r");
	REFUSED("--header", "--header", "no colon");
	REFUSED("--header", "--header", "two words: x");
	REFUSED("Seq", "--header", "seq: 1");
	REFUSED("Csource-ID", "--header", "CSOURCE-ID : x");
	REFUSED("Authentication-Info", "--header", "Authentication-Info: 0");
}

static void headers_are_limited(void **state)
{
	char *argv[COMPOSE_EXTRA_MAX + 1];
	int i;

	for (i = 0; i <= COMPOSE_EXTRA_MAX; i++)
		argv[i] = (char *)"--header=a: b";
	assert_int_equal(compose_parse(&v, &form, COMPOSE_EXTRA_MAX, argv, &t),
			 0);
	assert_int_equal(compose_parse(&v, &form, COMPOSE_EXTRA_MAX + 1, argv,
				       &t), -1);
}

static void assert_protocol(const char *list, const char *expected)
{
	char out[64];

	assert_int_equal(ipproto_translate(list, out, sizeof(out), &t), 0);
	assert_string_equal(out, expected);
}

static void protocols_have_names(void **state)
{
	char out[8];

	assert_protocol("tcp", "6");
	assert_protocol("TCP,udp, !icmp", "6,17, !1");
	assert_protocol("tcp-udp,!50-51,*", "6-17,!50-51,*");
	assert_protocol("icmpv6", "58");
	assert_protocol("256", "256");
	assert_int_equal(ipproto_translate("tcp,foo", out, sizeof(out), &t),
			 -1);
	assert_non_null(strstr(t.text, "'foo'"));
	assert_int_equal(ipproto_translate("tc", out, sizeof(out), &t), -1);
	assert_int_equal(ipproto_translate("12345678", out, 8, &t), -1);
	assert_int_equal(ipproto_translate("1234567", out, 8, &t), 0);
	assert_int_equal(PARSE("--protocol", "udp"), 0);
	assert_request("ADD DTCP/0.7\r\nCsource-ID: ftap\\0441\r\n"
		       "Protocol: 17\r\nSeq: 42\r\n");
	REFUSED("'upd'", "--protocol", "upd");
}

/* Every option of a command, and what the request has of it. */
static void assert_command(const struct command *c, const char *const word[],
			   const char *expected)
{
	struct dtcp_writer w;
	char *argv[64];
	int argc = 0;

	for (; word[argc]; argc++)
		argv[argc] = (char *)word[argc];
	t.text[0] = '\0';
	assert_int_equal(compose_parse(&v, c->form, argc, argv, &t), 0);
	dtcp_writer_init(&w, false);
	compose_write(&w, &v, compose_version(&v), "s", 1);
	assert_string_equal(w.buf, expected);
	dtcp_writer_fini(&w);
}

#define COMMAND(c, expected, ...) \
	assert_command(c, (const char *const[]){ __VA_ARGS__, NULL }, expected)

static void add_has_an_option_for_every_header(void **state)
{
	COMMAND(&command_add,
		"ADD DTCP/0.8\r\nCsource-ID: s\r\nCdest-ID: a,b\r\n"
		"Source-Address: 192.0.2.0/24,!192.0.2.9\r\n"
		"Dest-Address: 198.51.100.1-198.51.100.7\r\n"
		"Protocol: 6,17,1\r\nSource-Port: 80,443\r\n"
		"Dest-Port: 1024-*\r\nICMP-Type: 8\r\nICMP-Code: 0-3\r\n"
		"X-JTap-IP-Version: ipv4\r\nX-JTap-Filter-Family: ccc\r\n"
		"X-JTap-VRF-Name: red\r\n"
		"X-JTap-Input-Interface: ge-0/0/0.1,ge-0/0/1\r\n"
		"X-JTap-Output-Interface: eth0\r\n"
		"Timeout-Total: 1\r\nTimeout-Idle: 2\r\n"
		"Timeout-Packets: 3\r\nTimeout-Bytes: 4\r\n"
		"Priority: 5\r\nAction: redirect\r\n"
		"X-JTap-Cdest-Dest-Address: 203.0.113.1,203.0.113.2\r\n"
		"X-JTap-Cdest-Dest-Port: 7890,7891\r\n"
		"X-JTap-Cdest-Source-Address: 203.0.113.9\r\n"
		"X-JTap-Cdest-Source-Port: 30030\r\n"
		"X-JTap-Cdest-TTL: 64\r\nX-MD-Intercept-Id: 01020304\r\n"
		"Flags: Static,SendAsync\r\nX-More: y\r\nSeq: 1\r\n",
		"--header", "X-More: y", "--send-async", "--static",
		"--intercept-id", "01020304", "--cdest-ttl", "64",
		"--cdest-source-port", "30030", "--cdest-source",
		"203.0.113.9", "--cdest-port", "7890,7891", "--cdest-address",
		"203.0.113.1,203.0.113.2", "--action", "redirect",
		"--priority", "5", "--timeout-bytes", "4",
		"--timeout-packets", "3", "--timeout-idle", "2",
		"--timeout-total", "1", "--output", "eth0", "--input",
		"ge-0/0/0.1,ge-0/0/1", "--vrf", "red", "--filter-family",
		"ccc", "--ip-version", "ipv4", "--icmp-code", "0-3",
		"--icmp-type", "8", "--dest-port", "1024-*", "--source-port",
		"80,443", "--protocol", "tcp,udp,icmp", "--dest",
		"198.51.100.1-198.51.100.7", "--source",
		"192.0.2.0/24,!192.0.2.9", "--cdest", "a,b");
}

static void other_requests_have_theirs(void **state)
{
	COMMAND(&command_delete, "DELETE DTCP/0.7\r\nCsource-ID: s\r\n"
		"Criteria-ID: 1-3\r\nFlags: Static\r\nSeq: 1\r\n",
		"--criteria", "1-3", "--static");
	COMMAND(&command_refresh, "REFRESH DTCP/0.7\r\nCsource-ID: s\r\n"
		"Cdest-ID: a\r\nTimeout-Total: 1\r\nTimeout-Idle: 2\r\n"
		"Timeout-Packets: 3\r\nTimeout-Bytes: 4\r\nSeq: 1\r\n",
		"--cdest", "a", "--timeout-total", "1", "--timeout-idle", "2",
		"--timeout-packets", "3", "--timeout-bytes", "4");
	COMMAND(&command_list, "LIST DTCP/0.7\r\nCsource-ID: s\r\n"
		"Criteria-ID: 5\r\nFlags: Stats\r\nSeq: 1\r\n",
		"--criteria", "5", "--stats");
	COMMAND(&command_list, "LIST DTCP/0.7\r\nCsource-ID: s\r\n"
		"Cdest-ID: a\r\nFlags: Both\r\nSeq: 1\r\n",
		"--cdest", "a", "--both");
	COMMAND(&command_noop, "NOOP DTCP/0.7\r\nCsource-ID: s\r\n"
		"Flags: SendAsync\r\nSeq: 1\r\n", "--send-async");
}

static void assert_form_refuses(const struct command *c, const char *culprit,
				char *option)
{
	char *argv[] = { option };

	assert_int_equal(compose_parse(&v, c->form, option ? 1 : 0, argv, &t),
			 -1);
	assert_non_null(strstr(t.text, culprit));
}

static void forms_are_checked(void **state)
{
	assert_form_refuses(&command_add, "--cdest", "--static");
	assert_form_refuses(&command_delete, "--criteria", NULL);
	assert_form_refuses(&command_refresh, "--criteria", NULL);
	assert_form_refuses(&command_refresh, "--timeout-total",
			    "--criteria=1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_is_in_the_order_of_the_table),
		cmocka_unit_test(options_are_found),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(headers_are_not_smuggled_in),
		cmocka_unit_test(headers_are_limited),
		cmocka_unit_test(protocols_have_names),
		cmocka_unit_test(add_has_an_option_for_every_header),
		cmocka_unit_test(other_requests_have_theirs),
		cmocka_unit_test(forms_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
