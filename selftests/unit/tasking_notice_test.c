// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What control sources are told without having asked. Digests are checked by
// the outlet.

#include "dtcpd/tasking-private.h"
#include "tasking_fake_outlet.h"

#define GROUPS "capture-group g1 {\n" \
	" content-destination cd1 { address = \"203.0.113.2\" port = 7 }\n" \
	" control-source u { }\n" \
	" control-source v { shared-key = \"top secret\" }\n}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define ASYNC "Flags: SendAsync\r\n"
#define TIME "2011-02-13 16:00:02.802\r\n"
#define RESTART "the monitoring platform was started again\r\n"

static int setup(void **state)
{
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS);
	return 0;
}

static void restart(void)
{
	fake_stop();
	outlet_start(GROUPS);
}

static bool ask_v(const char *method, const char *headers)
{
	char text[512];

	snprintf(text, sizeof(text), "%s DTCP/0.6\r\nCsource-ID: v\r\n"
		 "%sSeq: 1\r\n", method, headers);
	return ask_signed("v", text, "top secret")[0];
}

/* The only notification since the last call, to @source. */
static void told(const char *source, const char *mixed)
{
	assert_int_equal(outlet.nnotice, 1);
	assert_string_equal(outlet.notice[0].source, source);
	assert_string_equal(outlet.notice[0].mixed, mixed);
	outlet.nnotice = 0;
}

/* A restart is told to every source, in no order. */
static void told_all(const char *u, const char *v)
{
	int first = strcmp(outlet.notice[0].source, "u") != 0;

	assert_int_equal(outlet.nnotice, 2);
	assert_string_equal(outlet.notice[first].source, "u");
	assert_string_equal(outlet.notice[first].mixed, u);
	assert_string_equal(outlet.notice[!first].source, "v");
	assert_string_equal(outlet.notice[!first].mixed, v);
	outlet.nnotice = 0;
}

static void not_told(void)
{
	assert_int_equal(outlet.nnotice, 0);
}

static void no_op(void **state)
{
	ask("u", "NOOP", "");
	not_told();
	ask("u", "NOOP", ASYNC);
	assert_string_equal(outlet.notice[0].upper,
			    "DTCP/0.7 131 NoOp Notification\r\n"
			    "TIMESTAMP: " TIME);
	told("u", "DTCP/0.7 131 NoOp Notification\r\nTimestamp: " TIME);
	assert_true(ask_v("NOOP", ASYNC));
	assert_string_equal(outlet.notice[0].key, "top secret");
	told("v", "DTCP/0.6 131 NoOp Notification\r\nTimestamp: " TIME);
	assert_int_equal(counter("u", "no-op-notifications"), 1);
	assert_int_equal(counter("u", "notifications"), 1);
	assert_int_equal(counter("v", "no-op-notifications"), 1);
}

static void asked_for(void **state)
{
	struct tasking_origin o = { .user = "u", .peer = "192.0.2.1" };
	static const char no_op[] = "NOOP DTCP/0.7\r\nCsource-ID: u\r\n"
		"Flags: SendAsync\r\nSeq: 1\r\nAuthentication-Info: "
		"0c21e5fb85cef67f3a2a0d4ca6e3ea59e3f9a7c8\r\n\r\n";
	struct dtcp_writer w;

	/* Wrong digest: whoever it was has not asked for anything. */
	dtcp_writer_init(&w, true);
	assert_false(tasking_request(tasking, &o, no_op, strlen(no_op), &w));
	not_told();
	dtcp_writer_fini(&w);
	ask("u", "NOOP", "");
	assert_false(asked_async);
	ask("u", "NOOP", ASYNC);
	assert_true(asked_async);
	ask("u", "ADD", CD1 "Timeout-Idle: 1\r\nFlags: Static,SendAsync\r\n");
	assert_true(asked_async);
	ask("u", "LIST", "");
	assert_false(asked_async);
}

static void versions(void **state)
{
	source_config("u")->notification_version = (struct dtcp_version){ 0, 8 };
	ask("u", "NOOP", ASYNC);
	told("u", "DTCP/0.8 131 NoOp Notification\r\nTimestamp: " TIME);
	/* A restart is no first contact. */
	ask_v("ADD", CD1 "Timeout-Idle: 60\r\n");
	restart();
	told_all("DTCP/0.7 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 0, " RESTART "Timestamp: " TIME,
		 "DTCP/0.6 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 1, " RESTART "Timestamp: " TIME);
	ask_v("ADD", CD1 "Timeout-Idle: 60\r\n");
	/* Kept by a dtcpd that did not know. */
	memory_of("v")->version = (struct dtcp_version){ 0, 0 };
	restart();
	told_all("DTCP/0.7 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 0, " RESTART "Timestamp: " TIME,
		 "DTCP/0.7 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 1, " RESTART "Timestamp: " TIME);
}

