// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Events as dfcctl monitor shows them.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/dfc.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dfcctl/monitor.h"
#include "schema_message.h"

static void an_event(void **state)
{
	struct nlmsghdr *nlh = begin(DFC_CMD_FILTER_DEL_NTF);
	const char *time;
	json_t *event;
	char *text;
	size_t len;
	FILE *out;

	mnl_attr_put_u32(nlh, DFC_A_REASON, DFC_REASON_TIMEOUT_IDLE);
	put_filter(nlh, 7, 10);
	event = monitor_event(nlh);
	assert_equal(json_object_get(event, "event"), "\"filter-deleted\"");
	assert_equal(json_object_get(event, "origin"), "\"kernel\"");
	assert_equal(json_object_get(event, "reason"), "\"timeout-idle\"");
	assert_equal(json_object_get(json_object_get(event, "filter"), "id"),
		     "7");
	time = json_string_value(json_object_get(event, "time"));
	assert_int_equal(strlen(time), 29);
	out = open_memstream(&text, &len);
	monitor_print(out, event);
	fclose(out);
	assert_memory_equal(text, time, 29);
	assert_string_equal(text + 29, " filter 7 gone: timeout-idle; "
			    "matched-packets 10, matched-bytes 1000, "
			    "copies 10, sent-packets 9, dropped-packets 1\n");
	free(text);
	json_decref(event);
	assert_null(monitor_event(begin(DFC_CMD_MAX + 1)));
}

static void a_destination_that_loses_copies(void **state)
{
	struct nlmsghdr *nlh = begin(DFC_CMD_DEST_DROP_NTF);
	struct nlattr *nest = mnl_attr_nest_start(nlh, DFC_A_DEST);
	json_t *event;
	char *text;
	size_t len;
	FILE *out;

	mnl_attr_put_u32(nlh, DFC_DEST_A_ID, 4);
	put_counters(nlh, DFC_DEST_A_COUNTERS, 3);
	mnl_attr_nest_end(nlh, nest);
	event = monitor_event(nlh);
	assert_equal(json_object_get(event, "event"), "\"copies-dropped\"");
	assert_equal(json_object_get(json_object_get(event, "destination"),
				     "drops"), "{\"no-sa\":3,\"output\":2}");
	out = open_memstream(&text, &len);
	monitor_print(out, event);
	fclose(out);
	assert_string_equal(text + 29, " destination 4 loses copies; "
			    "dropped-packets 1, no-sa 3, output 2\n");
	free(text);
	json_decref(event);
}

static char *line_of(json_t *event)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	monitor_print_daemon(out, event);
	fclose(out);
	return text;
}

static void an_event_of_dtcpd(void **state)
{
	json_t *event = json_pack("{ss,ss,ss,ss,si}", "time", "T", "origin",
				  "dtcpd", "event", "request", "method", "ADD",
				  "code", 200);
	char *text = line_of(event);

	assert_string_equal(text, "T dtcpd request: method ADD, code 200\n");
	free(text);
	json_decref(event);
	event = json_pack("{ss,ss,ss}", "time", "T", "origin", "dfcctl",
			  "event", "dtcpd-connected");
	text = line_of(event);
	assert_string_equal(text, "T dfcctl dtcpd-connected\n");
	free(text);
	json_decref(event);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_event),
		cmocka_unit_test(a_destination_that_loses_copies),
		cmocka_unit_test(an_event_of_dtcpd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
