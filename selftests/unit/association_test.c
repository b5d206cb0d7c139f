// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Security associations of dtcpd.conf in a kernel that is an array: what is
// installed, when, and with which numbers.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <cmocka.h>

#include "config_file.h"
#include "dtcpd/association-private.h"
#include "dtcpd/config-address.h"

#define ROOM 8

/* The kernel. */
static struct state {
	struct xfrm_sa sa;
	uint64_t number;
	uint8_t key;
	bool foreign;
} states[ROOM];
static struct policy {
	struct xfrm_flow flow;
	struct xfrm_sa sa;
	bool foreign;
} policies[ROOM];
static size_t nstates, npolicies;
static unsigned int adds, replaces;

struct xfrm *xfrm_open(char *why, size_t room)
{
	return (struct xfrm *)states;
}

void xfrm_close(struct xfrm *x)
{
}

const char *xfrm_error(const struct xfrm *x)
{
	return "the kernel's word";
}

static struct state *find(const struct xfrm_sa *sa)
{
	size_t i;

	for (i = 0; i < nstates; i++)
		if (states[i].sa.spi == sa->spi &&
		    config_address_same(&states[i].sa.remote, &sa->remote))
			return &states[i];
	return NULL;
}

int xfrm_state_add(struct xfrm *x, const struct xfrm_sa *sa,
		   const struct esp_algorithm *algorithm, const uint8_t *key,
		   uint64_t number)
{
	assert_true(nstates < ROOM);
	if (find(sa))
		return -EEXIST;
	states[nstates++] = (struct state){ *sa, number, key[0], false };
	adds++;
	return 0;
}

int xfrm_state_del(struct xfrm *x, const struct xfrm_sa *sa)
{
	struct state *s = find(sa);

	assert_non_null(s);
	assert_false(s->foreign);
	*s = states[--nstates];
	return 0;
}

int xfrm_state_number(struct xfrm *x, const struct xfrm_sa *sa,
		      uint64_t *number)
{
	struct state *s = find(sa);

	if (!s)
		return -ESRCH;
	if (s->foreign)
		return -EEXIST;
	*number = s->number;
	return 0;
}

static bool is_for(const struct policy *p, const struct xfrm_flow *f)
{
	return p->flow.proto == f->proto && p->flow.sport == f->sport &&
	       p->flow.dport == f->dport &&
	       config_address_same(&p->flow.src, &f->src) &&
	       config_address_same(&p->flow.dst, &f->dst);
}

static int put(const struct xfrm_sa *sa, const struct xfrm_flow *flow,
	       bool replace)
{
	size_t i;

	for (i = 0; i < npolicies; i++)
		if (is_for(&policies[i], flow))
			break;
	if (replace)
		assert_true(i < npolicies && !policies[i].foreign);
	else if (i < npolicies)
		return -EEXIST;
	/* A policy without its state would ask an IKE daemon for one. */
	assert_non_null(find(sa));
	policies[i] = (struct policy){ *flow, *sa, false };
	if (!replace)
		npolicies++;
	else
		replaces++;
	return 0;
}

int xfrm_policy_add(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow)
{
	return put(sa, flow, false);
}

int xfrm_policy_replace(struct xfrm *x, const struct xfrm_sa *sa,
			const struct xfrm_flow *flow)
{
	return put(sa, flow, true);
}

int xfrm_policy_del(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow)
{
	size_t i = 0;

	while (i < npolicies) {
		if (!policies[i].foreign && policies[i].sa.spi == sa->spi &&
		    (!flow || is_for(&policies[i], flow)))
			policies[i] = policies[--npolicies];
		else
			i++;
	}
	return 0;
}

int xfrm_policy_prune(struct xfrm *x, const struct xfrm_sa *sa,
		      const struct xfrm_flow *flow, size_t n)
{
	size_t i = 0, j;

	while (i < npolicies) {
		for (j = 0; j < n && !is_for(&policies[i], &flow[j]); j++)
			;
		if (j == n && policies[i].sa.spi == sa->spi)
			policies[i] = policies[--npolicies];
		else
			i++;
	}
	return 0;
}

