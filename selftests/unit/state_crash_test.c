// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The machine stops without warning: what was on the disk by then is all there
// is, and still no sequence number may be accepted twice.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "state_file.h"

/* The disk: what the file was like when it was last written through. */
static uint8_t disk[STATE_FILE_SIZE];
static int syncs;
static bool broken;

static int sync_to_disk(int fd)
{
	if (broken) {
		errno = EIO;
		return -1;
	}
	syncs++;
	return pread(fd, disk, sizeof(disk), 0) == sizeof(disk) ? 0 : -1;
}

static struct state *start(const uint8_t *boot)
{
	struct state *s = reopen(boot);

	s->flush.sync = sync_to_disk;
	assert_int_equal(sync_to_disk(s->file.fd), 0);
	syncs = 0;
	return s;
}

static void tick(struct state *s)
{
	state_tick(s);
	state_flush_wait(&s->flush);
}

/* Everything that the disk does not have is gone. */
static void crash(struct state *s)
{
	state_flush_wait(&s->flush);
	memcpy(image, disk, sizeof(image));
	state_close(s);
	write_image(sizeof(image));
}

#define HISTORY 4096

/* A control source that counts what was accepted. */
struct client {
	struct tasking_memory m;
	uint64_t accepted[HISTORY];
	size_t n;
};

static void request(struct state *s, struct client *c, uint64_t seq)
{
	assert_in_range(dtcp_window_take(&c->m.window, seq), DTCP_WINDOW_NEW,
			DTCP_WINDOW_WRAPPED);
	c->m.last_id++;
	c->m.unchecked = false;
	state_remember(s, "a", &c->m);
	c->accepted[c->n++ % HISTORY] = seq;
}

/* One that may be accepted again if the machine stops. */
static void unchecked(struct state *s, struct client *c, uint64_t seq)
{
	dtcp_window_follow(&c->m.window, seq);
	c->m.last_id++;
	c->m.unchecked = true;
	state_remember(s, "a", &c->m);
}

static void assert_refused(const struct client *c,
			   const struct tasking_memory *m)
{
	size_t i, n = c->n < HISTORY ? c->n : HISTORY;
	struct dtcp_window w;

	for (i = 0; i < n; i++) {
		w = m->window;
		assert_in_range(dtcp_window_take(&w, c->accepted[i]),
				DTCP_WINDOW_SEEN, DTCP_WINDOW_OUTSIDE);
	}
}

/* What dtcpd knows after it; the client goes on with what it is left with. */
static struct state *survive(struct state *s, struct client *c)
{
	uint64_t max = c->m.window.max;
	uint32_t id = c->m.last_id;
	bool other = !memcmp(s->boot, boot_a, sizeof(boot_a));
	bool lost = c->m.unchecked;

	crash(s);
	s = start(other ? boot_b : boot_a);
	assert_true(state_recall(s, "a", &c->m));
	assert_true(c->m.window.started);
	assert_true(lost || (int64_t)(c->m.window.max - max) >= 0);
	assert_true((int32_t)(c->m.last_id - id) > 0);
	assert_refused(c, &c->m);
	return s;
}

static uint64_t random_step(void)
{
	return rand() % 4 ? 1 : 1 + (uint64_t)(rand() % DTCP_WINDOW);
}

/* Over one transport numbers are checked, over the other they leap. */
static void any_request(struct state *s, struct client *c, bool leaps)
{
	if (leaps && rand() % 2)
		unchecked(s, c, c->m.window.max + (uint64_t)(rand() % 3000));
	else
		request(s, c, c->m.window.max + random_step());
}

/* Any speed, any change of speed, a crash at any moment. */
static void any_crash(uint64_t first, bool leaps)
{
	static struct client c;
	struct state *s = start(boot_a);
	int i, n, speed;

	memset(&c, 0, sizeof(c));
	request(s, &c, first);
	for (i = 0; i < 120; i++) {
		speed = rand() % 5 ? rand() % 6 : rand() % 2000;
		for (n = 0; n < speed; n++)
			any_request(s, &c, leaps);
		if (rand() % 3)
			state_tick(s);
		if (rand() % 2)
			state_flush_wait(&s->flush);
		if (rand() % 4 == 0)
			s = survive(s, &c);
	}
	state_close(s);
}

