// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The client of the kernel module: what it makes of filters.

#include "client_fake.h"

static void parse_numbers(struct dtcp_range_list *list, const char *text)
{
	assert_int_equal(dtcp_filter_numbers(list,
		(struct dtcp_text){ text, strlen(text) }, 255), 0);
}

static void parse_lists(struct dtcp_request *r, const char *src,
			const char *dst, const char *protocol,
			const char *ports)
{
	memset(r, 0, sizeof(*r));
	if (src)
		assert_int_equal(dtcp_filter_addresses(&r->src,
			(struct dtcp_text){ src, strlen(src) }), 0);
	if (dst)
		assert_int_equal(dtcp_filter_addresses(&r->dst,
			(struct dtcp_text){ dst, strlen(dst) }), 0);
	if (protocol)
		assert_int_equal(dtcp_filter_numbers(&r->protocol,
			(struct dtcp_text){ protocol, strlen(protocol) },
			255), 0);
	if (ports)
		assert_int_equal(dtcp_filter_numbers(&r->dst_port,
			(struct dtcp_text){ ports, strlen(ports) },
			65535), 0);
}

static void test_filter_add(void **state)
{
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 0x01020304, .match = &r, .dest = { 1, 2 }, .ndest = 2,
		.priority = 3, .timeout_total = 4, .timeout_idle = 5,
		.limit_packets = 6, .limit_bytes = 7,
	};

	answer = answer_ack;
	parse_lists(&r, "192.0.2.2", "198.51.100.0/24, !198.51.100.7", "6",
		    "80,443-*");
	r.family = AF_INET;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_int_equal(sent->nlmsg_type, FAMILY);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_FILTER_ADD);
	assert_string_equal(sent_filter(),
		"2:04030201 12:04000000 13:05000000 14:0600000000000000 "
		"15:0700000000000000 3:01000000 11:03000000 4:0200 "
		"5:(1=c0000202)(2=c0000202) "
		"6:(1=c6336400)(2=c63364ff) "
		"6:(1=c6336407)(2=c6336407)(3=01000000) "
		"7:(1=0600)(2=0600) "
		"9:(1=5000)(2=5000) 9:(1=bb01)(2=ffff) "
		"10:01000000 10:02000000 ");
	dtcp_request_fini(&r);
}

static void test_frames(void **state)
{
	struct dtcp_request r = { .family_ccc = true };
	struct tasking_filter f = {
		.id = 1, .group = 7, .match = &r, .dest = { 1 }, .ndest = 1,
	};

	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(), "2:01000000 3:01000000 29:07000000 "
			    "11:00000000 4:1100 10:01000000 ");
}

/* "*" is no condition, but "any port" is one. */
static void test_any(void **state)
{
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 1, .match = &r, .dest = { 1 }, .ndest = 1,
	};

	answer = answer_ack;
	parse_lists(&r, "*", "*,192.0.2.0/24,!192.0.2.1", "*", "*");
	r.family = AF_INET;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 4:0200 "
		"6:(1=c0000201)(2=c0000201)(3=01000000) "
		"9:(1=0000)(2=ffff) 10:01000000 ");
	dtcp_request_fini(&r);
	parse_lists(&r, "!*", "2001:db8::/32", "*,!6", NULL);
	/* What stands in an entry of no family means nothing. */
	memset(r.src.entry[0].from, 0x55, sizeof(r.src.entry[0].from));
	memset(r.src.entry[0].to, 0x55, sizeof(r.src.entry[0].to));
	r.family = AF_INET6;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 4:0a00 "
		"5:(1=00000000000000000000000000000000)"
		"(2=ffffffffffffffffffffffffffffffff)(3=01000000) "
		"6:(1=20010db8000000000000000000000000)"
		"(2=20010db8ffffffffffffffffffffffff) "
		"7:(1=0000)(2=ff00) 7:(1=0600)(2=0600)(3=01000000) "
		"10:01000000 ");
	dtcp_request_fini(&r);
}

static size_t named(void)
{
	struct nlattr *a;
	size_t n = 0;
	int rem;

	nlmsg_for_each_attr(a, sent, GENL_HDRLEN, rem)
		n += nla_type(a) == DFC_A_FILTER;
	return n;
}