/* The test. */
static struct associations *as;
static bool keep;
/* Killed dtcpds free nothing. */
static struct associations *killed[ROOM];
static size_t nkilled;
static char key_file[2][64], numbers[64], new_numbers[80], state_dir[64];

static void set_key(int i, char digit)
{
	char text[73];

	memset(text, digit, 72);
	text[72] = '\0';
	write_file(key_file[i], text);
	assert_int_equal(chmod(key_file[i], 0600), 0);
}

#define SA0(spi) "security-association a { spi = " spi " key-file = \"%s\" }\n"
#define SA1 "security-association b { spi = 9000 key-file = \"%s\" }\n"
#define CD(name, port, sa) "content-destination " name \
	" { address = \"192.0.2.1\" port = " port \
	" source-address = \"192.0.2.9\" " sa " }\n"
#define IN(sa) "security-association = " sa
#define GROUP(text) "capture-group g {\n" text "}\n"

static bool use(const char *fmt)
{
	struct associations_change *change;
	char text[1024];
	struct config *c;

	snprintf(text, sizeof(text), fmt, key_file[0], key_file[1]);
	c = load_after_ssh(text);
	assert_string_equal(reported, "");
	change = associations_prepare(as, c);
	config_free(c);
	if (change)
		associations_commit(change);
	return change;
}

static void open_it(void)
{
	as = associations_open(state_dir, keep);
	assert_non_null(as);
}

static void close_it(void)
{
	associations_close(as);
	as = NULL;
}

static void kill_it(void)
{
	killed[nkilled++] = as;
	as = NULL;
}

#define ONE SA0("4096") GROUP(CD("cd", "7", IN("a")))

static void test_life(void **state)
{
	assert_true(use("%.0s%.0s" GROUP(CD("cd", "7", ""))));
	assert_int_equal(nstates, 0);
	assert_true(use(ONE "%.0s"));
	assert_int_equal(nstates, 1);
	assert_int_equal(npolicies, 1);
	assert_int_equal(states[0].number, 0);
	assert_int_equal(policies[0].flow.proto, 17);
	assert_int_equal(policies[0].flow.sport, 7);
	states[0].number = 77;
	close_it();
	assert_int_equal(nstates + npolicies, 0);
	open_it();
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 77 + ESP_NUMBER_JUMP);
}

static void test_killed(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = 1234;
	kill_it();
	open_it();
	assert_int_equal(nstates + npolicies, 0);
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 1234 + ESP_NUMBER_JUMP);
	kill_it();
	nstates = 0;
	npolicies = 0;
	open_it();
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 1234 + ESP_NUMBER_JUMP +
			 ESP_NUMBER_MARGIN);
}

/* What the configuration still has stays untouched, with its numbers. */
static void test_kept(void **state)
{
	close_it();
	keep = true;
	open_it();
	assert_true(use(SA0("4096") SA1 GROUP(CD("cd", "7", IN("a"))
					      CD("ce", "8", IN("b")))));
	states[0].number = 77;
	close_it();
	assert_int_equal(nstates, 2);
	assert_int_equal(npolicies, 2);
	open_it();
	/* One association less, and another flow. */
	assert_true(use(SA0("4096") "%.0s" GROUP(CD("cd", "7", IN("a"))
						 CD("cf", "9", IN("a")))));
	assert_int_equal(nstates, 1);
	assert_int_equal(states[0].number, 77);
	assert_int_equal(npolicies, 2);
	kill_it();
	open_it();
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 77);
	assert_int_equal(npolicies, 1);
	assert_int_equal(policies[0].flow.dport, 7);
	/* Somebody has removed it meanwhile. */
	kill_it();
	nstates = 0;
	npolicies = 0;
	open_it();
	assert_true(use(ONE "%.0s"));
	assert_int_equal(nstates + npolicies, 2);
	assert_true(states[0].number >= ESP_NUMBER_MARGIN);
	/* And without any, nothing is left. */
	kill_it();
	open_it();
	assert_true(use("%.0s%.0s" GROUP(CD("cd", "7", ""))));
	assert_int_equal(nstates + npolicies, 0);
}

