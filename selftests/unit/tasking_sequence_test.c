// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Sequence numbers: over which transport they are checked, what uses one up,
// what survives a restart, and how an operator clears them.

#include "tasking_fake_outlet.h"

#define GROUPS "capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7 }\n" \
	" control-source u { }\n control-source v { }\n}\n"

static void use_udp(void)
{
	source_config("u")->service_port = UDP_PORT;
	source_config("v")->service_port = UDP_PORT;
}

static int setup(void **state)
{
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS);
	use_udp();
	return 0;
}

static void restart(void)
{
	fake_stop();
	outlet_start(GROUPS);
	use_udp();
}

static bool ssh(const char *name, uint64_t seq)
{
	struct tasking_origin o = { .user = name, .peer = "192.0.2.1" };
	char text[256];

	snprintf(text, sizeof(text),
		 "NOOP DTCP/0.7\r\nCsource-ID: %s\r\nSeq: %llu\r\n", name,
		 (unsigned long long)seq);
	return send_from(&o, text, "Juniper");
}

#define noop(seq) udp("u", "NOOP", "", seq)
#define highest() counter("u", "sequence-number")
#define bad() counter("u", "dropped-bad-sequence-number")

static void window(void **state)
{
	assert_true(noop(1000));
	assert_false(noop(1000));
	assert_true(was_logged("u (192.0.2.7): message dropped: bad sequence "
			       "number 1000: seen before, the highest is 1000"));
	assert_true(noop(744));
	assert_false(noop(743));
	assert_true(was_logged("bad sequence number 743: too far from 1000"));
	assert_false(noop(1257));
	assert_int_equal(highest(), 1000);
	assert_true(noop(1256));
	assert_int_equal(highest(), 1256);
	assert_int_equal(bad(), 3);
	assert_int_equal(counter(NULL, "bad-sequence-number"), 3);
	assert_int_equal(counter("u", "requests-received"), 3);
	assert_true(udp("v", "NOOP", "", 5));
	assert_int_equal(counter("v", "sequence-number"), 5);
}

/* Whatever was answered is answered once, a refusal too. */
static void refused_requests_count(void **state)
{
	assert_true(udp("u", "ADD", "", 3));
	assert_int_equal(counter("u", "add-requests-failed"), 1);
	assert_false(udp("u", "ADD", "", 3));
	assert_false(noop(3));
	assert_int_equal(counter("u", "add-requests-received"), 1);
}

static void forgeries_do_not(void **state)
{
	assert_true(noop(3));
	assert_false(send_from(&udp_origin, "NOOP DTCP/0.7\r\nCsource-ID: u\r\n"
			       "Seq: 4\r\n", "another"));
	assert_int_equal(highest(), 3);
	assert_true(noop(4));
	source_config("u")->rate_limit = 2;
	assert_false(noop(5));
	assert_int_equal(highest(), 4);
	fake.now += 1000;
	assert_true(noop(5));
}

static void not_over_ssh(void **state)
{
	int i;

	for (i = 0; i < 3; i++)
		assert_true(ssh("u", 1));
	assert_int_equal(highest(), 1);
	assert_true(ssh("u", 900000));
	assert_true(ssh("u", 1));
	assert_int_equal(highest(), 900000);
	assert_true(memory_of("u")->unchecked);
	/* It follows: nothing of SSH is good once more over UDP. */
	assert_false(noop(900000));
	assert_false(noop(1));
	assert_true(noop(900001));
	assert_false(memory_of("u")->unchecked);
	assert_int_equal(bad(), 2);
}

static void switched_on(void **state)
{
	source_config("u")->sequence_check = CONFIG_SEQUENCE_ON;
	assert_true(ssh("u", 7));
	assert_false(ssh("u", 7));
	assert_true(noop(8));
	assert_false(ssh("u", 8));
	assert_int_equal(bad(), 2);
}

