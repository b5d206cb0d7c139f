// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Who is answered at all, what the control socket is told, and what a new
// configuration does to taps.

#include "tasking_fake.h"

#define DEST1 " content-destination cd1 { address = \"203.0.113.2\" port = 7 }\n"
#define DEST2 " content-destination cd2 { address = \"203.0.113.3\" port = 8 }\n"
#define GROUP(body) "capture-group g1 {\n" body "}\n"
#define GROUPS GROUP(DEST1 DEST2 " control-source dtcp1 { }\n" \
	" control-source b { shared-key = \"top secret\" }\n" \
	" control-source d { dynamic-destinations = yes }\n")

#define CD1 "Cdest-ID: cd1\r\n"
#define IDLE "Timeout-Idle: 60\r\n"
#define ADDED(id) HEAD("200 OK") "CRITERIA-ID: " id "\r\n" TAIL

static json_int_t shown(size_t source, const char *counter)
{
	json_t *o = tasking_show(tasking, "control-source"), *s;
	json_int_t value;

	s = json_object_get(o, "control-sources");
	value = json_integer_value(json_object_get(json_array_get(s, source),
						   counter));
	json_decref(o);
	return value;
}

static json_int_t dropped(const char *counter)
{
	json_t *o = tasking_show(tasking, "control-source");
	json_int_t value;

	value = json_integer_value(json_object_get(json_object_get(o, "drops"),
						   counter));
	json_decref(o);
	return value;
}

/* The request and the answer that were published with their digests. */
static void test_published(void **state)
{
	static const char request[] =
		"DELETE DTCP/0.7\r\nCsource-ID: dtcp1\r\nCRITERIA-ID: 2\r\n"
		"Flags: STATIC\r\nSeq: 10\r\nAuthentication-Info: "
		"7e84ae871b12f2da023b038774115bb8d955f17e\r\n\r\n";
	static const char answer[] =
		"DTCP/0.7 200 OK\r\nSEQ: 10\r\nCRITERIA-COUNT: 1\r\n"
		"TIMESTAMP: 2011-02-13 16:00:02.802\r\nAUTHENTICATION-INFO: "
		"2834ff32ec07d84753a046cfb552e072cc27d50b\r\n\r\n";
	struct tasking_origin o = { .user = "dtcp1", .peer = "192.0.2.1" };
	struct dtcp_writer w;

	asks("dtcp1", "ADD", CD1 IDLE, ADDED("1"));
	asks("dtcp1", "ADD", CD1 "Flags: Static\r\n", ADDED("2"));
	dtcp_writer_init(&w, true);
	tasking_request(tasking, &o, request, strlen(request), &w);
	assert_int_equal(w.len, strlen(answer));
	assert_memory_equal(w.buf, answer, w.len);
	dtcp_writer_fini(&w);
}

static void test_silence(void **state)
{
	static const char *const junk[] = {
		"", "\r\n", "GET / HTTP/1.1\r\n\r\n",
		"NOOP DTCP/0.7\r\nSeq: 1\r\n",
		"NOOP DTCP/0.7\r\nCsource-ID: dtcp1\r\nSeq: x\r\n",
		"DTCP/0.7 200 OK\r\nCsource-ID: dtcp1\r\nSeq: 1\r\n",
		"NOOP DTCP/x\r\nCsource-ID: dtcp1\r\nSeq: 1\r\n",
	};
	size_t i;

	for (i = 0; i < sizeof(junk) / sizeof(junk[0]); i++)
		assert_string_equal(ask_signed("dtcp1", junk[i], "Juniper"),
				    "");
	assert_int_equal(shown(0, "dropped-not-dtcp"), 3);
	assert_int_equal(shown(0, "dropped-bad-request"), 2);
	assert_int_equal(shown(0, "dropped-bad-command-line"), 2);
	assert_int_equal(shown(1, "dropped-bad-request"), 0);
#define NOOP(name) "NOOP DTCP/0.7\r\nCsource-ID: " name "\r\nSeq: 99\r\n"
	assert_string_equal(ask_signed("dtcp1", NOOP("dtcp1"), "juniper"), "");
	assert_string_equal(ask_signed("b", NOOP("b"), "Juniper"), "");
	assert_string_equal(ask_signed("dtcp1", NOOP("nobody"), "Juniper"), "");
	assert_string_equal(ask_signed("dtcp1", NOOP("d"), "Juniper"), "");
	assert_string_equal(ask_signed("nobody", NOOP("nobody"), "Juniper"),
			    "");
	assert_int_equal(shown(0, "dropped-bad-digest"), 1);
	assert_int_equal(shown(1, "dropped-bad-digest"), 1);
	assert_int_equal(shown(0, "dropped-unknown-control-source"), 1);
	assert_int_equal(shown(0, "dropped-not-ssh-user"), 1);
	assert_int_equal(dropped("bad-digest"), 2);
	assert_int_equal(dropped("unknown-control-source"), 2);
	assert_int_equal(dropped("not-ssh-user"), 1);
	assert_int_equal(dropped("bad-request"), 2);
	assert_int_equal(shown(0, "requests-received"), 0);
	assert_int_equal(shown(0, "sequence-number"), 0);
	assert_true(was_logged("b (203.0.113.2): message dropped: missing or "
			       "wrong digest\n"));
	assert_string_equal(ask_signed("b", NOOP("b"), "top secret"),
			    "DTCP/0.7 200 OK\r\nSEQ: 99\r\n" TAIL);
	assert_false(was_logged("top secret"));
}