static void crashes(void **state)
{
	srand(1);
	any_crash(1, false);
}

static void crashes_with_unchecked(void **state)
{
	srand(3);
	any_crash(1, true);
}

static void crashes_at_the_wrap(void **state)
{
	srand(2);
	any_crash(UINT64_MAX - 20000, false);
}

/* The first request of all is on the disk before it is answered. */
static void first_request(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);

	memset(&c, 0, sizeof(c));
	request(s, &c, 77);
	assert_int_equal(syncs, 1);
	s = survive(s, &c);
	assert_int_equal(c.m.window.max, 77 + STATE_MARGIN_MIN);
	state_close(s);
}

/* A slow source never waits for the disk and loses few numbers. */
static void slow_source(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);
	int i;

	memset(&c, 0, sizeof(c));
	request(s, &c, 1);
	for (i = 0; i < 20; i++) {
		tick(s);
		request(s, &c, c.m.window.max + 1);
	}
	assert_in_range(syncs, 2, 22);
	s = survive(s, &c);
	assert_in_range(c.m.window.max, 21, 21 + STATE_MARGIN_MIN);
	request(s, &c, 21 + STATE_MARGIN_MIN + 1);
	state_close(s);
}

/* A fast one waits for it a few times, and is slow again soon. */
static void fast_source(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);
	int i;

	memset(&c, 0, sizeof(c));
	for (i = 1; i <= 100000; i++)
		request(s, &c, (uint64_t)i);
	assert_in_range(syncs, 10, 16);
	for (i = 0; i < 25; i++)
		tick(s);
	assert_int_equal(s->record[0].margin, STATE_MARGIN_MIN);
	syncs = 0;
	tick(s);
	tick(s);
	assert_int_equal(syncs, 0);
	s = survive(s, &c);
	assert_int_equal(c.m.window.max, 100000 + STATE_MARGIN_MIN);
	state_close(s);
}

/* Few long steps are as fast as many short ones: a clock, for example. */
static void leaping_source(void **state)
{
	struct state *s = start(boot_a);
	struct tasking_memory m = { .window.started = true };
	uint64_t i;

	for (i = 1; i <= 1000; i++) {
		m.window.max = 300 * i;
		state_remember(s, "a", &m);
	}
	assert_in_range(syncs, 2, 16);
	crash(s);
	s = start(boot_b);
	assert_true(state_recall(s, "a", &m));
	assert_in_range(m.window.max, 300000, 4 * 300000);
	state_close(s);
}

/* Nobody waits for numbers that may come again anyway; then somebody does. */
static void unchecked_source(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);
	uint64_t i;

	memset(&c, 0, sizeof(c));
	for (i = 1; i <= 1000; i++)
		unchecked(s, &c, i << 30);
	assert_int_equal(syncs, 0);
	request(s, &c, c.m.window.max + 1);
	assert_int_equal(syncs, 1);
	unchecked(s, &c, c.m.window.max + 1000);
	unchecked(s, &c, c.m.window.max + 1000);
	assert_int_equal(syncs, 1);
	request(s, &c, c.m.window.max + 1);
	assert_int_equal(syncs, 2);
	s = survive(s, &c);
	/* The tick has them written like any others. */
	unchecked(s, &c, c.m.window.max + 100000);
	syncs = 0;
	tick(s);
	assert_int_equal(syncs, 1);
	c.m.unchecked = false;
	s = survive(s, &c);
	state_close(s);
}

/* Many that get fast at the same time wait together. */
static void many_sources(void **state)
{
	struct state *s = start(boot_a);
	struct dtcp_window w = { .started = true };
	struct tasking_memory m;
	char name[32];
	int i, n;

	for (n = 1; n <= 1000; n++)
		for (i = 0; i < 50; i++) {
			snprintf(name, sizeof(name), "s%d", i);
			m = (struct tasking_memory){ .window = w };
			m.window.max = (uint64_t)n;
			state_remember(s, name, &m);
		}
	assert_in_range(syncs, 50 + 6, 50 + 40);
	crash(s);
	s = start(boot_b);
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		assert_true(state_recall(s, name, &m));
		assert_in_range(m.window.max, 1000, 5000);
	}
	state_close(s);
}

