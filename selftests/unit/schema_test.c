// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <linux/dfc.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfcctl/object.h"
#include "dfcctl/schema.h"
#include "dfcctl/table.h"
#include "schema_message.h"

static json_t *two_filters(void)
{
	json_t *rows = json_array();
	struct nlmsghdr *nlh = begin(DFC_CMD_FILTER_GET);

	put_filter(nlh, 1, 1000);
	object_read(&object_filter, nlh, rows);
	nlh = begin(DFC_CMD_FILTER_GET);
	put_filter(nlh, 20, 0);
	object_read(&object_filter, nlh, rows);
	assert_int_equal(json_array_size(rows), 2);
	return rows;
}

static void filters_in_json(void **state)
{
	json_t *rows = two_filters();

	assert_equal(json_array_get(rows, 0),
		     "{\"id\":1,\"family\":\"inet\",\"protocol\":[6],"
		     "\"dest-port\":[80,\"8000-8080\"],"
		     "\"not-dest-port\":[8001],\"destinations\":[1],"
		     "\"priority\":0,\"timeout-idle\":60,\"left-idle\":59.5,"
		     "\"matched-packets\":1000,\"matched-bytes\":100000,"
		     "\"copies\":1000,\"sent-packets\":999,"
		     "\"sent-bytes\":99900,\"dropped-packets\":1,"
		     "\"bandwidth\":1234567000,\"age\":61.001,"
		     "\"owned\":true}");
	json_decref(rows);
}

/* The text that @print writes, freed by the caller. */
static char *text_of(const struct field *fields, json_t *value, bool list,
		     bool colour)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (list)
		table_list(out, fields, value, colour);
	else
		table_detail(out, fields, value, 2, colour);
	fclose(out);
	return text;
}

static void assert_text(const struct field *fields, json_t *value, bool list,
			bool colour, const char *expected)
{
	char *text = text_of(fields, value, list, colour);

	assert_string_equal(text, expected);
	free(text);
}

static void filters_as_a_list(void **state)
{
	json_t *rows = two_filters();

	assert_text(schema_filter, rows, true, false,
"ID  FAMILY  DEST  PRIORITY  MATCHED   BYTES  COPIES  SENT  DROPPED   BANDWIDTH    AGE  MATCH\n"
" 1  inet    1            0     1000  100000    1000   999        1  1.2 Gbit/s  1m01s  protocol tcp dest-port 80,8000-8080 not-dest-port 8001\n"
"20  -       1            0        0       0       0     0        0     0 bit/s  1m01s  everything\n");
	json_decref(rows);
}

static void joined_names_make_columns(void **state)
{
	json_t *rows = two_filters();
	char *text;

	json_object_set_new(json_array_get(rows, 0), SCHEMA_CONTROL_SOURCE,
			    json_string("ftap1"));
	json_object_set_new(json_array_get(rows, 0), SCHEMA_CRITERIA_ID,
			    json_integer(7));
	text = text_of(schema_filter, rows, true, false);
	assert_non_null(strstr(text, "ID  SOURCE  CRITERION  FAMILY"));
	assert_non_null(strstr(text, "\n 1  ftap1           7  inet"));
	assert_non_null(strstr(text, "\n20  -               -  -"));
	free(text);
	json_decref(rows);
}

/* A filter that says where packets must pass and what becomes of them. */
static json_t *scoped(uint32_t scope, const char *a, const char *b)
{
	json_t *rows = json_array();
	struct nlmsghdr *nlh = begin(DFC_CMD_FILTER_GET);
	struct nlattr *filter = mnl_attr_nest_start(nlh, DFC_A_FILTER);

	mnl_attr_put_u32(nlh, DFC_FILTER_A_ID, 1);
	mnl_attr_put_strz(nlh, DFC_FILTER_A_DEVICE, a);
	if (b)
		mnl_attr_put_strz(nlh, DFC_FILTER_A_DEVICE, b);
	put_port(nlh, DFC_FILTER_A_ICMP_TYPE, 8, 8, 0);
	put_port(nlh, DFC_FILTER_A_ICMP_CODE, 0, 3, DFC_ENTRY_F_NOT);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_ACTION, DFC_ACTION_REDIRECT);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_SCOPE, scope);
	mnl_attr_nest_end(nlh, filter);
	object_read(&object_filter, nlh, rows);
	return rows;
}