static void test_no_digest(void **state)
{
	static const char text[] = NOOP("dtcp1") "\r\n";
	struct tasking_origin o = { .user = "dtcp1", .peer = "192.0.2.1" };
	struct dtcp_writer w;

	dtcp_writer_init(&w, true);
	tasking_request(tasking, &o, text, strlen(text), &w);
	assert_int_equal(w.len, 0);
	dtcp_writer_fini(&w);
	assert_int_equal(shown(0, "dropped-bad-digest"), 1);
}

static void test_unfinished(void **state)
{
	struct tasking_origin o = { .user = "dtcp1", .peer = "192.0.2.1" };

	tasking_unfinished(tasking, &o);
	assert_int_equal(shown(0, "dropped-bad-digest"), 1);
	assert_int_equal(shown(1, "dropped-bad-digest"), 0);
	assert_int_equal(dropped("bad-digest"), 1);
	assert_true(was_logged("dtcp1 (192.0.2.1): message dropped: the stream "
			       "ended before its Authentication-Info\n"));
}

static void test_versions(void **state)
{
#define VERSION(v) "ADD DTCP/" v "\r\nCsource-ID: dtcp1\r\n" CD1 IDLE \
	"Seq: 18446744073709551615\r\n"
#define SEQ "\r\nSEQ: 18446744073709551615\r\n"
	assert_string_equal(
		ask_signed("dtcp1", VERSION("0.9"), "Juniper"),
		"DTCP/0.8 505 DTCP Version not supported" SEQ TAIL);
	assert_string_equal(
		ask_signed("dtcp1", VERSION("0.5"), "Juniper"),
		"DTCP/0.6 505 DTCP Version not supported" SEQ TAIL);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(shown(0, "add-requests-failed"), 2);
	assert_string_equal(
		ask_signed("dtcp1", VERSION("0.6"), "Juniper"),
		"DTCP/0.6 200 OK" SEQ "CRITERIA-ID: 1\r\n" TAIL);
	assert_string_equal(
		ask_signed("dtcp1", VERSION("0.8"), "Juniper"),
		"DTCP/0.8 200 OK" SEQ "CRITERIA-ID: 2\r\n" TAIL);
}

