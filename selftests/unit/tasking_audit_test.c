// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What tasking has written into the audit log, and what it does if it cannot.

#include "outlet_subject.h"

/* What was written since the last call is just that. */
static void wrote(const char *expected)
{
	assert_string_equal(outlet.audit, expected);
	outlet.audit[0] = '\0';
}

#define OF(event, source) "{\"event\":\"" event "\"," \
	"\"capture-group\":\"g\",\"control-source\":\"" source "\""
#define REQUEST(source, method) OF("request", source) \
	",\"transport\":\"ssh\",\"peer\":\"203.0.113.2\",\"request\":10," \
	"\"method\":\"" method "\","
#define HEADERS ",\"headers\":{\"Cdest-ID\":\"cd\",\"Timeout-Idle\":\"60\"}}\n"

static void requests(void **state)
{
	ask("a", "ADD", ADD);
	wrote(REQUEST("a", "ADD") "\"code\":200,\"criteria-id\":1,\"filter\":1"
	      HEADERS);
	ask("a", "ADD", "Cdest-ID: other\r\nFlags: Static\r\n");
	wrote(REQUEST("a", "ADD") "\"code\":430,\"reason\":\"content destination "
	      "unknown or not allowed\",\"headers\":{\"Cdest-ID\":\"other\",\"Flags\":\"Static\"}}\n");
	ask("a", "REFRESH", "Criteria-ID: 1\r\nTimeout-Idle: 9\r\n");
	wrote(REQUEST("a", "REFRESH") "\"code\":200,\"headers\":{"
	      "\"Criteria-ID\":\"1\",\"Timeout-Idle\":\"9\"}}\n");
	ask("a", "LIST", "");
	wrote(REQUEST("a", "LIST") "\"code\":200,\"headers\":{}}\n");
	ask("a", "DELETE", "Cdest-ID: cd\r\n");
	wrote(REQUEST("a", "DELETE") "\"code\":200,\"criteria\":1,\"headers\":{"
	      "\"Cdest-ID\":\"cd\"}}\n");
	ask("a", "NOOP", "");
	wrote(REQUEST("a", "NOOP") "\"code\":200,\"headers\":{}}\n");
}

/* The configuration has no say in it. */
static void quiet_ones_too(void **state)
{
	ask("quiet", "ADD", ADD);
	wrote(REQUEST("quiet", "ADD") "\"code\":200,\"criteria-id\":1,"
	      "\"filter\":1" HEADERS);
	assert_null(strstr(logged, "criteria 1"));
}

/* Every byte of a header is there; of two, the one that counts. */
static void odd_bytes(void **state)
{
	ask("a", "ADD", "Cdest-ID: \xff,\\044\r\nCdest-ID: cd\r\nX-Other: 7\r\n");
	assert_non_null(strstr(outlet.audit, "\"headers\":{\"Cdest-ID\":"
			       "\"\\\\255,\\\\092044\"}}\n"));
	outlet.audit[0] = '\0';
	ask("a", "ADD", "Cdest-ID: c\xc3\xbc\r\n");
	assert_non_null(strstr(outlet.audit, "\"Cdest-ID\":\"c\xc3\xbc\""));
}

static void ends(void **state)
{
	static const struct tasking_counters none;

	ask("a", "ADD", ADD);
	ask("a", "ADD", ADD);
	outlet.audit[0] = '\0';
	outlet.deaf = true;
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, &none);
	wrote(OF("criteria-ended", "a") ",\"criteria-id\":1,\"filter\":1,"
	      "\"reason\":\"timeout-idle\"}\n");
	assert_int_equal(reconfigure("capture-group g { mode = passive "
			"interfaces = {eth1} " DEST SOURCE("a", "") " }\n"),
			 0);
	wrote(OF("criteria-ended", "a") ",\"criteria-id\":2,\"filter\":2,"
	      "\"reason\":\"configuration\"}\n");
	json_decref(tasking_clear(tasking, "sequence-number a"));
	wrote(OF("sequence-number-cleared", "a") "}\n");
	tasking_kernel_gone(tasking);
	wrote("{\"event\":\"kernel-module-unloaded\",\"criteria\":0}\n");
}

static void attempts(void **state)
{
	static const struct tasking_origin o = {
		.user = "a", .peer = "192.0.2.3",
	};

	udp("a", "NOOP", "", 1);
	udp("nobody", "NOOP", "", 1);
	ask_signed("a", "NOOP DTCP/0.7\r\nCsource-ID: a\r\nSeq: 1\r\n", "wrong");
	tasking_refused(tasking, "192.0.2.3", "rate-limit");
	assert_string_equal(outlet.attempts,
		"message-dropped not-service-port udp 192.0.2.7 a known\n"
		"message-dropped unknown-control-source udp 192.0.2.7 nobody\n"
		"message-dropped bad-digest ssh 203.0.113.2 a known\n"
		"connection-refused rate-limit ssh 192.0.2.3 -\n");
	wrote("");
	tasking_login(tasking, &o, "a public key");
	wrote("{\"event\":\"login\",\"control-source\":\"a\","
	      "\"transport\":\"ssh\",\"peer\":\"192.0.2.3\","
	      "\"method\":\"a public key\"}\n");
	tasking_logout(tasking, &o, "no sign of life");
	wrote("{\"event\":\"logout\",\"control-source\":\"a\","
	      "\"transport\":\"ssh\",\"peer\":\"192.0.2.3\","
	      "\"reason\":\"no sign of life\"}\n");
}

#define REFUSED HEAD("500 Server Internal Error") TAIL
#define ADDED(id) HEAD("200 OK") "CRITERIA-ID: " id "\r\n" TAIL

/* Known to be full beforehand: the kernel is not even asked. */
static void full(void **state)
{
	asks("a", "ADD", ADD, ADDED("1"));
	outlet.audit_full = true;
	asks("a", "ADD", ADD, REFUSED);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(counter("a", "criteria-added"), 1);
	assert_true(was_logged("the audit log cannot be written"));
	asks("a", "DELETE", "Cdest-ID: cd\r\n",
	     HEAD("200 OK") "CRITERIA-COUNT: 1\r\n" TAIL);
	assert_int_equal(fake.nfilter, 0);
	outlet.audit_full = false;
	asks("a", "ADD", ADD, ADDED("2"));
}

static bool fills_up(void *arg)
{
	return true;
}

/* It turns out when the line is written: what was granted is taken back. */
static void fills(void **state)
{
	struct tasking_outlet out = fake_outlet;

	out.audit_ready = fills_up;
	out.notify = NULL;
	tasking_set_outlet(tasking, &out, NULL);
	outlet.audit_full = true;
	asks("a", "ADD", ADD, REFUSED);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(counter("a", "criteria-added"), 0);
	assert_int_equal(counter("a", "active-criteria"), 0);
	assert_int_equal(counter("a", "add-requests-failed"), 1);
	outlet.audit_full = false;
	asks("a", "ADD", ADD, ADDED("2"));
	assert_int_equal(fake.nfilter, 1);
	tasking_set_outlet(tasking, &fake_outlet, (void *)&fake_outlet);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests),
		TEST(quiet_ones_too),
		TEST(odd_bytes),
		TEST(ends),
		TEST(attempts),
		TEST(full),
		TEST(fills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
