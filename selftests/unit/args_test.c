// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <linux/dfc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dfcctl/args.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"

/*
 * Words go into a message and come out of it again as JSON: what is added is
 * what is shown.
 */
static char message[FIELD_MESSAGE_MAX] __attribute__((aligned(4)));
static char *said;

/* Splits @line at spaces; returns the status of args_put(). */
static int put(const struct field *fields, unsigned int where,
	       const char *line, struct nlmsghdr **nlh)
{
	char *copy = strdup(line), *words[256], *rest = copy;
	FILE *usual = stderr;
	int n = 0, status;
	size_t len;

	while (n < 256 && (words[n] = strsep(&rest, " ")))
		n++;
	*nlh = mnl_nlmsg_put_header(message);
	free(said);
	stderr = open_memstream(&said, &len);
	status = args_put(fields, where, DFC_A_FILTER, words,
			  *line ? n : 0, *nlh);
	fclose(stderr);
	stderr = usual;
	free(copy);
	return status;
}

static json_t *read_back(const struct field *fields,
			 const struct nlmsghdr *nlh)
{
	const struct nlattr *nest = mnl_nlmsg_get_payload(nlh);
	json_t *record = json_object();

	assert_int_equal(mnl_attr_get_type(nest), DFC_A_FILTER);
	field_read(fields, nest, record);
	return record;
}

static void assert_json(const struct field *fields, unsigned int where,
			const char *line, const char *expected)
{
	json_t *wanted = json_loads(expected, 0, NULL), *record;
	struct nlmsghdr *nlh;

	assert_non_null(wanted);
	assert_int_equal(put(fields, where, line, &nlh), 0);
	record = read_back(fields, nlh);
	if (!json_equal(record, wanted)) {
		char *text = json_dumps(record, 0);

		print_error("%s\n", text);
		free(text);
		fail();
	}
	json_decref(record);
	json_decref(wanted);
}

static void filters(void **state)
{
	assert_json(schema_filter, FIELD_ADD, "id 1 destination 2",
		    "{\"id\":1,\"destinations\":[2]}");
	assert_json(schema_filter, FIELD_ADD,
		    "id 4294967295 family inet from 192.0.2.2 "
		    "from 192.0.2.8-192.0.2.9 not-from 192.0.2.9 "
		    "to 198.51.100.0/24 protocol tcp,17 not-protocol 1-5 "
		    "source-port 1024-65535 not-source-port 2000 "
		    "dest-port 80,443 not-dest-port 8080 destination 1 "
		    "destination 2,3 priority 7",
		    "{\"id\":4294967295,\"family\":\"inet\","
		    "\"from\":[\"192.0.2.2/32\",\"192.0.2.8/31\"],"
		    "\"not-from\":[\"192.0.2.9/32\"],"
		    "\"to\":[\"198.51.100.0/24\"],\"protocol\":[6,17],"
		    "\"not-protocol\":[\"1-5\"],"
		    "\"source-port\":[\"1024-65535\"],"
		    "\"not-source-port\":[2000],\"dest-port\":[80,443],"
		    "\"not-dest-port\":[8080],\"destinations\":[1,2,3],"
		    "\"priority\":7}");
	assert_json(schema_filter, FIELD_ADD,
		    "id 1 family inet6 not-to 2001:db8:2::/64 destination 1",
		    "{\"id\":1,\"family\":\"inet6\","
		    "\"not-to\":[\"2001:db8:2::/64\"],\"destinations\":[1]}");
	assert_json(schema_filter, FIELD_ADD,
		    "id 1 icmp-type 8,13-18 not-icmp-type 14 icmp-code 0 "
		    "input eth0,eth1 action redirect input 123456789012345 "
		    "intercept-id 1073741823 session-id 4294967295",
		    "{\"id\":1,\"icmp-type\":[8,\"13-18\"],"
		    "\"not-icmp-type\":[14],\"icmp-code\":[0],"
		    "\"input\":[\"eth0\",\"eth1\",\"123456789012345\"],"
		    "\"action\":\"redirect\",\"intercept-id\":1073741823,"
		    "\"session-id\":4294967295}");
	assert_json(schema_filter, FIELD_ADD, "id 1 output eth0",
		    "{\"id\":1,\"output\":[\"eth0\"]}");
	assert_json(schema_filter, FIELD_ADD, "vrf red id 1 action block",
		    "{\"id\":1,\"vrf\":\"red\",\"action\":\"block\"}");
	assert_json(schema_filter, FIELD_SET,
		    "id 1 timeout-total 86400 timeout-idle 1 limit-packets "
		    "9223372036854775807 limit-bytes 5",
		    "{\"id\":1,\"timeout-total\":86400,\"timeout-idle\":1,"
		    "\"limit-packets\":9223372036854775807,"
		    "\"limit-bytes\":5}");
}