static void scopes(void **state)
{
	json_t *rows = scoped(DFC_SCOPE_INPUT, "eth0", "eth1");

	assert_text(schema_filter, rows, true, false,
"ID  ACTION    MATCH\n"
" 1  redirect  icmp-type 8 not-icmp-code 0-3 input eth0,eth1\n");
	json_decref(rows);
	rows = scoped(DFC_SCOPE_VRF, "red", NULL);
	assert_text(schema_filter, json_array_get(rows, 0), false, false,
		    "  id             1\n"
		    "  icmp-type      8\n"
		    "  not-icmp-code  0-3\n"
		    "  vrf            red\n"
		    "  action         redirect\n");
	json_decref(rows);
	rows = scoped(DFC_SCOPE_MAX + 1, "eth0", NULL);
	assert_null(json_object_get(json_array_get(rows, 0), "input"));
	assert_null(json_object_get(json_array_get(rows, 0), "output"));
	json_decref(rows);
}

static void words_that_are_not_known(void **state)
{
	json_t *rows = json_array();
	struct nlmsghdr *nlh = begin(DFC_CMD_FILTER_GET);
	struct nlattr *filter = mnl_attr_nest_start(nlh, DFC_A_FILTER);

	mnl_attr_put_u32(nlh, DFC_FILTER_A_ACTION, DFC_ACTION_MAX + 1);
	mnl_attr_nest_end(nlh, filter);
	object_read(&object_filter, nlh, rows);
	assert_equal(json_array_get(rows, 0), "{\"action\":\"unknown\"}");
	json_decref(rows);
}

static void nothing_to_list(void **state)
{
	json_t *rows = json_array();

	assert_text(schema_filter, rows, true, false,
"ID  FAMILY  GROUP  ACTION  DEST  PRIORITY  MATCHED  BYTES  COPIES  SENT  DROPPED  BANDWIDTH  DROPS  AGE  MATCH\n");
	json_decref(rows);
}

static void a_filter_in_detail(void **state)
{
	json_t *rows = two_filters();

	assert_text(schema_filter, json_array_get(rows, 0), false, true,
		    "  id               1\n"
		    "  family           inet\n"
		    "  protocol         tcp\n"
		    "  dest-port        80,8000-8080\n"
		    "  not-dest-port    8001\n"
		    "  destinations     1\n"
		    "  priority         0\n"
		    "  timeout-idle     60 s\n"
		    "  left-idle        59.5 s\n"
		    "  matched-packets  1000\n"
		    "  matched-bytes    100000\n"
		    "  copies           1000\n"
		    "  sent-packets     999\n"
		    "  sent-bytes       99900\n"
		    "  dropped-packets  \033[31m1\033[0m\n"
		    "  bandwidth        1.2 Gbit/s\n"
		    "  age              1m01s\n"
		    "  owned            yes\n");
	json_decref(rows);
}