static void test_counters(void **state)
{
	asks("dtcp1", "NOOP", "Flags: SendAsync\r\n", HEAD("200 OK") TAIL);
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("1"));
	asks("dtcp1", "ADD", CD1 "Flags: Static\r\n", ADDED("2"));
	ask("dtcp1", "ADD", "Cdest-ID: x\r\n" IDLE);
	ask("dtcp1", "DELETE", "Criteria-ID: 7\r\n");
	ask("dtcp1", "LIST", "");
	ask("dtcp1", "REFRESH", "Criteria-ID: 1\r\n" IDLE);
	ask("dtcp1", "ENABLE", "");
	assert_int_equal(shown(0, "criteria-added"), 2);
	assert_int_equal(shown(0, "criteria-add-failed"), 1);
	assert_int_equal(shown(0, "active-criteria"), 2);
	assert_int_equal(shown(0, "static-criteria"), 1);
	assert_int_equal(shown(0, "dynamic-criteria"), 1);
	assert_int_equal(shown(0, "requests-received"), 8);
	assert_int_equal(shown(0, "requests-failed"), 3);
	assert_int_equal(shown(0, "add-requests-received"), 3);
	assert_int_equal(shown(0, "delete-requests-failed"), 1);
	assert_int_equal(shown(0, "list-requests-received"), 1);
	assert_int_equal(shown(0, "refresh-requests-received"), 1);
	assert_int_equal(shown(0, "no-op-requests-received"), 1);
	assert_int_equal(shown(0, "sequence-number"), 10);
	tasking_filter_gone(tasking, 1, DFC_REASON_TIMEOUT_IDLE, NULL);
	tasking_filter_gone(tasking, 2, DFC_REASON_LIMIT_BYTES, NULL);
	assert_int_equal(shown(0, "criteria-deleted-timeout-idle"), 1);
	assert_int_equal(shown(0, "criteria-deleted-timeout-bytes"), 1);
	assert_int_equal(shown(0, "criteria-deleted-timeout-total"), 0);
	assert_int_equal(shown(0, "active-criteria"), 0);
	assert_int_equal(shown(0, "static-criteria"), 0);
}

static void show_is(const char *what, const char *expected)
{
	json_t *o = tasking_show(tasking, what);
	char *text = json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);

	assert_string_equal(text, expected);
	free(text);
	json_decref(o);
}

static void test_show(void **state)
{
	assert_null(tasking_show(tasking, "secrets"));
	show_is("criteria", "{\"criteria\":[]}");
	asks("dtcp1", "ADD", "Cdest-ID: cd2,cd1\r\n" IDLE, ADDED("1"));
	show_is("criteria", "{\"criteria\":[{\"content-destinations\":"
		"[\"cd2\",\"cd1\"],\"control-source\":\"dtcp1\","
		"\"criteria-id\":1,\"filter\":1}]}");
	assert_int_equal(reconfigure(GROUP(DEST1
		" control-source d { dynamic-destinations = yes }")), 0);
	show_is("destinations", "{\"destinations\":[{\"average-rate\":0,"
		"\"capture-group\":\"g1\","
		"\"congestion-delete-notifications\":0,"
		"\"congestion-notifications\":0,\"criteria\":0,"
		"\"destination\":1,\"dynamic\":false,\"matched-bytes\":0,"
		"\"matched-packets\":0,\"name\":\"cd1\"}]}");
	asks("d", "ADD", "Cdest-ID: \\255\\033\r\n" IDLE
	     "X-JTap-Cdest-Dest-Address: 192.0.2.1\r\n"
	     "X-JTap-Cdest-Dest-Port: 1\r\n"
	     "X-JTap-Cdest-Source-Address: 192.0.2.2\r\n"
	     "X-JTap-Cdest-Source-Port: 1\r\n", ADDED("1"));
	show_is("criteria", "{\"criteria\":[{\"content-destinations\":"
		"[\"\\\\255!\"],\"control-source\":\"d\",\"criteria-id\":1,"
		"\"filter\":2}]}");
}

static void test_filter_ids(void **state)
{
	uint32_t *id;

	asks("dtcp1", "ADD", CD1 IDLE, ADDED("1"));
	asks("d", "ADD", CD1 IDLE, ADDED("1"));
	assert_int_equal(tasking_filter_ids(tasking, &id), 2);
	assert_int_equal(id[0] + id[1], 3);
	free(id);
}

static size_t active(size_t source)
{
	return shown(source, "active-criteria");
}

/* Sources dtcp1, b and d with one criterion each to cd1, and d a dynamic one */
static void add_some(void)
{
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("1"));
	asks("dtcp1", "ADD", "Cdest-ID: cd2\r\n" IDLE, ADDED("2"));
	asks("d", "ADD", CD1 IDLE, ADDED("1"));
	asks("d", "ADD", CD1 IDLE "X-JTap-Cdest-TTL: 3\r\n", ADDED("2"));
	asks("d", "ADD", CD1 IDLE "X-JTap-Cdest-Dest-Port: 3\r\n", ADDED("3"));
	assert_int_equal(fake.nfilter, 5);
	assert_int_equal(fake.ndest, 4);
	logged[0] = 0;
}

