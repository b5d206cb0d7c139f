// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Capture groups: where their criteria see packets, frames, and what a new
// configuration makes of them.

#include "tasking_fake_outlet.h"

#define DEST " content-destination cd { address = \"203.0.113.2\" port = 1 }\n"
#define GROUP(name, text, source) "capture-group " name " {\n" text "\n" \
	DEST " control-source " source " { } }\n"
#define PASSIVE(devices) "mode = passive interfaces = {" devices "}"
#define SOME(devices) "interfaces = {" devices "}"

/* One of each kind: all, some interfaces, passive. */
#define GROUPS GROUP("ga", "", "a") GROUP("gs", SOME("eth1, eth2"), "s") \
	GROUP("gp", PASSIVE("eth3, \"ge-1/3/5\""), "p")

#define ADD "Cdest-ID: cd\r\nFlags: Static\r\n"
#define CCC "X-JTap-Filter-Family: ccc\r\n"
#define INPUT "X-JTap-Input-Interface: "
#define OUTPUT "X-JTap-Output-Interface: "
#define VRF "X-JTap-VRF-Name: "
#define BAD "432 Improper Filter Specification"

static int setup(void **state)
{
	fake_statements = "interface-alias ge-1/3/5 { device = eth5 }\n";
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS);
	fake.devices = " eth0 eth1 eth2 eth3 eth4 eth5 vrf:red ";
	return 0;
}

static const struct fake_group *with(const char *devices)
{
	size_t i;

	for (i = 0; i < fake.ngroup; i++)
		if (!strcmp(fake.group[i].device, devices))
			return &fake.group[i];
	return NULL;
}

/* As DTCP/0.8; what the kernel was asked for, NULL: @code was answered. */
static struct fake_filter *add(const char *user, const char *headers,
			       const char *code)
{
	char text[1024], start[64];
	size_t n = fake.nfilter;
	const char *answer;

	snprintf(text, sizeof(text),
		 "ADD DTCP/0.8\r\nCsource-ID: %s\r\n" ADD "%sSeq: 10\r\n",
		 user, headers);
	snprintf(start, sizeof(start), "DTCP/0.8 %s\r\n", code);
	answer = ask_signed(user, text, "Juniper");
	if (strncmp(answer, start, strlen(start)))
		fail_msg("%s: %s: %s", user, headers, answer);
	assert_int_equal(fake.nfilter, n + !strcmp(code, "200 OK"));
	return fake.nfilter > n ? &fake.filter[n] : NULL;
}

static void test_groups_are_made(void **state)
{
	const struct fake_group *g;

	assert_int_equal(fake.ngroup, 3);
	g = with("");
	assert_non_null(g);
	assert_false(g->passive || g->local);
	assert_int_equal(g->mask_limit, 1024);
	assert_non_null(with("eth1 eth2 "));
	g = with("eth3 eth5 ");
	assert_non_null(g);
	assert_true(g->passive);
	assert_int_equal(add("a", "", "200 OK")->group, with("")->id);
	assert_int_equal(add("s", "", "200 OK")->group, with("eth1 eth2 ")->id);
	assert_int_equal(add("p", "", "200 OK")->group, with("eth3 eth5 ")->id);
	assert_int_equal(fake.group_sets, 0);
}

static void test_taken_ids(void **state)
{
	fake_stop();
	memset(&fake, 0, sizeof(fake));
	fake.taken = 5;
	tasking = tasking_alloc(&fake_ops, NULL);
	tasking_set_outlet(tasking, NULL, NULL);
	config = NULL;
	assert_int_equal(reconfigure(GROUPS), 0);
	assert_int_equal(fake.ngroup, 3);
	assert_int_equal(fake.group[0].id, 6);
}

static void test_shown(void **state)
{
	json_t *o = tasking_show(tasking, "groups"), *list, *g;
	size_t i, found = 0;

	list = json_object_get(o, "groups");
	assert_int_equal(json_array_size(list), 3);
	json_array_foreach(list, i, g) {
		if (strcmp(json_string_value(json_object_get(g,
						"capture-group")), "gp"))
			continue;
		assert_int_equal(json_integer_value(json_object_get(g,
						"group")),
				 with("eth3 eth5 ")->id);
		found++;
	}
	assert_int_equal(found, 1);
	json_decref(o);
}