static json_t *one_destination(void)
{
	struct nlmsghdr *nlh = begin(DFC_CMD_DEST_GET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, DFC_A_DEST);
	json_t *rows = json_array();
	struct in_addr address;

	inet_pton(AF_INET, "203.0.113.2", &address);
	mnl_attr_put_u32(nlh, DFC_DEST_A_ID, 1);
	mnl_attr_put_u32(nlh, DFC_DEST_A_FLAGS, 0);
	mnl_attr_put(nlh, DFC_DEST_A_ADDRESS, 4, &address);
	mnl_attr_put_u16(nlh, DFC_DEST_A_PORT, 7890);
	mnl_attr_put_u8(nlh, DFC_DEST_A_TTL, 255);
	mnl_attr_put_u32(nlh, DFC_DEST_A_SECURITY, DFC_SECURITY_REQUIRED);
	mnl_attr_put_u32(nlh, DFC_DEST_A_FORMAT, DFC_FORMAT_DFC);
	mnl_attr_put_u8(nlh, DFC_DEST_A_DSCP, 46);
	mnl_attr_put_u32(nlh, DFC_DEST_A_FILTERS, 2);
	put_counters(nlh, DFC_DEST_A_COUNTERS, 3);
	mnl_attr_put_u32(nlh, DFC_DEST_A_QUEUED_PACKETS, 4);
	mnl_attr_put_u32(nlh, DFC_DEST_A_QUEUED_BYTES, 4096);
	mnl_attr_put_u32(nlh, DFC_DEST_A_TAG, UINT32_MAX);
	mnl_attr_nest_end(nlh, nest);
	object_read(&object_destination, nlh, rows);
	return rows;
}

static void destinations(void **state)
{
	json_t *rows = one_destination();

	assert_equal(json_array_get(rows, 0),
		     "{\"id\":1,\"address\":\"203.0.113.2\",\"port\":7890,"
		     "\"ttl\":255,\"format\":\"dfc\",\"dscp\":46,"
		     "\"security\":\"required\",\"queued-packets\":4,"
		     "\"queued-bytes\":4096,\"filters\":2,"
		     "\"matched-packets\":3,\"matched-bytes\":300,"
		     "\"copies\":3,\"sent-packets\":2,\"sent-bytes\":200,"
		     "\"dropped-packets\":1,\"bandwidth\":3703701,"
		     "\"drops\":{\"no-sa\":3,\"output\":2},"
		     "\"drop-bytes\":{\"no-sa\":300,\"output\":200},"
		     "\"owned\":false,\"tag\":4294967295}");
	assert_text(schema_destination, rows, true, true,
"\033[1mID\033[0m  \033[1mADDRESS\033[0m      \033[1mPORT\033[0m  "
"\033[1mFORMAT\033[0m  "
"\033[1mSECURITY\033[0m  \033[1mQUEUED\033[0m  \033[1mFILTERS\033[0m  "
"\033[1mMATCHED\033[0m  "
"\033[1mBYTES\033[0m  \033[1mCOPIES\033[0m  \033[1mSENT\033[0m  "
"\033[1mDROPPED\033[0m   \033[1mBANDWIDTH\033[0m  \033[1mDROPS\033[0m\n"
" 1  203.0.113.2  7890  dfc     required       4        2        3    300       3     2  "
"      \033[31m1\033[0m  3.7 Mbit/s  \033[31mno-sa 3, output 2\033[0m\n");
	json_decref(rows);
}

static json_t *two_groups(void)
{
	json_t *rows = json_array();
	struct nlmsghdr *nlh = begin(DFC_CMD_GROUP_GET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, DFC_A_GROUP);

	mnl_attr_put_u32(nlh, DFC_GROUP_A_ID, 1);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_FLAGS, DFC_GROUP_F_OWNED);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MODE, DFC_MODE_PASSIVE);
	mnl_attr_put_strz(nlh, DFC_GROUP_A_DEVICE, "eth1");
	mnl_attr_put_strz(nlh, DFC_GROUP_A_DEVICE, "eth2");
	mnl_attr_put_u32(nlh, DFC_GROUP_A_DUPLICATES_MAX, 3);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MASKS_MAX, 16);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_FILTERS, 20);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MASKS, 3);
	mnl_attr_put_u64(nlh, DFC_GROUP_A_SEEN_PACKETS, 12345);
	mnl_attr_nest_end(nlh, nest);
	object_read(&object_group, nlh, rows);
	nlh = begin(DFC_CMD_GROUP_GET);
	nest = mnl_attr_nest_start(nlh, DFC_A_GROUP);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_ID, 2);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_FLAGS, DFC_GROUP_F_LOCAL);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MODE, DFC_MODE_ACTIVE);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MASKS_MAX, 1024);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_FILTERS, 0);
	mnl_attr_put_u32(nlh, DFC_GROUP_A_MASKS, 0);
	mnl_attr_nest_end(nlh, nest);
	object_read(&object_group, nlh, rows);
	return rows;
}