static void destinations(void **state)
{
	assert_json(schema_destination, FIELD_ADD,
		    "id 1 address 203.0.113.2 port 7890",
		    "{\"id\":1,\"address\":\"203.0.113.2\",\"port\":7890}");
	assert_json(schema_destination, FIELD_ADD,
		    "id 1 address 2001:db8:3::2 port 7890 source-address "
		    "2001:db8:3::1 source-port 1 ttl 255 security none",
		    "{\"id\":1,\"address\":\"2001:db8:3::2\",\"port\":7890,"
		    "\"source-address\":\"2001:db8:3::1\",\"source-port\":1,"
		    "\"ttl\":255,\"security\":\"none\"}");
	assert_json(schema_destination, FIELD_ADD,
		    "id 1 address 203.0.113.2 format ipip dscp 63",
		    "{\"id\":1,\"address\":\"203.0.113.2\","
		    "\"format\":\"ipip\",\"dscp\":63}");
	assert_json(schema_destination, FIELD_ADD,
		    "id 1 address 203.0.113.2 port 1 dscp 0 format dfc",
		    "{\"id\":1,\"address\":\"203.0.113.2\",\"port\":1,"
		    "\"format\":\"dfc\",\"dscp\":0}");
}

static void groups(void **state)
{
	assert_json(schema_group, FIELD_ADD, "id 1", "{\"id\":1}");
	/* Two values come out of the flags. */
	assert_json(schema_group, FIELD_ADD,
		    "id 2 mode active device eth0,eth1 local yes device br0 "
		    "masks-max 1024",
		    "{\"id\":2,\"mode\":\"active\",\"devices\":[\"eth0\","
		    "\"eth1\",\"br0\"],\"local\":true,\"masks-max\":1024,"
		    "\"owned\":false}");
	assert_json(schema_group, FIELD_SET, "id 3 local no device eth0",
		    "{\"id\":3,\"devices\":[\"eth0\"],\"local\":false,"
		    "\"owned\":false}");
	assert_json(schema_filter, FIELD_ADD, "id 1 group 7 family ccc",
		    "{\"id\":1,\"family\":\"ccc\",\"group\":7}");
}

/* The types on the wire are those of the contract. */
static void the_message_is_exact(void **state)
{
	const struct nlattr *nest, *a;
	struct nlmsghdr *nlh;

	assert_int_equal(put(schema_filter, FIELD_ADD,
			     "id 1 family inet6 destination 3 not-from "
			     "192.0.2.0/24 protocol 6 timeout-idle 60 "
			     "limit-bytes 9", &nlh), 0);
	nest = mnl_nlmsg_get_payload(nlh);
	assert_true(nest->nla_type & NLA_F_NESTED);
	a = mnl_attr_get_payload(nest);
	assert_int_equal(a->nla_type, DFC_FILTER_A_ID);
	assert_int_equal(mnl_attr_get_payload_len(a), 4);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_FAMILY);
	assert_int_equal(mnl_attr_get_payload_len(a), 2);
	assert_int_equal(mnl_attr_get_u16(a), AF_INET6);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_DEST_ID);
	assert_int_equal(mnl_attr_get_u32(a), 3);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_SRC | NLA_F_NESTED);
	assert_memory_equal(mnl_attr_get_payload(a),
			    "\10\0\1\0\300\0\2\0" "\10\0\2\0\300\0\2\377"
			    "\10\0\3\0\1\0\0\0", 24);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_PROTOCOL | NLA_F_NESTED);
	assert_int_equal(mnl_attr_get_payload_len(a), 16);
	assert_memory_equal(mnl_attr_get_payload(a), "\6\0\1\0\6", 6);
	assert_memory_equal(mnl_attr_get_payload(a) + 8, "\6\0\2\0\6", 6);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_TIMEOUT_IDLE);
	assert_int_equal(mnl_attr_get_payload_len(a), 4);
	a = mnl_attr_next(a);
	assert_int_equal(a->nla_type, DFC_FILTER_A_LIMIT_BYTES);
	assert_int_equal(mnl_attr_get_payload_len(a), 8);
	a = mnl_attr_next(a);
	assert_ptr_equal(a, mnl_nlmsg_get_payload_tail(nlh));
}

static void assert_refused(const struct field *fields, unsigned int where,
			   const char *line, const char *expected)
{
	struct nlmsghdr *nlh;

	assert_int_equal(put(fields, where, line, &nlh), ERROR_USAGE);
	if (!strstr(said, expected)) {
		print_error("%s", said);
		fail();
	}
}