static void a_limit_met(void **state)
{
	ask("u", "ADD", CD1 ASYNC "Timeout-Idle: 60\r\nTimeout-Total: 0\r\n"
	    "timeout-packets: 100\r\nTimeout-Bytes: 007000\r\n");
	fake.counters = (struct tasking_counters){
		.left_idle = 59001, .left_packets = 0, .left_bytes = 42,
	};
	tasking_filter_gone(tasking, 1, DFC_REASON_LIMIT_PACKETS,
			    &fake.counters);
	assert_string_equal(outlet.notice[0].upper,
		"DTCP/0.7 390 Criterion Timeout Delete\r\nCRITERIA-ID: 1\r\n"
		"TIMEOUT-IDLE: 60\r\nTIMEOUT-PACKETS: 100\r\n"
		"TIMEOUT-BYTES: 007000\r\nREMAINING-IDLE: 60\r\n"
		"REMAINING-PACKETS: 0\r\nREMAINING-BYTES: 42\r\n"
		"TIMESTAMP: " TIME);
	told("u", "DTCP/0.7 390 Criterion Timeout Delete\r\nCriteria-ID: 1\r\n"
	     "Timeout-Idle: 60\r\nTimeout-Packets: 100\r\n"
	     "Timeout-Bytes: 007000\r\nRemaining-Idle: 60\r\n"
	     "Remaining-Packets: 0\r\nRemaining-Bytes: 42\r\n"
	     "Timestamp: " TIME);
	tasking_settle(tasking);
	not_told();
	assert_int_equal(counter("u", "timeout-notifications"), 1);
	assert_int_equal(memory_of("u")->criteria, 0);
	assert_int_equal(memory_of("u")->last_id, 1);
}

static void every_limit(void **state)
{
	static const enum dfc_reason reason[] = {
		DFC_REASON_TIMEOUT_TOTAL, DFC_REASON_TIMEOUT_IDLE,
		DFC_REASON_LIMIT_PACKETS, DFC_REASON_LIMIT_BYTES,
	};
	size_t i;

	for (i = 0; i < 4; i++) {
		ask("u", "ADD", CD1 ASYNC "Timeout-Total: 60\r\n");
		tasking_filter_gone(tasking, i + 1, reason[i], &fake.counters);
		assert_int_equal(outlet.nnotice, i + 1);
		assert_non_null(strstr(outlet.notice[i].mixed, " 390 "));
	}
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	tasking_filter_gone(tasking, 5, DFC_REASON_TIMEOUT_TOTAL,
			    &fake.counters);
	assert_int_equal(outlet.nnotice, 4);
}

/* Nobody knows what remained; a static one can only have been deleted. */
static void event_lost(void **state)
{
	ask("u", "ADD", CD1 ASYNC "Timeout-Total: 60\r\n");
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask("u", "ADD", CD1 "Flags: Static\r\n");
	tasking_filter_gone(tasking, 1, DFC_REASON_DELETED, NULL);
	told("u", "DTCP/0.7 390 Criterion Timeout Delete\r\nCriteria-ID: 1\r\n"
	     "Timeout-Total: 60\r\nTimestamp: " TIME);
	tasking_filter_gone(tasking, 2, DFC_REASON_DELETED, NULL);
	tasking_settle(tasking);
	not_told();
	tasking_filter_gone(tasking, 3, DFC_REASON_DELETED, NULL);
	tasking_settle(tasking);
	told("u", "DTCP/0.7 599 Server Restart\r\nAlert-Info: criteria lost: 1 "
	     "(Criteria-ID 3), deleted on the monitoring platform\r\n"
	     "Timestamp: " TIME);
}

static void deleted_behind_our_back(void **state)
{
	uint32_t i;

	for (i = 1; i <= 30; i++)
		ask("u", "ADD", CD1 ASYNC "Timeout-Total: 60\r\n");
	ask_v("ADD", CD1 "Flags: Static\r\n");
	for (i = 1; i <= 29; i++)
		tasking_filter_gone(tasking, i, DFC_REASON_DELETED,
				    &fake.counters);
	not_told();
	tasking_settle(tasking);
	told("u", "DTCP/0.7 599 Server Restart\r\nAlert-Info: criteria lost: "
	     "29, deleted on the monitoring platform\r\nTimestamp: " TIME);
	tasking_settle(tasking);
	not_told();
	assert_int_equal(memory_of("u")->criteria, 1);
	assert_int_equal(counter("u", "criteria-deleted-otherwise"), 29);
	assert_int_equal(counter("u", "restart-notifications"), 1);
}

static void deleted_on_request(void **state)
{
	ask("u", "ADD", CD1 ASYNC "Timeout-Total: 60\r\n");
	ask("u", "DELETE", "Criteria-ID: 1\r\n");
	tasking_filter_gone(tasking, 1, DFC_REASON_DELETED, &fake.counters);
	tasking_settle(tasking);
	not_told();
	assert_int_equal(counter("u", "criteria-deleted-on-request"), 1);
}