static void test_reload_same(void **state)
{
	size_t calls;

	add_some();
	calls = fake.calls;
	assert_int_equal(reconfigure(GROUPS), 0);
	assert_int_equal(fake.calls, calls);
	assert_int_equal(active(0), 2);
	assert_int_equal(shown(0, "criteria-added"), 2);
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("3"));
	assert_string_equal(strstr(logged, "deleted") ?: "", "");
}

static void test_reload_source_gone(void **state)
{
	add_some();
	assert_int_equal(reconfigure(GROUP(DEST1 DEST2
		" control-source dtcp1 { }")), 0);
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(fake.ndest, 2);
	assert_true(was_logged("d: criteria 3 deleted, filter 5: not allowed "
			       "by the new configuration\n"));
	assert_string_equal(ask("d", "NOOP", ""), "");
}

static void test_reload_dest_changed(void **state)
{
	add_some();
	assert_int_equal(reconfigure(GROUP(
		" content-destination cd1 { address = \"203.0.113.2\" port = 70 }\n"
		DEST2 " control-source dtcp1 { }\n"
		" control-source d { dynamic-destinations = yes }\n")), 0);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].id, 2);
	assert_int_equal(fake.ndest, 2);
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("3"));
	assert_int_equal(fake_dest(fake.filter[1].dest[0])->outer.port, 70);
}

static void test_reload_not_allowed(void **state)
{
	add_some();
	assert_int_equal(reconfigure(GROUP(DEST1 DEST2
		" control-source dtcp1 { allowed-destinations = {cd2} }\n"
		" control-source d { }\n")), 0);
	assert_int_equal(active(0), 1);
	assert_int_equal(active(1), 2);
	assert_null(fake_filter(1));
	assert_null(fake_filter(5));
	assert_int_equal(fake.ndest, 3);
}

static void test_reload_other_group(void **state)
{
	add_some();
	assert_int_equal(reconfigure("capture-group g2 {\n" DEST1 DEST2
		" control-source dtcp1 { }\n}\n"), 0);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 2);
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("3"));
}

/* A filter that expired, its event not read yet, when its source goes. */
static void test_reload_expired(void **state)
{
	add_some();
	*fake_filter(3) = fake.filter[--fake.nfilter];
	assert_int_equal(reconfigure(GROUP(DEST1 DEST2)), 0);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ndest, 2);
	tasking_filter_gone(tasking, 3, DFC_REASON_TIMEOUT_IDLE, NULL);
}

static void test_reload_refused(void **state)
{
	add_some();
	fake.fail_dest_add = -EAFNOSUPPORT;
	assert_int_equal(reconfigure(GROUP(DEST1
		" content-destination cd6 { address = \"2001:db8::1\" port = 1 }\n"
		" control-source new { }\n")), -EAFNOSUPPORT);
	fake.fail_dest_add = 0;
	fake.fail_filter_del = -ENOMEM;
	assert_int_equal(reconfigure(GROUP(
		" content-destination cd1 { address = \"203.0.113.9\" port = 7 }\n"
		" control-source new { }\n")), -ENOMEM);
	fake.fail_filter_del = 0;
	assert_int_equal(fake.nfilter, 5);
	assert_int_equal(fake.ndest, 4);
	assert_string_equal(ask("new", "NOOP", ""), "");
	asks("dtcp1", "ADD", CD1 IDLE, ADDED("3"));
	assert_int_equal(fake.nfilter, 6);
}

#define TEST(name) FAKE_TEST(name, GROUPS)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_published),
		TEST(test_silence),
		TEST(test_no_digest),
		TEST(test_unfinished),
		TEST(test_versions),
		TEST(test_counters),
		TEST(test_show),
		TEST(test_filter_ids),
		TEST(test_reload_same),
		TEST(test_reload_source_gone),
		TEST(test_reload_dest_changed),
		TEST(test_reload_not_allowed),
		TEST(test_reload_other_group),
		TEST(test_reload_expired),
		TEST(test_reload_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
