// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The journal while nothing goes wrong, and while nothing can be written.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "journal_file.h"

/* Rows as they are expected: from @next on, each @step, of a @version. */
struct expected {
	uint32_t next;
	uint32_t step;
	uint32_t version;
	size_t n;
};

static bool expect_row(void *arg, const struct journal_row *row)
{
	struct expected *e = arg;
	uint32_t version;

	assert_true(is_row(row, &version));
	assert_int_equal(row->key, e->next);
	assert_int_equal(version, e->version);
	e->next += e->step;
	e->n++;
	return true;
}

static void assert_rows(struct journal *j, uint32_t first, uint32_t step,
			uint32_t version, size_t n)
{
	struct expected e = { first, step, version, 0 };

	assert_int_equal(journal_each(j, JOURNAL_CRITERION, expect_row, &e), 0);
	assert_int_equal(e.n, n);
}

static void put_rows(struct journal *j, uint32_t first, uint32_t end,
		     uint32_t version)
{
	uint32_t key;

	for (key = first; key < end; key++)
		assert_true(put(j, key, version) > 0);
}

static void empty(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);

	assert_rows(j, 0, 1, 0, 0);
	assert_int_equal(journal_position(j), 0);
	assert_int_equal(journal_committed(j), 0);
	assert_int_equal(journal_start(j), 0);
	assert_int_equal(journal_wait(j), 0);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 0, 1, 0, 0);
	journal_close(j);
}

/* Put, replaced and deleted, in one transaction and in different ones. */
static void rows(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);
	uint32_t key;

	assert_int_equal(journal_start(j), 0);
	put_rows(j, 1, 1001, 1);
	assert_int_equal(journal_position(j), 1000);
	assert_int_equal(journal_wait(j), 0);
	assert_int_equal(journal_committed(j), 1000);
	put_rows(j, 1, 1001, 2);
	put_rows(j, 1, 1001, 3);
	for (key = 2; key <= 1000; key += 2)
		assert_true(journal_del(j, JOURNAL_CRITERION, key) > 0);
	/* Deleted without having been there. */
	assert_true(journal_del(j, JOURNAL_CRITERION, 5000) > 0);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 1, 2, 3, 500);
	/* And put again after it was deleted. */
	assert_true(journal_del(j, JOURNAL_CRITERION, 1) > 0);
	put_rows(j, 1, 2, 3);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 1, 2, 3, 500);
	journal_close(j);
}

static bool expect_kind(void *arg, const struct journal_row *row)
{
	enum journal_kind *kind = arg;

	assert_int_equal(row->kind, *kind);
	assert_int_equal(row->key, UINT32_MAX - *kind);
	assert_int_equal(row->len, *kind == JOURNAL_META ? 0 : 65536);
	return false;
}

/* All kinds, whose keys are their own; the longest row and the empty one. */
static void kinds(void **state)
{
	static uint8_t data[65537];
	enum journal_kind kind;
	struct journal *j = open_as(JOURNAL_NEW);

	assert_int_equal(journal_put(j, JOURNAL_DEST, 1, data, sizeof(data)),
			 -EMSGSIZE);
	for (kind = JOURNAL_META; kind <= JOURNAL_CRITERION; kind++)
		assert_true(journal_put(j, kind, UINT32_MAX - kind, data,
					kind == JOURNAL_META ? 0 : 65536) > 0);
	/* Before there is a thread, too. */
	assert_int_equal(journal_wait(j), 0);
	assert_int_equal(journal_committed(j), 4);
	for (kind = JOURNAL_META; kind <= JOURNAL_CRITERION; kind++)
		assert_int_equal(journal_each(j, kind, expect_kind, &kind), 0);
	journal_close(j);
}

static bool never(void *arg, const struct journal_row *row)
{
	fail();
	return false;
}

/* What is asked for while the disk is busy shares a transaction. */
static void group_commit(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);
	int64_t position, last = 0;
	int transactions = 0;

	assert_int_equal(journal_start(j), 0);
	put_rows(j, 1, 20001, 1);
	position = journal_position(j);
	assert_int_equal(position, 20000);
	while (journal_committed(j) < position) {
		if (journal_committed(j) != last)
			transactions++;
		last = journal_committed(j);
		wait_until(j, is_committed, last + 1);
	}
	assert_in_range(transactions, 0, 5000);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 1, 1, 1, 20000);
	assert_int_equal(journal_each(j, JOURNAL_DEST, never, NULL), 0);
	journal_close(j);
}