static void test_passive_scopes(void **state)
{
	struct fake_filter *f = add("p", INPUT "eth3\r\n", "200 OK");

	assert_int_equal(f->scope, DFC_SCOPE_INPUT);
	assert_string_equal(f->device, "eth3 ");
	assert_string_equal(add("p", INPUT "ge-1/3/5.0\r\n", "200 OK")->device,
			    "eth5 ");
	add("p", INPUT "eth1\r\n", "901 JTap-Failure");
	add("p", INPUT "eth3,eth0\r\n", "901 JTap-Failure");
	add("p", OUTPUT "eth3\r\n", BAD);
	add("p", OUTPUT "nosuch\r\n", BAD);
	add("p", VRF "red\r\n", BAD);
	assert_true(was_logged("432 Improper Filter Specification: the "
			       "capture group is passive"));
	assert_true(was_logged("901 JTap-Failure: not an interface of the "
			       "capture group"));
}

static void test_active_scopes(void **state)
{
	assert_string_equal(add("s", INPUT "eth2\r\n", "200 OK")->device,
			    "eth2 ");
	add("s", INPUT "eth3\r\n", "901 JTap-Failure");
	assert_string_equal(add("s", OUTPUT "eth3\r\n", "200 OK")->device,
			    "eth3 ");
	assert_int_equal(add("s", VRF "red\r\n", "200 OK")->scope,
			 DFC_SCOPE_VRF);
	add("a", INPUT "eth0\r\n", "200 OK");
}

/* It would never match: the passive group takes all that comes in by them. */
static void test_input_of_a_passive_group(void **state)
{
	add("a", INPUT "eth3\r\n", "901 JTap-Failure");
	assert_true(was_logged("901 JTap-Failure: an interface of a passive "
			       "capture group"));
	add("a", INPUT "eth3,ge-1/3/5.0\r\n", "901 JTap-Failure");
	/* Something is left to see. */
	add("a", INPUT "eth0,ge-1/3/5.0\r\n", "200 OK");
	/* What leaves by it is another matter. */
	assert_string_equal(add("a", OUTPUT "eth3\r\n", "200 OK")->device,
			    "eth3 ");
}

/* It is no mistake, but who mistyped it wants to know. */
static void test_interfaces_that_are_not_there(void **state)
{
	static const char warning[] =
		"capture-group gp: there is no interface eth9 now";

	logged[0] = 0;
	assert_int_equal(reconfigure(GROUP("gp", PASSIVE("eth3, eth9"), "p")),
			 0);
	assert_true(was_logged(warning));
	assert_false(was_logged("no interface eth3"));
	logged[0] = 0;
	fake.devices = " eth3 eth9 ";
	assert_int_equal(reconfigure(GROUP("gp", PASSIVE("eth3, eth9"), "p")),
			 0);
	assert_false(was_logged("there is no interface"));
	assert_int_equal(reconfigure(GROUP("gs", SOME("eth7"), "s")), 0);
	assert_false(was_logged("there is no interface"));
}

static void test_frames(void **state)
{
	struct fake_filter *f = add("p", CCC, "200 OK");

	assert_true(f->ccc);
	assert_int_equal(f->scope, DFC_SCOPE_ANY);
	assert_int_equal(f->group, with("eth3 eth5 ")->id);
	f = add("a", CCC INPUT "eth0\r\n", "200 OK");
	assert_true(f->ccc);
	assert_int_equal(f->scope, DFC_SCOPE_INPUT);
	f = add("a", CCC OUTPUT "eth0\r\n", "200 OK");
	assert_int_equal(f->scope, DFC_SCOPE_OUTPUT);
	assert_false(add("a", "", "200 OK")->ccc);
	add("s", CCC, "200 OK");
	add("s", CCC OUTPUT "eth0\r\n", "200 OK");
	add("s", CCC INPUT "eth0\r\n", "901 JTap-Failure");
	add("p", CCC OUTPUT "eth3\r\n", BAD);
	add("a", CCC, "901 JTap-Failure");
	assert_true(was_logged("no X-JTap-Input-Interface, and the capture "
			       "group has no interfaces"));
	add("a", CCC VRF "red\r\n", BAD);
	add("a", CCC INPUT "eth0\r\nProtocol: 6\r\n", BAD);
	add("a", CCC INPUT "eth0\r\nAction: Block\r\n", "501 Not Implemented");
}