static void refusals_name_the_culprit(void **state)
{
	static const struct {
		const char *line;
		const char *expected;
	} bad[] = {
		{ "", "'id' is missing: a number, 1..4294967295" },
		{ "id 0 destination 1", "id '0': expected a number, 1.." },
		{ "id 4294967296 destination 1", "id '4294967296'" },
		{ "id -1 destination 1", "id '-1'" },
		{ "id 1 id 2 destination 1", "'id' is given twice" },
		{ "id 1 destination", "'destination' needs a value: a numb" },
		{ "id 1 form 192.0.2.1", "unknown word 'form', expected one "
		  "of id, family, from, not-from" },
		{ "id 1 age 1", "unknown word 'age'" },
		{ "id 1 from 192.0.2.1/24 destination 1",
		  "from '192.0.2.1/24': expected ADDRESS" },
		{ "id 1 to x destination 1", "to 'x': expected" },
		{ "id 1 dest-port 80,65536", "dest-port '65536': expected a "
		  "port, 0..65535, or FIRST-LAST" },
		{ "id 1 dest-port 90-80", "dest-port '90-80'" },
		{ "id 1 dest-port 80,", "dest-port ''" },
		{ "id 1 dest-port 000000080", "dest-port '000000080'" },
		{ "id 1 protocol 256", "protocol '256'" },
		{ "id 1 protocol tpc", "protocol 'tpc': expected a name" },
		{ "id 1 family ipv4", "family 'ipv4': expected inet, " },
		{ "id 1 timeout-idle 0", "timeout-idle '0': expected sec" },
		{ "id 1 timeout-idle 86401", "timeout-idle '86401'" },
		{ "id 1 limit-packets 0", "limit-packets '0'" },
		{ "id 1 limit-packets 18446744073709551616", "limit-packets" },
		{ "id 1 icmp-type 256", "icmp-type '256': expected a number, "
		  "0..255, or FIRST-LAST" },
		{ "id 1 icmp-code echo", "icmp-code 'echo'" },
		{ "id 1 action drop", "action 'drop': expected copy, redirect "
		  "or block" },
		{ "id 1 input eth0 output eth1",
		  "'input' and 'output' exclude each other" },
		{ "id 1 output eth0 vrf red output eth1",
		  "'output' and 'vrf' exclude each other" },
		{ "id 1 vrf red vrf blue", "'vrf' is given twice" },
		{ "id 1 input 1234567890123456",
		  "input '1234567890123456': expected a network device" },
		{ "id 1 input eth0,", "input ''" },
		{ "id 1 intercept-id 1073741824", "intercept-id '1073741824'" },
		{ "id 1 session-id 4294967296", "session-id '4294967296'" },
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_refused(schema_filter, FIELD_ADD, bad[i].line,
			       bad[i].expected);
	assert_refused(schema_group, FIELD_ADD, "mode passive",
		       "'id' is missing");
	assert_refused(schema_group, FIELD_ADD, "id 1 mode tap",
		       "mode 'tap': expected active or passive");
	assert_refused(schema_group, FIELD_ADD, "id 1 local maybe",
		       "local 'maybe': expected yes or no");
	assert_refused(schema_group, FIELD_ADD, "id 1 masks-max 1025",
		       "masks-max '1025': expected a number, 1..1024");
	assert_refused(schema_group, FIELD_ADD, "id 1 masks-max 0",
		       "masks-max '0'");
	assert_refused(schema_filter, FIELD_SET, "id 1 priority 3",
		       "unknown word 'priority', expected one of id, "
		       "timeout-total, timeout-idle, limit-packets, "
		       "limit-bytes");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.0/24 port 1",
		       "address '192.0.2.0/24': expected an IPv4 or IPv6");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.1 port 0", "port '0'");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.1 port 1 security no",
		       "security 'no': expected required or none");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.1 port 1 ttl 256", "ttl '256'");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.1 port 1 dscp 64",
		       "dscp '64': expected a number, 0..63");
	assert_refused(schema_destination, FIELD_ADD,
		       "id 1 address 192.0.2.1 port 1 format gre",
		       "format 'gre': expected udp, ipip or dfc");
	assert_refused(schema_group, FIELD_SET, "id 1 duplicates-max 65",
		       "duplicates-max '65': expected a number, 1..64");
	assert_refused(schema_group, FIELD_ADD, "id 1 duplicates-max 0",
		       "duplicates-max '0'");
}

static void a_message_has_an_end(void **state)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(message);
	FILE *usual = stderr;
	int i, status = 0;
	size_t len;

	free(said);
	stderr = open_memstream(&said, &len);
	for (i = 0; i < 100000 && !status; i++)
		status = args_put_id(DFC_A_FILTER, DFC_FILTER_A_ID, "1", nlh);
	fclose(stderr);
	stderr = usual;
	assert_int_equal(status, ERROR_USAGE);
	assert_non_null(strstr(said, "more than one message can hold"));
	assert_true(i > 4000);
	assert_true(nlh->nlmsg_len <= FIELD_MESSAGE_MAX);
	free(said);
	said = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(filters),
		cmocka_unit_test(destinations),
		cmocka_unit_test(groups),
		cmocka_unit_test(the_message_is_exact),
		cmocka_unit_test(refusals_name_the_culprit),
		cmocka_unit_test(a_message_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
