// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What an operator is told of control sources as it happens, and what is
// counted for all of them.

#include "dtcpd/tasking-event.h"
#include "outlet_subject.h"

/* What was told since the last call is just that. */
static void told(const char *expected)
{
	assert_string_equal(outlet.events, expected);
	outlet.events[0] = '\0';
}

#define OF(source) "\"capture-group\":\"g\",\"control-source\":\"" source "\""
#define REQUEST "{\"event\":\"request\"," OF("a") ",\"method\":"
#define PEER "\"peer\":\"203.0.113.2\""

static void requests(void **state)
{
	ask("a", "ADD", ADD);
	told(REQUEST "\"ADD\",\"code\":200," PEER
	     ",\"criteria-id\":1,\"filter\":1}\n");
	ask("a", "ADD", "Cdest-ID: other\r\nTimeout-Idle: 60\r\n");
	told(REQUEST "\"ADD\",\"code\":430," PEER "}\n");
	ask("a", "ADD", ADD);
	outlet.events[0] = '\0';
	ask("a", "DELETE", "Cdest-ID: cd\r\n");
	told(REQUEST "\"DELETE\",\"code\":200," PEER ",\"criteria\":2}\n");
	ask("a", "NONSENSE", "");
	told(REQUEST "\"NONSENSE\",\"code\":501," PEER "}\n");
	ask("quiet", "ADD", ADD);
	told("");
}

static void ends(void **state)
{
	static const struct tasking_counters none;

	ask("a", "ADD", ADD);
	ask("a", "ADD", ADD);
	outlet.events[0] = '\0';
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, &none);
	told("{\"event\":\"criteria-ended\"," OF("a") ",\"criteria-id\":1,"
	     "\"filter\":1,\"reason\":\"timeout-idle\"}\n");
	/* A second time there is nobody that it is news for. */
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, &none);
	told("");
	assert_int_equal(reconfigure("capture-group g { mode = passive "
			"interfaces = {eth1} " DEST SOURCE("a", "") " }\n"),
			 0);
	assert_non_null(strstr(outlet.events,
			"{\"event\":\"criteria-ended\"," OF("a")
			",\"criteria-id\":2,\"filter\":2,"
			"\"reason\":\"configuration\"}\n"));
	assert_non_null(strstr(outlet.events,
			"{\"event\":\"notification\"," OF("a")
			",\"code\":599,\"notification\":\"restart\"}\n"));
}

/* Nothing is made of it where it would be thrown away. */
static void nobody_listens(void **state)
{
	static const struct tasking_counters none;

	outlet.deaf = true;
	assert_false(tasking_event_heard(tasking));
	ask("a", "ADD", ADD);
	ask("a", "NOOP", "Flags: SendAsync\r\n");
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, &none);
	told("");
	outlet.deaf = false;
	assert_true(tasking_event_heard(tasking));
	ask("a", "NONSENSE", "");
	told(REQUEST "\"NONSENSE\",\"code\":501," PEER "}\n");
}

static void cleared(void **state)
{
	json_decref(tasking_clear(tasking, "sequence-number a"));
	told("{\"event\":\"sequence-number-cleared\"," OF("a") "}\n");
	json_decref(tasking_clear(tasking, "sequence-number nobody"));
	told("");
}

static json_int_t figure(const char *name)
{
	json_t *o = tasking_show(tasking, "statistics");
	json_t *value = json_object_get(json_object_get(o, "statistics"),
					name);
	json_int_t n;

	assert_true(json_is_integer(value));
	n = json_integer_value(value);
	json_decref(o);
	return n;
}

static void messages(void **state)
{
	int i;

	ask("a", "NOOP", "");
	outlet.events[0] = '\0';
	ask_signed("a", "NOOP DTCP/0.7\r\nCsource-ID: a\r\nSeq: 11\r\n",
		   "another key");
	told("{\"event\":\"message-dropped\"," OF("a")
	     ",\"cause\":\"bad-digest\"}\n");
	ask_signed(NULL, "NOOP DTCP/0.7\r\nCsource-ID: b\r\nSeq: 1\r\n", "k");
	told("{\"cause\":\"unknown-control-source\","
	     "\"event\":\"message-dropped\",\"control-source\":\"b\"}\n");
	assert_int_equal(figure("control-protocol-packets"), 3);
	assert_int_equal(figure("control-protocol-drops"), 2);
	assert_int_equal(figure("control-protocol-drop-rate"), 0);
	assert_int_equal(figure("control-protocol-drop-peak-rate"), 2);
	fake.now += 1000;
	assert_int_equal(figure("control-protocol-drop-rate"), 2);
	/* Not more often than the log tells. */
	for (i = 0; i < 20; i++)
		ask_signed("a", "NOOP DTCP/0.7\r\nCsource-ID: a\r\n"
			   "Seq: 11\r\n", "another key");
	for (i = 0; outlet.events[0]; i++) {
		char *end = strchr(outlet.events, '\n');

		memmove(outlet.events, end + 1, strlen(end + 1) + 1);
	}
	assert_int_equal(i, 10);
	assert_int_equal(figure("control-protocol-drops"), 22);
}

/* Nobody but the configuration is asked. */
static void names(void **state)
{
	json_t *o = tasking_show(tasking, "source-names");
	json_t *list = json_object_get(o, "source-names");
	const char *first = json_string_value(json_array_get(list, 0));
	const char *second = json_string_value(json_array_get(list, 1));

	assert_int_equal(json_array_size(list), 2);
	assert_true((!strcmp(first, "a") && !strcmp(second, "quiet")) ||
		    (!strcmp(first, "quiet") && !strcmp(second, "a")));
	json_decref(o);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests),
		TEST(ends),
		TEST(nobody_listens),
		TEST(cleared),
		TEST(names),
		TEST(messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