static void module_unloaded(void **state)
{
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	tasking_filter_gone(tasking, 1, DFC_REASON_DELETED, &fake.counters);
	tasking_kernel_gone(tasking);
	tasking_kernel_gone(tasking);
	told_all("DTCP/0.7 599 Server Restart\r\nAlert-Info: criteria lost: "
		 "2, the kernel module was unloaded\r\nTimestamp: " TIME,
		 "DTCP/0.7 599 Server Restart\r\nAlert-Info: criteria lost: "
		 "0, the kernel module was unloaded\r\nTimestamp: " TIME);
	restart();
	not_told();
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	assert_int_equal(memory_of("u")->last_id, 3);
}

static void daemon_restarted(void **state)
{
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask_v("NOOP", "");
	assert_int_equal(memory_of("u")->criteria, 2);
	restart();
	told_all("DTCP/0.7 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 2, " RESTART "Timestamp: " TIME,
		 "DTCP/0.6 599 Server Restart\r\n"
		 "Alert-Info: criteria lost: 0, " RESTART "Timestamp: " TIME);
	assert_true(was_logged("u: criteria lost: 2, the monitoring platform"));
	assert_int_equal(memory_of("u")->criteria, 0);
	assert_string_equal(ask("u", "ADD", CD1 "Timeout-Total: 60\r\n"),
			    HEAD("200 OK") "CRITERIA-ID: 3\r\n" TAIL);
	/* Told once: not again by a reload, nor by another restart after it. */
	assert_int_equal(reconfigure(GROUPS), 0);
	ask("u", "DELETE", "Criteria-ID: 3\r\n");
	restart();
	not_told();
}

/* A key is made ready once, for notifications and answers alike. */
static void key_made_ready(void **state)
{
	const struct source *v = source_lookup(&tasking->sources, "v");

	assert_int_equal(v->hmac.key_len, 0);
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	tasking_kernel_gone(tasking);
	assert_int_equal(outlet.nnotice, 2);
	assert_int_equal(v->hmac.key_len, strlen("top secret"));
	assert_memory_equal(v->hmac.key, "top secret", v->hmac.key_len);
}

/* A source that only a reload brings back: no other lost anything by that. */
static void source_comes_back(void **state)
{
	const char *without = "capture-group g1 {\n control-source v { }\n}\n";

	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	fake_stop();
	outlet_start(without);
	not_told();
	fake.fail_dest_add = -ENOMEM;
	assert_int_equal(reconfigure(GROUPS), -ENOMEM);
	fake.fail_dest_add = 0;
	tasking_settle(tasking);
	assert_int_equal(reconfigure(without), 0);
	not_told();
	assert_int_equal(reconfigure(GROUPS), 0);
	told("u", "DTCP/0.7 599 Server Restart\r\n"
	     "Alert-Info: criteria lost: 1, " RESTART "Timestamp: " TIME);
}

static void not_allowed(void **state)
{
	ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask_v("ADD", CD1 "Timeout-Total: 60\r\n");
	assert_int_equal(reconfigure("capture-group g1 {\n"
		" content-destination cd1 { address = \"203.0.113.9\" port = 7 }\n"
		" control-source u { shared-key = \"a new one\" }\n}\n"), 0);
	assert_string_equal(outlet.notice[0].key, "a new one");
	told("u", "DTCP/0.7 599 Server Restart\r\nAlert-Info: criteria lost: 1 "
	     "(Criteria-ID 1), not allowed by the new configuration\r\n"
	     "Timestamp: " TIME);
	assert_int_equal(counter("u", "criteria-deleted-by-configuration"), 1);
	assert_int_equal(memory_of("v")->criteria, 0);
}

static void rates(void **state)
{
	int i;

	for (i = 0; i < 3; i++)
		ask("u", "ADD", CD1 "Timeout-Total: 60\r\n");
	ask("u", "LIST", "");
	assert_int_equal(counter("u", "add-request-peak-rate"), 3);
	assert_int_equal(counter("u", "add-request-rate"), 0);
	fake.now += 1000;
	assert_int_equal(counter("u", "add-request-rate"), 3);
	fake.now += 1000;
	assert_int_equal(counter("u", "add-request-rate"), 0);
	assert_int_equal(counter("u", "add-request-peak-rate"), 3);
}

static void remembered(void **state)
{
	size_t calls = outlet.remembered;

	ask("u", "NOOP", "");
	assert_int_equal(outlet.remembered, ++calls);
	ask("u", "ADD", "");
	assert_int_equal(outlet.remembered, ++calls);
	ask_signed("u", "NOOP DTCP/0.7\r\nCsource-ID: u\r\nSeq: 3\r\n", "no");
	assert_int_equal(outlet.remembered, calls);
	assert_int_equal(memory_of("u")->window.max, 10);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_op),
		TEST(asked_for),
		TEST(versions),
		TEST(a_limit_met),
		TEST(every_limit),
		TEST(event_lost),
		TEST(deleted_behind_our_back),
		TEST(deleted_on_request),
		TEST(module_unloaded),
		TEST(daemon_restarted),
		TEST(key_made_ready),
		TEST(source_comes_back),
		TEST(not_allowed),
		TEST(rates),
		TEST(remembered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