static void test_frames_are_listed(void **state)
{
	add("p", INPUT "eth3\r\n" CCC, "200 OK");
	asks("p", "LIST", "", HEAD("200 OK")
	     "CRITERIA-ID: 1\r\nCSOURCE-ID: p\r\nCDEST-ID: cd\r\n"
	     "CSOURCE-ADDRESS: 203.0.113.2\r\n" TAIL "FLAGS: STATIC\r\n"
	     "X-JTAP-INPUT-INTERFACE: eth3\r\nX-JTAP-FILTER-FAMILY: ccc\r\n"
	     "CRITERIA-NUM: 1\r\nCRITERIA-COUNT: 1\r\n" TAIL);
}

/* What can change under the criteria does, and they stay. */
static void test_settings_change(void **state)
{
	uint32_t id = with("eth3 eth5 ")->id;
	const struct fake_group *g;

	add("a", "", "200 OK");
	add("s", INPUT "eth2\r\n", "200 OK");
	add("p", "", "200 OK");
	assert_int_equal(reconfigure(GROUP("ga", "capture-local = yes", "a")
		GROUP("gs", SOME("eth1") " mask-limit = 7", "s")
		GROUP("gp", PASSIVE("eth5, eth3, eth4"), "p")), 0);
	assert_int_equal(fake.nfilter, 3);
	assert_int_equal(fake.ngroup, 3);
	assert_int_equal(fake.group_sets, 3);
	assert_true(with("")->local);
	g = with("eth1 ");
	assert_non_null(g);
	assert_int_equal(g->mask_limit, 7);
	assert_int_equal(with("eth5 eth3 eth4 ")->id, id);
	assert_int_equal(outlet.nnotice, 0);
	add("p", INPUT "eth4\r\n", "200 OK");
}

/* An order that means nothing, and the same again: nothing to be done. */
static void test_same_again(void **state)
{
	assert_int_equal(reconfigure(GROUP("ga", "mode = active", "a")
		GROUP("gs", SOME("eth2, eth1"), "s")
		GROUP("gp", PASSIVE("eth3, eth5"), "p")), 0);
	assert_int_equal(fake.group_sets, 0);
	assert_int_equal(fake.ngroup, 3);
}

static void test_mode_changes(void **state)
{
	uint32_t id = with("eth1 eth2 ")->id;

	add("a", "", "200 OK");
	add("s", "", "200 OK");
	assert_int_equal(reconfigure(GROUP("ga", "", "a")
		GROUP("gs", PASSIVE("eth1, eth2"), "s")), 0);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].group, with("")->id);
	assert_int_equal(fake.ngroup, 2);
	assert_true(with("eth1 eth2 ")->passive);
	assert_int_not_equal(with("eth1 eth2 ")->id, id);
	assert_true(was_logged("s: criteria 1 deleted, filter 2: not allowed "
			       "by the new configuration"));
	assert_int_equal(outlet.nnotice, 1);
	assert_string_equal(outlet.notice[0].source, "s");
	assert_int_equal(add("s", "", "200 OK")->group,
			 with("eth1 eth2 ")->id);
}

static void test_group_goes(void **state)
{
	add("a", "", "200 OK");
	add("p", "", "200 OK");
	assert_int_equal(reconfigure(GROUP("ga", "", "a")), 0);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.ngroup, 1);
}

/* A source in another group taps in another place: its criteria go. */
static void test_source_moves(void **state)
{
	add("a", "", "200 OK");
	assert_int_equal(reconfigure(GROUP("ga", "", "b")
		GROUP("gs", SOME("eth1, eth2"), "a")), 0);
	assert_int_equal(fake.nfilter, 0);
	assert_int_equal(fake.ngroup, 2);
}