static void test_in_the_way(void **state)
{
	struct xfrm_sa sa = { .spi = 4096 };

	config_address("192.0.2.1", &sa.remote);
	states[nstates++] = (struct state){ sa, 5, 0, true };
	assert_false(use(ONE "%.0s"));
	assert_int_equal(nstates, 1);
	assert_int_equal(npolicies, 0);
	nstates = 0;
	assert_true(use(ONE "%.0s"));
	policies[0].foreign = true;
	close_it();
	assert_int_equal(npolicies, 1);
	open_it();
	assert_false(use(ONE "%.0s"));
	assert_int_equal(nstates, 0);
	assert_int_equal(npolicies, 1);
}

/* A reload that fails leaves everything as it was. */
static void test_failed_reload(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = 9;
	policies[1] = policies[0];
	policies[1].flow.sport = 8;
	policies[1].flow.dport = 8;
	policies[1].foreign = true;
	npolicies = 2;
	assert_false(use(SA0("4096") SA1
			 GROUP(CD("cd", "7", IN("a")) CD("ce", "9", IN("a"))
			       CD("cf", "8", IN("b")))));
	assert_int_equal(nstates, 1);
	assert_int_equal(states[0].number, 9);
	assert_int_equal(npolicies, 2);
	set_key(0, '7');
	assert_int_equal(chmod(key_file[0], 0644), 0);
	assert_false(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 9);
	npolicies = 1;
}

static void test_unchanged(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = 50;
	assert_true(use(SA0("4096") SA1
			GROUP(CD("cd", "7", IN("a")) CD("ce", "8", IN("a"))
			      CD("cf", "9", IN("b")))));
	assert_int_equal(adds, 2);
	assert_int_equal(states[0].number, 50);
	assert_int_equal(npolicies, 3);
	assert_int_equal(replaces, 0);
	assert_true(use(ONE "%.0s"));
	assert_int_equal(adds, 2);
	assert_int_equal(nstates, 1);
	assert_int_equal(states[0].number, 50);
	assert_int_equal(npolicies, 1);
}

static void test_changed_key(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = 50;
	set_key(0, '7');
	assert_true(use(ONE "%.0s"));
	assert_int_equal(nstates, 1);
	assert_int_equal(npolicies, 1);
	assert_int_equal(states[0].key, 0x77);
	assert_int_equal(states[0].number, 0);
	/* The old one again: its numbers were not forgotten. */
	set_key(0, '1');
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].key, 0x11);
	assert_int_equal(states[0].number, 50 + ESP_NUMBER_JUMP);
}

static void test_changed_spi(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = 50;
	assert_true(use(SA1 "%.0s" GROUP(CD("cd", "7", IN("b")))));
	assert_int_equal(nstates, 1);
	assert_int_equal(states[0].sa.spi, 9000);
	assert_int_equal(npolicies, 1);
	assert_int_equal(policies[0].sa.spi, 9000);
	/* The same key: its numbers go on. */
	assert_int_equal(states[0].number, 50 + ESP_NUMBER_JUMP);
	set_key(0, '5');
	assert_true(use(ONE "%.0s"));
	assert_int_equal(replaces, 1);
	assert_int_equal(policies[0].sa.spi, 4096);
	assert_int_equal(nstates, 1);
}

