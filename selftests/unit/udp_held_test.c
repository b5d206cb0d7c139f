// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// DTCP over UDP: answers that wait for the journal.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "udp_subject.h"

static char dir[] = "/tmp/udp-held-test-XXXXXX";
static struct journal *journal;	/* has no thread: written when it is said */
static struct holding holding;

static int setup_held(void **state)
{
	enum journal_found found;

	held = &holding;
	if (setup(state))
		return -1;
	journal = journal_open(dir, &found);
	return journal ? holding_open(&holding, &loop, journal) : -1;
}

static int teardown_held(void **state)
{
	/* Ports cancel what they wait for. */
	udp_free(udp);
	holding_close(&holding);
	loop_fini(&loop);
	journal_close(journal);
	return 0;
}

static void assert_none(struct client *c, long received)
{
	serve_received(received);
	assert_false(is_readable(c->fd));
}

/* In order, whatever comes behind; another port goes on. */
static void waits(void **state)
{
	struct client c = open_client("127.0.0.1", port), d;
	int i;

	source[2].service_port = free_port();
	take();
	d = open_client("127.0.0.1", source[2].service_port);
	ask(&c, "KEEP");
	assert_none(&c, 1);
	ask(&c, "LIST");
	assert_none(&c, 2);
	assert_noop(&d);
	assert_int_equal(journal_wait(journal), 0);
	assert_header(hear(&c), "\r\nPart: 1/1\r\n");
	assert_list(&c);
	assert_int_equal(counter("waiting-bytes", NULL), 0);
	for (i = 0; i < 3; i++)
		assert_noop(&c);
	close(c.fd);
	close(d.fd);
}

/* Serves until more than so many bytes of answers wait. */
static void serve_waiting(long bytes)
{
	int64_t due = loop_now() + DEADLINE;
	struct wait w = { loop.epoll, 0, { .fn = look } };

	w.task.arg = &w;
	while (counter("waiting-bytes", NULL) <= bytes) {
		assert_true(loop_now() < due);
		loop.stopped = false;
		loop_post(&loop, &w.task);
		loop_run(&loop);
		loop_cancel(&loop, &w.task);
	}
}

/* So many are carried out before the disk has the first, and no more. */
static void many(void **state)
{
	struct client c = open_client("127.0.0.1", port);
	int i, heard;

	for (i = 0; i < 1000; i++)
		ask(&c, "KEEP");
	serve_waiting(DTCP_MESSAGE_MAX);
	assert_in_range(carried_out, 100, 900);
	assert_int_equal(journal_start(journal), 0);
	for (heard = 0; heard < 1000; heard++)
		assert_header(hear(&c), "\r\nPart: 1/1\r\n");
	close(c.fd);
}

/* What the disk does not get in time is never told. */
static void expires(void **state)
{
	struct client c = open_client("127.0.0.1", port);

	ask(&c, "KEEP");
	assert_none(&c, 1);
	spent += 29000;
	udp_tick(udp);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 0);
	ask(&c, "KEEP");
	assert_none(&c, 2);
	spent += 2000;
	udp_tick(udp);
	assert_int_equal(counter("answer-datagrams-lost", NULL), 1);
	assert_int_equal(journal_wait(journal), 0);
	assert_header(hear(&c), "\r\nPart: 1/1\r\n");
	assert_false(is_readable(c.fd));
	assert_int_equal(counter("waiting-bytes", NULL), 0);
	assert_noop(&c);
	close(c.fd);
}

static int make_dir(void **state)
{
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/journal", dir);
	unlink(path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(waits, setup_held,
						teardown_held),
		cmocka_unit_test_setup_teardown(many, setup_held,
						teardown_held),
		cmocka_unit_test_setup_teardown(expires, setup_held,
						teardown_held),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