static void groups(void **state)
{
	json_t *rows = two_groups();

	assert_equal(json_array_get(rows, 0),
		     "{\"id\":1,\"mode\":\"passive\",\"devices\":[\"eth1\","
		     "\"eth2\"],\"local\":false,"
		     "\"duplicates-max\":3,\"masks-max\":16,\"masks\":3,"
		     "\"filters\":20,\"seen-packets\":12345,"
		     "\"owned\":true}");
	assert_text(schema_group, rows, true, false,
"ID  MODE     DEVICES    LOCAL  DUPLICATES-MAX  MASKS-MAX  MASKS  FILTERS   "
"SEEN\n"
" 1  passive  eth1,eth2  no                  3         16      3       20  "
"12345\n"
" 2  active   -          yes                 -       1024      0        0      "
"-\n");
	json_decref(rows);
}

static void malformed_values_are_left_out(void **state)
{
	struct nlmsghdr *nlh = begin(DFC_CMD_FILTER_GET);
	struct nlattr *nest = mnl_attr_nest_start(nlh, DFC_A_FILTER);
	json_t *rows = json_array();

	mnl_attr_put(nlh, DFC_FILTER_A_ID, 3, "\1\2\3");
	mnl_attr_put_u16(nlh, DFC_FILTER_A_FAMILY, 99);
	mnl_attr_put(nlh, DFC_FILTER_A_SRC, 2, "\1\2");
	put_port(nlh, DFC_FILTER_A_SRC, 1, 2, 0);
	mnl_attr_put_u32(nlh, DFC_FILTER_A_MAX + 1, 1);
	mnl_attr_put_u64(nlh, DFC_FILTER_A_LEFT_BYTES, UINT64_MAX);
	mnl_attr_nest_end(nlh, nest);
	object_read(&object_filter, nlh, rows);
	assert_equal(json_array_get(rows, 0),
		     "{\"left-bytes\":1.84467440737096e19}");
	json_decref(rows);
}

static void durations_and_rates(void **state)
{
	static const struct {
		double value;
		enum unit unit;
		const char *text;
	} known[] = {
		{ 0, UNIT_DURATION, "0.0 s" },
		{ 59.94, UNIT_DURATION, "59.9 s" },
		{ 60, UNIT_DURATION, "1m00s" },
		{ 3599.9, UNIT_DURATION, "59m59s" },
		{ 3600, UNIT_DURATION, "1h00m" },
		{ 86399, UNIT_DURATION, "23h59m" },
		{ 90000, UNIT_DURATION, "1d01h" },
		{ 999, UNIT_BITRATE, "999 bit/s" },
		{ 1000, UNIT_BITRATE, "1.0 kbit/s" },
		{ 2.5e9, UNIT_BITRATE, "2.5 Gbit/s" },
		{ 12345, UNIT_PACKETRATE, "12.3 kp/s" },
		{ 0.4, UNIT_PACKETRATE, "0 p/s" },
		{ 1e19, UNIT_BITRATE, "10000000.0 Tbit/s" },
	};
	size_t i, len;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const struct field f = { .unit = known[i].unit };
		json_t *value = json_real(known[i].value);
		char *text = NULL;
		FILE *out = open_memstream(&text, &len);

		field_print(out, &f, value);
		fclose(out);
		assert_string_equal(text, known[i].text);
		free(text);
		json_decref(value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters_in_json),
		cmocka_unit_test(filters_as_a_list),
		cmocka_unit_test(joined_names_make_columns),
		cmocka_unit_test(scopes),
		cmocka_unit_test(words_that_are_not_known),
		cmocka_unit_test(nothing_to_list),
		cmocka_unit_test(a_filter_in_detail),
		cmocka_unit_test(destinations),
		cmocka_unit_test(groups),
		cmocka_unit_test(malformed_values_are_left_out),
		cmocka_unit_test(durations_and_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
