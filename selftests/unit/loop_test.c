// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "dtcpd/loop.h"

static struct loop loop;
static char order[16];

static void note(char c)
{
	size_t len = strlen(order);

	order[len] = c;
	if (len + 2 == sizeof(order))
		loop_stop(&loop, 3);
}

static int setup(void **state)
{
	memset(order, 0, sizeof(order));
	return loop_init(&loop);
}

static int teardown(void **state)
{
	loop_fini(&loop);
	return 0;
}

struct source {
	struct loop_watch watch;
	struct source *victim;
	char name;
};

static void on_source(void *arg, uint32_t events)
{
	struct source *s = arg;

	note(s->name);
	if (s->victim) {
		loop_del(&loop, &s->victim->watch);
		memset(s->victim, 0xff, sizeof(*s->victim));
		loop_stop(&loop, 0);
	}
}

/* Always ready, since nobody reads. */
static void add_source(struct source *s, char name, int pipe_end)
{
	memset(s, 0, sizeof(*s));
	s->name = name;
	s->watch = (struct loop_watch){ pipe_end, 0, on_source, s };
	assert_int_equal(loop_add(&loop, &s->watch, EPOLLIN), 0);
}

static void turns(void **state)
{
	struct source a, b, c;
	int p[3][2], i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(pipe(p[i]), 0);
		assert_int_equal(write(p[i][1], "x", 1), 1);
	}
	add_source(&a, 'a', p[0][0]);
	add_source(&b, 'b', p[1][0]);
	add_source(&c, 'c', p[2][0]);
	assert_int_equal(loop_run(&loop), 3);
	for (i = 3; i < 15; i++)
		assert_int_equal(order[i], order[i - 3]);
	for (i = 0; i < 3; i++) {
		close(p[i][0]);
		close(p[i][1]);
	}
}

/* What is deleted is not called any more, though it was ready as well. */
static void deleted_by_another(void **state)
{
	struct source a, b;
	int p[2][2];

	assert_int_equal(pipe(p[0]), 0);
	assert_int_equal(pipe(p[1]), 0);
	assert_int_equal(write(p[0][1], "x", 1), 1);
	assert_int_equal(write(p[1][1], "x", 1), 1);
	add_source(&a, 'a', p[0][0]);
	add_source(&b, 'b', p[1][0]);
	a.victim = &b;
	b.victim = &a;
	assert_int_equal(loop_run(&loop), 0);
	assert_int_equal(strlen(order), 1);
	close(p[0][0]);
	close(p[0][1]);
	close(p[1][0]);
	close(p[1][1]);
}

static struct loop_task first, second, third;

static void on_task(void *arg)
{
	note(*(char *)arg);
	if (arg == first.arg) {
		loop_post(&loop, &first);
		loop_post(&loop, &second);
		loop_post(&loop, &second);
	}
}

static void tasks(void **state)
{
	first = (struct loop_task){ .fn = on_task, .arg = "1" };
	second = (struct loop_task){ .fn = on_task, .arg = "2" };
	third = (struct loop_task){ .fn = on_task, .arg = "3" };
	loop_post(&loop, &third);
	loop_post(&loop, &second);
	loop_cancel(&loop, &second);
	loop_post(&loop, &first);
	loop_cancel(&loop, &second);
	assert_int_equal(loop_run(&loop), 3);
	assert_string_equal(order, "311211211211211");
}

static void highest_status(void **state)
{
	loop_stop(&loop, 1);
	loop_stop(&loop, 0);
	assert_int_equal(loop_run(&loop), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(turns, setup, teardown),
		cmocka_unit_test_setup_teardown(deleted_by_another, setup,
						teardown),
		cmocka_unit_test_setup_teardown(tasks, setup, teardown),
		cmocka_unit_test_setup_teardown(highest_status, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