/* Passive groups hand devices over, their only ones too. */
static void test_devices_move(void **state)
{
	assert_int_equal(reconfigure(GROUP("x", PASSIVE("eth1"), "x")
		GROUP("y", PASSIVE("eth2"), "y")), 0);
	add("x", "", "200 OK");
	add("y", "", "200 OK");
	assert_int_equal(reconfigure(GROUP("x", PASSIVE("eth2"), "x")
		GROUP("y", PASSIVE("eth1"), "y")), 0);
	assert_int_equal(fake.nfilter, 2);
	assert_int_equal(fake.filter[0].group, with("eth2 ")->id);
	assert_int_equal(fake.filter[1].group, with("eth1 ")->id);
	/* Now by another name: what goes is in nobody's way. */
	assert_int_equal(reconfigure(GROUP("z", PASSIVE("eth2"), "z")
		GROUP("y", PASSIVE("eth1, eth3"), "y")), 0);
	assert_int_equal(fake.ngroup, 2);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].group, with("eth1 eth3 ")->id);
	assert_non_null(with("eth2 "));
}

/* Frames that pass by the interfaces of the group have no place without. */
static void test_frames_lose_their_place(void **state)
{
	add("s", CCC, "200 OK");
	add("s", CCC INPUT "eth1\r\n", "200 OK");
	assert_int_equal(reconfigure(GROUP("gs", "", "s")), 0);
	assert_int_equal(fake.nfilter, 1);
	assert_int_equal(fake.filter[0].scope, DFC_SCOPE_INPUT);
	assert_int_equal(fake.ngroup, 1);
	assert_non_null(with(""));
	assert_int_equal(outlet.nnotice, 1);
}

/* Whichever change fails: all is as it was, and the next one succeeds. */
static void test_refused(void **state)
{
	const char *next = GROUP("new", "", "n")
		GROUP("gs", SOME("eth1"), "s")
		GROUP("gp", PASSIVE("eth4"), "p")
		GROUP("gq", PASSIVE("eth3"), "q");
	size_t i;

	add("p", "", "200 OK");
	for (i = 0; i < 5; i++) {
		fake.fail_group = -ENOMEM;
		fake.fail_group_after = i;
		assert_int_equal(reconfigure(next), -ENOMEM);
		assert_true(was_logged("out of memory"));
		fake.fail_group = 0;
		assert_int_equal(fake.ngroup, 3);
		assert_non_null(with(""));
		assert_non_null(with("eth1 eth2 "));
		assert_non_null(with("eth3 eth5 "));
		assert_int_equal(fake.nfilter, 1);
		add("s", INPUT "eth2\r\n", "200 OK");
		fake.nfilter = 1;
	}
	fake.fail_dest_add = -ENOMEM;
	assert_int_equal(reconfigure(next), -ENOMEM);
	fake.fail_dest_add = 0;
	assert_non_null(with("eth3 eth5 "));
	assert_int_equal(fake.ngroup, 3);
	assert_int_equal(reconfigure(next), 0);
	assert_int_equal(fake.ngroup, 4);
	assert_non_null(with("eth3 "));
	assert_non_null(with("eth4 "));
}

/* Somebody else's filter is in it: it stays, and is told of. */
static void test_kernel_keeps(void **state)
{
	fake.filter[fake.nfilter++] = (struct fake_filter){
		.id = 99, .group = with("eth1 eth2 ")->id,
	};
	assert_int_equal(reconfigure(GROUP("ga", "", "a")), 0);
	assert_true(was_logged("capture-group gs: the kernel keeps group "));
	assert_true(was_logged("filters are in it"));
	assert_int_equal(fake.ngroup, 2);
	fake.nfilter = 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_groups_are_made),
		TEST(test_taken_ids),
		TEST(test_shown),
		TEST(test_passive_scopes),
		TEST(test_input_of_a_passive_group),
		TEST(test_interfaces_that_are_not_there),
		TEST(test_active_scopes),
		TEST(test_frames),
		TEST(test_frames_are_listed),
		TEST(test_settings_change),
		TEST(test_same_again),
		TEST(test_mode_changes),
		TEST(test_group_goes),
		TEST(test_source_moves),
		TEST(test_devices_move),
		TEST(test_frames_lose_their_place),
		TEST(test_refused),
		TEST(test_kernel_keeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