static void test_filter_set(void **state)
{
	struct tasking_filter f = { .id = 5, .limit_bytes = 3, .ndest = 1 };
	static const uint32_t id[] = { 9, 8, 7 };

	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_set(client, &f, id, 3), 0);
	assert_int_equal(nsent, 1);
	assert_int_equal(genlmsg_hdr(sent)->cmd, DFC_CMD_FILTER_SET);
	assert_int_equal(named(), 3);
	assert_string_equal(sent_filter(), "2:09000000 15:0300000000000000 ");
	assert_int_equal(dfc_client_ops.filter_set(client, &f, id, 0), 0);
	assert_int_equal(nsent, 1);
}

static void test_filter_del(void **state)
{
	uint32_t *id = calloc(100000, sizeof(*id));
	int i;

	for (i = 0; i < 100000; i++)
		id[i] = i + 1;
	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_del(client, id, 100000), 0);
	assert_int_equal(nsent, 1);
	assert_int_equal(named(), 100000);
	assert_int_equal(dfc_client_ops.filter_del(client, id, 0), 0);
	assert_int_equal(nsent, 1);
	free(id);
}

static void test_new_lists(void **state)
{
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 1, .match = &r, .dest = { 1 }, .ndest = 1,
		.scope = DFC_SCOPE_INPUT, .device = { "eth0", "a,b" },
		.ndevice = 2, .has_intercept = true, .session = 0x01020304,
		.action = DFC_ACTION_REDIRECT,
	};

	answer = answer_ack;
	parse_lists(&r, NULL, NULL, NULL, NULL);
	parse_numbers(&r.icmp_type, "8,!0");
	parse_numbers(&r.icmp_code, "*");
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 "
		"22:(1=0800)(2=0800) 22:(1=0000)(2=0000)(3=01000000) "
		"23:(1=0000)(2=ff00) 24:01000000 25:6574683000 25:612c6200 "
		"27:00000000 28:04030201 26:01000000 10:01000000 ");
	dtcp_request_fini(&r);
	memset(&r, 0, sizeof(r));
	f = (struct tasking_filter){
		.id = 1, .match = &r, .action = DFC_ACTION_BLOCK,
		.scope = DFC_SCOPE_VRF, .device = { "red" }, .ndevice = 1,
	};
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	assert_string_equal(sent_filter(),
		"2:01000000 3:01000000 11:00000000 24:03000000 25:72656400 "
		"26:02000000 ");
}

/* The longest filter that DTCP can ask for fits. */
static void test_longest(void **state)
{
	static char list[DTCP_ENTRIES_MAX * 16] = "!2001:db8::/32";
	static char numbers[DTCP_ENTRIES_MAX * 8] = "!1-2";
	struct dtcp_request r;
	struct tasking_filter f = {
		.id = 1, .match = &r, .dest = { 1, 2 }, .ndest = 2,
		.scope = DFC_SCOPE_INPUT, .has_intercept = true,
		.timeout_total = 1, .timeout_idle = 1, .limit_packets = 1,
		.limit_bytes = 1, .action = DFC_ACTION_REDIRECT,
	};
	int i;

	for (i = 1; i < DTCP_ENTRIES_MAX; i++) {
		strcat(list, ",!2001:db8::/32");
		strcat(numbers, ",!1-2");
	}
	while (f.ndevice < DFC_FILTER_DEVICES_MAX)
		f.device[f.ndevice++] = "123456789012345";
	parse_lists(&r, list, list, numbers, numbers);
	parse_numbers(&r.src_port, numbers);
	parse_numbers(&r.icmp_type, numbers);
	parse_numbers(&r.icmp_code, numbers);
	r.family = AF_INET6;
	answer = answer_ack;
	assert_int_equal(dfc_client_ops.filter_add(client, &f), 0);
	dtcp_request_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_filter_add),
		TEST(test_frames),
		TEST(test_any),
		TEST(test_filter_set),
		TEST(test_filter_del),
		TEST(test_new_lists),
		TEST(test_longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