static void switched_off(void **state)
{
	source_config("u")->sequence_check = CONFIG_SEQUENCE_OFF;
	assert_true(noop(7));
	assert_true(noop(7));
	assert_true(noop(1));
	assert_true(noop(70000));
	assert_int_equal(highest(), 70000);
	assert_int_equal(bad(), 0);
}

static void wrapped(void **state)
{
	assert_true(noop(UINT64_MAX - 3));
	assert_int_equal(outlet.nnotice, 0);
	assert_true(noop(2));
	assert_int_equal(outlet.nnotice, 1);
	assert_string_equal(outlet.notice[0].source, "u");
	assert_string_equal(outlet.notice[0].mixed,
		"DTCP/0.7 130 Sequence Number Rollover\r\n"
		"Timestamp: 2011-02-13 16:00:02.802\r\n");
	assert_string_equal(outlet.notice[0].upper,
		"DTCP/0.7 130 Sequence Number Rollover\r\n"
		"TIMESTAMP: 2011-02-13 16:00:02.802\r\n");
	assert_true(was_logged("u: sequence numbers start again from 0\n"));
	assert_int_equal(counter("u", "rollover-notifications"), 1);
	assert_true(noop(UINT64_MAX));
	assert_int_equal(outlet.nnotice, 1);
}

static void survives(void **state)
{
	assert_true(noop(100));
	assert_true(noop(98));
	assert_int_equal(memory_of("u")->window.max, 100);
	restart();
	assert_int_equal(highest(), 100);
	assert_false(noop(98));
	assert_false(noop(100));
	assert_false(noop(357));
	assert_true(noop(99));
	assert_true(udp("v", "NOOP", "", 1));
}

/* Also a source that is configured again, and a reload that failed first. */
static void survives_reload(void **state)
{
	const char *gone = "capture-group g1 {\n control-source v { }\n}\n";

	assert_true(noop(100));
	assert_int_equal(reconfigure(gone), 0);
	fake.fail_dest_add = -ENOMEM;
	assert_int_equal(reconfigure(GROUPS), -ENOMEM);
	fake.fail_dest_add = 0;
	assert_int_equal(reconfigure(GROUPS), 0);
	use_udp();
	assert_false(noop(100));
	assert_true(noop(101));
	assert_int_equal(outlet.nnotice, 0);
}

static void answer_is(json_t *answer, const char *key, const char *value)
{
	assert_string_equal(json_string_value(json_object_get(answer, key)),
			    value);
	json_decref(answer);
}

static void cleared(void **state)
{
	assert_true(noop(1000));
	answer_is(tasking_clear(tasking, "sequence-number u"), "cleared", "u");
	assert_true(was_logged("u: sequence number cleared by the operator\n"));
	assert_false(memory_of("u")->window.started);
	assert_int_equal(highest(), 0);
	assert_true(noop(5));
	assert_false(noop(1000));
	assert_int_equal(highest(), 5);
}

static void not_cleared(void **state)
{
	static const char *const bad[] = {
		"", "sequence-number", "sequence-numbers u", "criteria u",
	};
	size_t i;

	assert_true(noop(1000));
	answer_is(tasking_clear(tasking, "sequence-number w"), "error",
		  "unknown control source w");
	answer_is(tasking_clear(tasking, "sequence-number "), "error",
		  "unknown control source ");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		answer_is(tasking_clear(tasking, bad[i]), "error",
			  "unknown request, expected clear sequence-number "
			  "SOURCE");
	answer_is(tasking_clear(tasking, NULL), "error",
		  "unknown request, expected clear sequence-number SOURCE");
	assert_false(noop(5));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(window),
		TEST(refused_requests_count),
		TEST(forgeries_do_not),
		TEST(not_over_ssh),
		TEST(switched_on),
		TEST(switched_off),
		TEST(wrapped),
		TEST(survives),
		TEST(survives_reload),
		TEST(cleared),
		TEST(not_cleared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