/* After a reset numbers may be lower; the old ceiling does not hold them up. */
static void reset(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);

	memset(&c, 0, sizeof(c));
	request(s, &c, 1000000);
	dtcp_window_reset(&c.m.window);
	state_remember(s, "a", &c.m);
	request(s, &c, 5);
	s = survive(s, &c);
	assert_int_equal(c.m.window.max, 5 + STATE_MARGIN_MIN);
	/* The same without a word about the reset. */
	dtcp_window_reset(&c.m.window);
	request(s, &c, 2);
	memset(c.accepted, 0, sizeof(c.accepted));
	c.accepted[0] = 2;
	c.n = 1;
	s = survive(s, &c);
	assert_int_equal(c.m.window.max, 2 + STATE_MARGIN_MIN);
	state_close(s);
}

/* What could not be written is written at the next tick. */
static void broken_disk(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);

	memset(&c, 0, sizeof(c));
	broken = true;
	request(s, &c, 1);
	tick(s);
	request(s, &c, 2);
	broken = false;
	tick(s);
	tick(s);
	s = survive(s, &c);
	assert_int_equal(c.m.window.max, 2 + STATE_MARGIN_MIN);
	state_close(s);
}

/* The kernel drops what it could not write, once it has said so. */
static void drop_unwritten(void)
{
	memcpy(image, disk, sizeof(image));
	write_image(sizeof(image));
}

static void assert_kept(uint64_t max)
{
	struct state *s = reopen(boot_b);
	struct tasking_memory m;

	assert_true(state_recall(s, "a", &m));
	assert_int_equal(m.window.max, max);
	state_close(s);
}

/* What could not be written before the end is written at the end. */
static void closed_after_failure(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);

	memset(&c, 0, sizeof(c));
	broken = true;
	request(s, &c, 1);
	drop_unwritten();
	state_close(s);
	assert_kept(1);
	broken = false;
	/* The last flush fails, and there is no tick any more to see it. */
	s = start(boot_a);
	c.m.window.max = 2;
	state_remember(s, "a", &c.m);
	broken = true;
	tick(s);
	broken = false;
	drop_unwritten();
	state_close(s);
	assert_kept(2);
}

/* A higher ceiling holds from when it is on the disk, and not before. */
static void ceiling_not_written(void **state)
{
	static struct client c;
	struct state *s = start(boot_a);
	uint64_t seq;

	memset(&c, 0, sizeof(c));
	for (seq = 1; seq <= 1 + STATE_MARGIN_MIN; seq++)
		request(s, &c, seq);
	assert_int_equal(syncs, 1);
	broken = true;
	tick(s);
	broken = false;
	request(s, &c, seq);
	assert_int_equal(syncs, 2);
	s = survive(s, &c);
	state_close(s);
}

/* The same boot: the kernel still has what was not on the disk. */
static void no_crash(void **state)
{
	struct state *s = start(boot_a), *next;

	remember(s, "a", 5);
	remember(s, "a", 6);
	read_image();
	state_close(s);
	write_image(sizeof(image));
	next = reopen(boot_a);
	assert_memory(next, "a", 6);
	state_close(next);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(crashes, remove_all),
		cmocka_unit_test_teardown(crashes_at_the_wrap, remove_all),
		cmocka_unit_test_teardown(crashes_with_unchecked, remove_all),
		cmocka_unit_test_teardown(first_request, remove_all),
		cmocka_unit_test_teardown(slow_source, remove_all),
		cmocka_unit_test_teardown(fast_source, remove_all),
		cmocka_unit_test_teardown(leaping_source, remove_all),
		cmocka_unit_test_teardown(unchecked_source, remove_all),
		cmocka_unit_test_teardown(many_sources, remove_all),
		cmocka_unit_test_teardown(reset, remove_all),
		cmocka_unit_test_teardown(broken_disk, remove_all),
		cmocka_unit_test_teardown(closed_after_failure, remove_all),
		cmocka_unit_test_teardown(ceiling_not_written, remove_all),
		cmocka_unit_test_teardown(no_crash, remove_all),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
