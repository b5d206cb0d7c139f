// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The client of the kernel module: changes of more filters than one message
// holds, and questions about network devices.

#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "client_fake.h"

#define FILTERS	20
#define PART	4	/* filters of one message */

/* Filters that the pretended kernel has, and what happens to them. */
static bool alive[FILTERS + 1];
static uint32_t changed[FILTERS + 1];
static unsigned int nchanges;
static uint32_t dies;		/* just before the second change */
static int second_fails;

static void each_named(void (*act)(uint32_t id, int *err), int *err)
{
	struct nlattr *a;
	int rem;

	nlmsg_for_each_attr(a, sent, GENL_HDRLEN, rem)
		act(nla_get_u32(nla_data(a)), err);
}

static void look(uint32_t id, int *err)
{
	if (!alive[id])
		*err = -ENOENT;
}

static void change(uint32_t id, int *err)
{
	changed[id]++;
	if (genlmsg_hdr(sent)->cmd == DFC_CMD_FILTER_DEL)
		alive[id] = false;
}

static void push_stats(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	struct nlattr *nest;

	genlmsg_put(msg, 0, sent->nlmsg_seq, FAMILY, 0, 0, DFC_CMD_STATS_GET,
		    1);
	nest = nla_nest_start(msg, DFC_A_STATS);
	nla_put_u32(msg, DFC_STATS_A_FILTERS, FILTERS);
	nla_nest_end(msg, nest);
	push_msg(msg);
	push_ack();
}

static void push_living(uint8_t cmd)
{
	struct nlattr *a = nlmsg_find_attr(sent, GENL_HDRLEN, DFC_A_FILTER);
	uint32_t id, asked = a ? nla_get_u32(nla_data(a)) : 0;

	if (asked && !alive[asked]) {
		push_error(-ENOENT, NLM_F_CAPPED | NLM_F_ACK_TLVS,
			   "no such filter");
		return;
	}
	for (id = 1; id <= FILTERS; id++)
		if (alive[id] && (!asked || id == asked))
			push_msg(filter_msg(sent->nlmsg_seq,
					    asked ? 0 : NLM_F_MULTI, cmd, id,
					    id));
	if (asked)
		push_ack();
	else
		push_done(0, 0);
}

static void answer_kernel(uint8_t cmd)
{
	int err = 0;

	head = tail = 0;
	if (cmd == DFC_CMD_STATS_GET) {
		push_stats();
	} else if (cmd == DFC_CMD_FILTER_GET) {
		push_living(cmd);
	} else {
		if (++nchanges == 2) {
			alive[dies] = false;
			err = second_fails;
		}
		each_named(look, &err);
		if (!err)
			each_named(change, &err);
		push_error(err, NLM_F_CAPPED | NLM_F_ACK_TLVS,
			   err ? "no such filter" : NULL);
	}
}

static uint32_t ids[FILTERS];

static int begin(void **state)
{
	uint32_t id;

	setup(state);
	memset(changed, 0, sizeof(changed));
	nchanges = dies = second_fails = 0;
	for (id = 1; id <= FILTERS; id++) {
		alive[id] = true;
		ids[id - 1] = id;
	}
	client->longest = (PART + 1) * 64;
	answer = answer_kernel;
	return 0;
}

static size_t count(const uint32_t *n)
{
	size_t i, sum = 0;

	for (i = 1; i <= FILTERS; i++)
		sum += n[i];
	return sum;
}

static const struct tasking_filter limits = { .timeout_idle = 7 };

static void test_one_message(void **state)
{
	assert_int_equal(dfc_client_ops.filter_set(client, &limits, ids, PART),
			 0);
	assert_int_equal(nsent, 1);
	assert_int_equal(count(changed), PART);
	alive[2] = false;
	assert_int_equal(dfc_client_ops.filter_set(client, &limits, ids, PART),
			 -ENOENT);
	assert_int_equal(nsent, 2);
	assert_int_equal(count(changed), PART);
}

