// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd is killed at any moment, a thousand times: what was committed is there,
// and of what came after, the first part or nothing.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "journal_file.h"

#define KILLS	1000
#define KEYS	50
#define AHEAD	400	/* operations that may wait for the disk */

/*
 * Operation n changes the row of key n % KEYS + 1: it puts version n, or, for
 * each seventh, deletes it. What the writer tells is in memory that outlives
 * it.
 */
struct told {
	atomic_uint asked;
	atomic_uint committed;
};

static struct told *told;

static bool is_deletion(uint32_t n)
{
	return n % 7 == 0;
}

static uint32_t key_of(uint32_t n)
{
	return n % KEYS + 1;
}

static void tell_committed(struct journal *j, uint32_t before)
{
	atomic_store(&told->committed,
		     before + (uint32_t)journal_committed(j));
}

/* Ends when it is killed. */
static void write_on(uint32_t before, int ready)
{
	enum journal_found found;
	struct journal *j = journal_open(dir, &found);
	struct pollfd p = { .events = POLLIN };
	uint32_t n = before;

	if (!j || journal_start(j) || write(ready, "", 1) != 1)
		_exit(1);
	p.fd = journal_fd(j);
	for (;;) {
		tell_committed(j, before);
		if (n - atomic_load(&told->committed) >= AHEAD) {
			poll(&p, 1, -1);
			journal_heard(j);
			continue;
		}
		atomic_store(&told->asked, ++n);
		if ((is_deletion(n) ? journal_del(j, JOURNAL_CRITERION,
						  key_of(n)) :
		     put(j, key_of(n), n)) != (int64_t)(n - before))
			_exit(1);
		/* Sometimes few at a time. */
		if (n % 97 == 0)
			journal_wait(j);
	}
}

static void kill_one(uint32_t before)
{
	int ready[2], status;
	pid_t child;
	char byte;

	atomic_store(&told->asked, before);
	atomic_store(&told->committed, before);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		write_on(before, ready[1]);
	}
	/* One in four already while it is opened. */
	if (rand() % 4)
		assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	usleep((useconds_t)(rand() % 5000));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* Versions by key; 0: there is none. */
struct rows {
	uint32_t version[KEYS + 1];
};

static bool take_row(void *arg, const struct journal_row *row)
{
	struct rows *r = arg;
	uint32_t version;

	assert_true(is_row(row, &version));
	assert_in_range(row->key, 1, KEYS);
	r->version[row->key] = version;
	return true;
}

static void carry_out(struct rows *r, uint32_t n)
{
	r->version[key_of(n)] = is_deletion(n) ? 0 : n;
}

/* Returns up to which operation the rows tell; it must be one that can be. */
static uint32_t find_operation(const struct rows *got, struct rows *model)
{
	uint32_t n = atomic_load(&told->committed);

	for (;; n++) {
		if (!memcmp(got, model, sizeof(*got)))
			return n;
		if (n == atomic_load(&told->asked))
			break;
		carry_out(model, n + 1);
	}
	fail_msg("the rows are of no moment between operation %u and %u",
		 atomic_load(&told->committed), n);
	return 0;
}

static void killed(void **state)
{
	struct rows model = { { 0 } }, got;
	uint32_t n = 0, i, round;
	struct journal *j = open_as(JOURNAL_NEW);

	journal_close(j);
	for (round = 0; round < KILLS; round++) {
		kill_one(n);
		while (n < atomic_load(&told->committed))
			carry_out(&model, ++n);
		j = open_as(JOURNAL_GOOD);
		memset(&got, 0, sizeof(got));
		assert_int_equal(journal_each(j, JOURNAL_CRITERION, take_row,
					      &got), 0);
		journal_close(j);
		i = find_operation(&got, &model);
		assert_true(i >= n);
		n = i;
	}
	/* It was not killed before it did anything. */
	assert_true(n > KILLS);
}

/* Also while it is made: there is none then, or it is whole. */
static void killed_while_made(void **state)
{
	enum journal_found found;
	int round, status;
	pid_t child;

	for (round = 0; round < 100; round++) {
		child = fork();
		if (!child) {
			journal_open(dir, &found);
			_exit(0);
		}
		usleep((useconds_t)(rand() % 3000));
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		if (exists("journal"))
			journal_close(open_as(JOURNAL_GOOD));
		else
			journal_close(open_as(JOURNAL_NEW));
		remove_files(NULL);
	}
}

static int make_all(void **state)
{
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return told == MAP_FAILED ? -1 : make_dir(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(killed, remove_files),
		cmocka_unit_test_teardown(killed_while_made, remove_files),
	};

	srand(1);
	return cmocka_run_group_tests(tests, make_all, remove_dir);
}