/* What is never read by others is not readable to them. */
static void modes(void **state)
{
	static const char *const names[] = { "journal", "journal-wal" };
	mode_t mask = umask(0);
	struct journal *j = open_as(JOURNAL_NEW);
	struct stat st;
	size_t i;

	umask(mask);
	put_rows(j, 1, 10, 1);
	assert_int_equal(journal_wait(j), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(stat(file_in(names[i]), &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
	}
	assert_false(exists("journal-shm"));
	journal_close(j);
	assert_false(exists("journal-wal"));
	/* Who has made it so has it made good again. */
	assert_int_equal(chmod(file_in("journal"), 0644), 0);
	journal_close(open_as(JOURNAL_GOOD));
	assert_int_equal(stat(file_in("journal"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void assert_refused(void)
{
	enum journal_found found;

	assert_null(journal_open(dir, &found));
}

static void links(void **state)
{
	static const char *const names[] = { "journal", "journal-wal" };
	size_t i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(symlink("/dev/null", file_in(names[i])), 0);
		assert_refused();
		unlink(file_in(names[i]));
		assert_int_equal(mkdir(file_in(names[i]), 0700), 0);
		assert_refused();
		rmdir(file_in(names[i]));
	}
	journal_close(open_as(JOURNAL_NEW));
}

static void no_directory(void **state)
{
	enum journal_found found;

	assert_null(journal_open("/nonexistent/dtcpd", &found));
}

/* Nobody's directory that nobody may write, for tests that run as root. */
static void read_only(void **state)
{
	enum journal_found found;
	int status;
	pid_t pid;

	assert_int_equal(chmod(dir, 0500), 0);
	if (!geteuid())
		assert_int_equal(chown(dir, 65534, 65534), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(journal_open(dir, &found) != NULL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(chown(dir, geteuid(), getegid()), 0);
	journal_close(open_as(JOURNAL_NEW));
}

/* Bytes that any file may have: no page of a database can be written. */
#define FULL	100

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static rlim_t size_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(file_in(name), &st), 0);
	return (rlim_t)st.st_size;
}

/* Nothing more is taken while nothing can be written, but what is deleted. */
static void full_disk(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);
	const char *why;

	put_rows(j, 1, 101, 1);
	assert_int_equal(journal_wait(j), 0);
	assert_int_equal(journal_start(j), 0);
	limit_files(FULL);
	put_rows(j, 101, 102, 1);
	wait_until(j, is_failing, 0);
	assert_true(journal_failed(j, &why));
	assert_string_equal(why, "the journal cannot be written: "
			    "File too large");
	assert_int_equal(journal_committed(j), 100);
	assert_int_equal(put(j, 102, 1), -EAGAIN);
	assert_int_equal(journal_position(j), 101);
	assert_int_equal(journal_del(j, JOURNAL_CRITERION, 1), 102);
	assert_int_equal(journal_del(j, JOURNAL_CRITERION, 101), 103);
	assert_int_equal(journal_wait(j), -EIO);
	assert_int_equal(journal_committed(j), 100);
	limit_files(RLIM_INFINITY);
	wait_until(j, is_well, 0);
	assert_int_equal(journal_committed(j), 103);
	assert_true(put(j, 101, 1) > 0);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 2, 1, 1, 100);
	journal_close(j);
}

/* The end comes before there is room again: what was on the disk stays. */
static void full_at_the_end(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);

	put_rows(j, 1, 101, 1);
	assert_int_equal(journal_wait(j), 0);
	assert_int_equal(journal_start(j), 0);
	limit_files(FULL);
	put_rows(j, 101, 102, 1);
	assert_int_equal(journal_wait(j), -EIO);
	journal_close(j);
	limit_files(RLIM_INFINITY);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 1, 1, 1, 100);
	journal_close(j);
}

/* A journal that is replaced over and over does not grow without end. */
static void bounded(void **state)
{
	struct journal *j = open_as(JOURNAL_NEW);
	uint32_t version;

	assert_int_equal(journal_start(j), 0);
	for (version = 1; version <= 300; version++) {
		put_rows(j, 1, 1001, version);
		assert_int_equal(journal_wait(j), 0);
	}
	assert_in_range(size_of("journal-wal"), 1, 24U << 20);
	assert_in_range(size_of("journal"), 1, 2U << 20);
	journal_close(j);
	j = open_as(JOURNAL_GOOD);
	assert_rows(j, 1, 1, 300, 1000);
	journal_close(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(empty, remove_files),
		cmocka_unit_test_teardown(rows, remove_files),
		cmocka_unit_test_teardown(kinds, remove_files),
		cmocka_unit_test_teardown(group_commit, remove_files),
		cmocka_unit_test_teardown(modes, remove_files),
		cmocka_unit_test_teardown(links, remove_files),
		cmocka_unit_test_teardown(no_directory, remove_files),
		cmocka_unit_test_teardown(read_only, remove_files),
		cmocka_unit_test_teardown(full_disk, remove_files),
		cmocka_unit_test_teardown(full_at_the_end, remove_files),
		cmocka_unit_test_teardown(bounded, remove_files),
	};

	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