static void test_many_messages(void **state)
{
	uint32_t i;

	assert_int_equal(dfc_client_ops.filter_set(client, &limits, ids,
						   FILTERS), 0);
	assert_int_equal(nchanges, FILTERS / PART);
	for (i = 1; i <= FILTERS; i++)
		assert_int_equal(changed[i], 1);
	assert_int_equal(dfc_client_ops.filter_del(client, ids, FILTERS - 1),
			 0);
	assert_true(alive[FILTERS]);
	assert_false(alive[FILTERS - 1]);
}

/* One that is missing from the beginning: nothing is changed. */
static void test_missing(void **state)
{
	alive[FILTERS] = false;
	assert_int_equal(dfc_client_ops.filter_set(client, &limits, ids,
						   FILTERS), -ENOENT);
	assert_int_equal(dfc_client_ops.filter_del(client, ids, FILTERS),
			 -ENOENT);
	assert_int_equal(nchanges, 0);
}

/* One that expires after all were seen is passed over. */
static void test_expires_meanwhile(void **state)
{
	dies = 6;
	assert_int_equal(dfc_client_ops.filter_set(client, &limits, ids,
						   FILTERS), 0);
	assert_int_equal(count(changed), FILTERS - 1);
	assert_int_equal(changed[6], 0);
}

/* What else goes wrong then leaves the first message carried out. */
static void test_fails_meanwhile(void **state)
{
	second_fails = -ENOMEM;
	assert_int_equal(dfc_client_ops.filter_del(client, ids, FILTERS),
			 -ENOMEM);
	assert_int_equal(count(changed), PART);
	assert_int_equal(nchanges, 2);
}

static const char *device_name, *device_kind;

static void answer_device(uint8_t cmd)
{
	struct ifinfomsg any = { 0 };
	struct nlattr *nest;
	struct nl_msg *msg;

	assert_int_equal(sent->nlmsg_type, RTM_GETLINK);
	if (!device_name) {
		push_error(-ENODEV, NLM_F_CAPPED, NULL);
		return;
	}
	msg = nlmsg_alloc();
	nlmsg_put(msg, 0, sent->nlmsg_seq, RTM_NEWLINK, 0, 0);
	nlmsg_append(msg, &any, sizeof(any), 4);
	nla_put_string(msg, IFLA_IFNAME, device_name);
	if (device_kind) {
		nest = nla_nest_start(msg, IFLA_LINKINFO);
		nla_put_string(msg, IFLA_INFO_KIND, device_kind);
		nla_nest_end(msg, nest);
	}
	push_msg(msg);
	push_ack();
}

static void assert_device(const char *name, const char *kind, bool vrf,
			  int expected)
{
	struct nlattr *a;

	device_name = name;
	device_kind = kind;
	assert_int_equal(dfc_client_ops.device_check(client, "eth0", vrf),
			 expected);
	a = nlmsg_find_attr(sent, sizeof(struct ifinfomsg), IFLA_IFNAME);
	assert_string_equal(nla_data(a), "eth0");
	assert_int_equal(nlmsg_find_attr(sent, sizeof(struct ifinfomsg),
					 IFLA_IFNAME)->nla_len, 4 + 5);
	if (expected)
		assert_string_equal(dfc_client_ops.error(client),
				    "No such device");
}

static void test_device(void **state)
{
	answer = answer_device;
	assert_device("eth0", NULL, false, 0);
	assert_device("eth0", "veth", false, 0);
	assert_device("eth0", "vrf", false, 0);
	assert_device("eth0", "vrf", true, 0);
	assert_device("eth0", "vrf2", true, -ENODEV);
	assert_device("eth0", NULL, true, -ENODEV);
	assert_device(NULL, NULL, false, -ENODEV);
	/* It was found by another of its names. */
	assert_device("wan0", NULL, false, -ENODEV);
}

#define TEST_KERNEL(name) cmocka_unit_test_setup_teardown(name, begin, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_KERNEL(test_one_message),
		TEST_KERNEL(test_many_messages),
		TEST_KERNEL(test_missing),
		TEST_KERNEL(test_expires_meanwhile),
		TEST_KERNEL(test_fails_meanwhile),
		TEST(test_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