static void test_ip_ip(void **state)
{
	assert_true(use(SA0("4096") "%.0s"
			GROUP("content-destination cd { address = \"192.0.2.1\" "
			      "source-address = \"192.0.2.9\" "
			      "format = ip-ip " IN("a") " }\n")));
	assert_int_equal(npolicies, 3);
	assert_int_equal(policies[0].flow.proto, 4);
	assert_int_equal(policies[1].flow.proto, 41);
	assert_int_equal(policies[2].flow.proto, 97);
	assert_int_equal(policies[0].flow.sport + policies[0].flow.dport, 0);
	/* As UDP again. */
	assert_true(use(ONE "%.0s"));
	assert_int_equal(npolicies, 1);
	assert_int_equal(policies[0].flow.proto, 17);
	assert_int_equal(adds, 1);
}

static void test_same_key(void **state)
{
	set_key(1, '1');
	assert_false(use(SA0("4096") SA1
			 GROUP(CD("cd", "7", IN("a")) CD("cf", "8", IN("b")))));
	assert_int_equal(nstates, 0);
}

static void test_ceiling(void **state)
{
	assert_true(use(ONE "%.0s"));
	states[0].number = ESP_NUMBER_MARGIN - 10;
	associations_tick(as);
	kill_it();
	nstates = 0;
	npolicies = 0;
	open_it();
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, 2 * ESP_NUMBER_MARGIN - 10);
}

static void test_disk_fails(void **state)
{
	assert_true(use(ONE "%.0s"));
	unlink(numbers);
	assert_int_equal(rmdir(state_dir), 0);
	states[0].number = ESP_NUMBER_MARGIN / 2 + 10;
	associations_tick(as);
	assert_int_equal(nstates, 1);
	states[0].number = ESP_NUMBER_MARGIN - 10;
	associations_tick(as);
	assert_int_equal(nstates + npolicies, 0);
	assert_int_equal(mkdir(state_dir, 0700), 0);
	assert_true(use(ONE "%.0s"));
	assert_int_equal(states[0].number, ESP_NUMBER_MARGIN);
}

static void test_missing(void **state)
{
	assert_true(use(ONE "%.0s"));
	nstates = 0;
	associations_tick(as);
	assert_int_equal(npolicies, 0);
	assert_true(use(ONE "%.0s"));
	assert_int_equal(nstates, 1);
	assert_int_equal(npolicies, 1);
	assert_int_equal(states[0].number, ESP_NUMBER_MARGIN);
}

static void test_damaged(void **state)
{
	close_it();
	write_file(numbers, "no numbers");
	open_it();
	assert_false(use(ONE "%.0s"));
	assert_true(use("%.0s%.0s" GROUP(CD("cd", "7", ""))));
	assert_int_equal(nstates, 0);
}

static int begin(void **state)
{
	keep = false;
	nstates = 0;
	npolicies = 0;
	adds = 0;
	replaces = 0;
	unlink(numbers);
	set_key(0, '1');
	set_key(1, '2');
	open_it();
	return 0;
}

static int end(void **state)
{
	if (as)
		close_it();
	return 0;
}

static int setup_all(void **state)
{
	if (setup(state))
		return -1;
	snprintf(key_file[0], sizeof(key_file[0]), "%s/k0", dir);
	snprintf(key_file[1], sizeof(key_file[1]), "%s/k1", dir);
	snprintf(state_dir, sizeof(state_dir), "%s/state", dir);
	snprintf(numbers, sizeof(numbers), "%s/state/associations", dir);
	snprintf(new_numbers, sizeof(new_numbers), "%s.new", numbers);
	return mkdir(state_dir, 0700);
}

static int teardown_all(void **state)
{
	unlink(key_file[0]);
	unlink(key_file[1]);
	unlink(numbers);
	unlink(new_numbers);
	rmdir(state_dir);
	return teardown(state);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_killed),
		TEST(test_kept),
		TEST(test_in_the_way),
		TEST(test_failed_reload),
		TEST(test_unchanged),
		TEST(test_changed_key),
		TEST(test_changed_spi),
		TEST(test_ip_ip),
		TEST(test_same_key),
		TEST(test_ceiling),
		TEST(test_disk_fails),
		TEST(test_missing),
		TEST(test_damaged),
	};

	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
