// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The state file: what it keeps, whatever becomes of it.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "state_file.h"

#define LONG_NAME "123456789012345678901234567890123456789012345678"

static uint8_t *slot_at(size_t record, unsigned int which)
{
	return image + STATE_HEADER_SIZE +
	       (2 * record + which) * STATE_SLOT_SIZE;
}

static void kept(void **state)
{
	struct tasking_memory m;
	struct stat st;
	struct state *s = reopen(boot_a);

	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, STATE_FILE_SIZE);
	assert_true(st.st_blocks * 512 >= (blkcnt_t)STATE_FILE_SIZE);
	assert_false(state_recall(s, "a", &m));
	remember(s, "a", 1);
	remember(s, "a", 2);
	remember(s, "ab", 3);
	remember(s, LONG_NAME, UINT64_MAX);
	assert_memory(s, "a", 2);
	state_close(s);
	/* A machine that was shut down in order is no reason for caution. */
	s = reopen(boot_b);
	assert_memory(s, "a", 2);
	assert_memory(s, "ab", 3);
	assert_memory(s, LONG_NAME, UINT64_MAX);
	assert_false(state_recall(s, "b", &m));
	state_close(s);
	assert_int_not_equal(access(bad, F_OK), 0);
}

static void not_started(void **state)
{
	struct tasking_memory m = { .last_id = 5, .criteria = 6 }, got;
	struct state *s = reopen(boot_a);

	state_remember(s, "a", &m);
	state_close(s);
	s = reopen(boot_b);
	assert_true(state_recall(s, "a", &got));
	assert_false(got.window.started);
	assert_int_equal(got.last_id, 5);
	assert_int_equal(got.criteria, 6);
	state_close(s);
}

static void one_at_a_time(void **state)
{
	struct state *s = reopen(boot_a);

	assert_null(state_open_boot(dir, boot_a));
	state_close(s);
	state_close(NULL);
}

static void remember_for_ever(volatile uint64_t *done)
{
	struct state *s = reopen(boot_a);
	uint64_t n;

	for (n = *done + 1;; n++) {
		remember(s, "a", n);
		*done = n;
		if (n % 1000 == 0)
			state_tick(s);
	}
}

static void kill_one(volatile uint64_t *done, uint64_t until)
{
	pid_t pid = fork();
	struct state *s;
	uint64_t n;

	assert_true(pid >= 0);
	if (!pid)
		remember_for_ever(done);
	while (*done < until && !waitpid(pid, NULL, WNOHANG))
		sched_yield();
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	s = reopen(boot_a);
	n = *done;
	if (s->record[0].slot.max != n)
		n++;
	assert_memory(s, "a", n);
	*done = n;
	state_close(s);
}

static void killed(void **state)
{
	uint64_t *done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i;

	assert_ptr_not_equal(done, MAP_FAILED);
	*done = 0;
	for (i = 0; i < 30; i++)
		kill_one(done, *done + 50 + 331 * (unsigned int)i);
	munmap(done, sizeof(*done));
}

/* Two records: "a", written last with 11, and "b". */
static unsigned int two_records(void)
{
	struct state *s = reopen(boot_a);
	unsigned int newest;

	remember(s, "a", 10);
	remember(s, "a", 11);
	remember(s, "b", 20);
	newest = s->record[0].which;
	state_close(s);
	read_image();
	return newest;
}

/* The slot that is written next, cut off at every byte. */
static void torn(void **state)
{
	unsigned int newest = two_records();
	struct state_slot next;
	struct state *s;
	size_t cut;

	s = reopen(boot_a);
	remember(s, "a", 12);
	next = s->record[0].slot;
	state_close(s);
	for (cut = 0; cut <= sizeof(next); cut += 4) {
		memcpy(slot_at(0, !newest), &next, cut);
		write_image(sizeof(image));
		s = reopen(boot_a);
		assert_memory(s, "a", cut < sizeof(next) ? 11 : 12);
		assert_memory(s, "b", 20);
		state_close(s);
	}
	assert_int_not_equal(access(bad, F_OK), 0);
}

static void flipped(void **state)
{
	unsigned int newest = two_records();
	struct state *s;
	size_t i;

	for (i = 0; i < sizeof(struct state_slot); i += 3) {
		slot_at(0, newest)[i] ^= 4;
		write_image(sizeof(image));
		s = reopen(boot_a);
		assert_memory(s, "a", 10);
		state_close(s);
		slot_at(0, newest)[i] ^= 4;
	}
	assert_int_not_equal(access(bad, F_OK), 0);
}

/* What is good of a damaged file is used with the caution of a crash. */
static void assert_salvaged(const char *name, uint64_t ceiling)
{
	struct tasking_memory m;
	struct state *s;

	assert_int_not_equal(access(bad, F_OK), 0);
	s = reopen(boot_a);
	assert_int_equal(access(bad, F_OK), 0);
	assert_true(state_recall(s, name, &m));
	assert_int_equal(m.window.max, ceiling);
	assert_true(m.window.oldest);
	assert_int_equal(m.window.seen[0] & m.window.seen[3], UINT64_MAX);
	state_close(s);
	assert_int_equal(unlink(bad), 0);
	s = reopen(boot_a);
	assert_int_not_equal(access(bad, F_OK), 0);
	state_close(s);
}

static void both_flipped(void **state)
{
	struct tasking_memory m;
	struct state *s;

	two_records();
	slot_at(0, 0)[70] ^= 1;
	slot_at(0, 1)[80] ^= 1;
	write_image(sizeof(image));
	assert_salvaged("b", 20 + STATE_MARGIN_MIN);
	s = reopen(boot_a);
	assert_false(state_recall(s, "a", &m));
	state_close(s);
}

static void header(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(struct state_header); i += 5) {
		two_records();
		image[i] ^= 1;
		write_image(sizeof(image));
		assert_salvaged("a", 10 + STATE_MARGIN_MIN);
		unlink(file);
	}
}

static void truncated(void **state)
{
	static const size_t sizes[] = { 0, 1, 40, STATE_HEADER_SIZE,
		STATE_HEADER_SIZE + 100 };
	struct tasking_memory m;
	struct state *s;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		two_records();
		write_image(sizes[i]);
		s = reopen(boot_a);
		assert_false(state_recall(s, "a", &m));
		remember(s, "a", 1);
		state_close(s);
		assert_int_equal(unlink(bad), 0);
		unlink(file);
	}
	two_records();
	write_image(sizeof(image) - 1);
	assert_salvaged("b", 20 + STATE_MARGIN_MIN);
}

static void removed(void **state)
{
	struct tasking_memory m;
	struct state *s;

	two_records();
	assert_int_equal(unlink(file), 0);
	s = reopen(boot_a);
	assert_false(state_recall(s, "a", &m));
	remember(s, "a", 5);
	assert_int_equal(unlink(file), 0);
	remember(s, "a", 6);
	state_tick(s);
	assert_memory(s, "a", 6);
	state_close(s);
}

static void bad_directories(void **state)
{
	char why[256];

	assert_null(state_open_boot("/nonexistent/a", boot_a));
	assert_false(state_try("/nonexistent/a", why, sizeof(why)));
	assert_non_null(strstr(why, "No such file or directory, expected"));
	assert_true(state_try(dir, why, sizeof(why)));
	assert_int_not_equal(access(dir, F_OK), 0);
	assert_int_equal(mkdir(dir, 0700), 0);
	assert_true(state_try(dir, why, sizeof(why)));
	assert_int_equal(chmod(dir, 0720), 0);
	assert_null(state_open_boot(dir, boot_a));
	assert_false(state_try(dir, why, sizeof(why)));
	assert_non_null(strstr(why, "others may write it"));
	assert_int_equal(chmod(dir, 0700), 0);
	assert_int_equal(symlink("/dev/null", file), 0);
	assert_null(state_open_boot(dir, boot_a));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_null(state_open_boot(dir, boot_a));
	assert_false(state_try("/dev/null", why, sizeof(why)));
	assert_int_equal(rmdir(file), 0);
}

/* Nobody's directory that nobody may write, for tests that run as root. */
static void read_only(void **state)
{
	char why[256];
	int status;
	pid_t pid;

	assert_int_equal(mkdir(dir, 0500), 0);
	assert_int_equal(chmod(top, 0755), 0);
	if (!geteuid())
		assert_int_equal(chown(dir, 65534, 65534), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		if (!geteuid() && (setgid(65534) || setuid(65534)))
			_exit(2);
		_exit(state_open_boot(dir, boot_a) ||
		      state_try(dir, why, sizeof(why)));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void disk_full(void **state)
{
	struct rlimit small = { 65536, RLIM_INFINITY }, old;
	char name[80];

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_null(state_open_boot(dir, boot_a));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_not_equal(access(file, F_OK), 0);
	snprintf(name, sizeof(name), "%s/state.new", dir);
	assert_int_not_equal(access(name, F_OK), 0);
}

static uint64_t counted(struct state *s)
{
	struct tasking_memory m;

	assert_true(state_recall(s, "a", &m));
	return m.window.max;
}

/* Somebody cuts the file off while it is used; a store would be SIGBUS. */
static void cut_off(void **state)
{
	struct state *s = reopen(boot_a);

	remember(s, "a", 1);
	assert_int_equal(truncate(file, 0), 0);
	remember(s, "a", 2);
	remember(s, "b", 20);
	assert_memory(s, "a", 2);
	/* One finds it, the next one writes all again, if the thread is done. */
	state_tick(s);
	state_flush_wait(&s->flush);
	state_tick(s);
	state_close(s);
	s = reopen(boot_b);
	assert_memory(s, "a", 2);
	assert_memory(s, "b", 20);
	state_close(s);
	assert_int_not_equal(access(bad, F_OK), 0);
}

static void limit_size(rlim_t size)
{
	struct rlimit limit = { size, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* No slot can be written: it goes on, and is no clean end if it stays so. */
static void cannot_write(void **state)
{
	struct state *s = reopen(boot_a);

	signal(SIGXFSZ, SIG_IGN);
	remember(s, "a", 1);
	limit_size(STATE_HEADER_SIZE);
	remember(s, "a", 2);
	assert_true(s->failed);
	assert_memory(s, "a", 2);
	state_tick(s);
	state_flush_wait(&s->flush);
	state_tick(s);
	/* A flush of nothing makes no ceiling good. */
	assert_int_equal(s->record[0].durable, 1 + STATE_MARGIN_MIN);
	state_flush_wait(&s->flush);
	limit_size(RLIM_INFINITY);
	state_tick(s);
	assert_false(s->failed);
	limit_size(STATE_HEADER_SIZE);
	remember(s, "a", 3);
	state_close(s);
	limit_size(RLIM_INFINITY);
	s = reopen(boot_b);
	assert_in_range(counted(s), 2 + STATE_MARGIN_MIN, UINT64_MAX);
	state_close(s);
}

static void fill_table(struct state *s, int from, int to)
{
	struct tasking_memory m = { .criteria = 1 };
	char name[16];

	for (; from < to; from++) {
		snprintf(name, sizeof(name), "s%d", from);
		state_remember(s, name, &m);
	}
}

/* Those go that were used longest ago, but not those that were asked for. */
static void full_table(void **state)
{
	struct state *s = reopen(boot_a);
	struct tasking_memory m;

	fill_table(s, 0, 2);
	state_close(s);
	s = reopen(boot_a);
	fill_table(s, 2, 3);
	state_close(s);
	s = reopen(boot_a);
	assert_true(state_recall(s, "s0", &m));
	fill_table(s, 3, STATE_RECORDS);
	assert_true(state_recall(s, "s0", &m));
	fill_table(s, STATE_RECORDS, STATE_RECORDS + 2);
	assert_false(state_recall(s, "s1", &m));
	assert_false(state_recall(s, "s2", &m));
	state_close(s);
	s = reopen(boot_a);
	assert_true(state_recall(s, "s0", &m));
	assert_false(state_recall(s, "s1", &m));
	assert_false(state_recall(s, "s2", &m));
	assert_true(state_recall(s, "s3", &m));
	assert_true(state_recall(s, "s2048", &m));
	assert_true(state_recall(s, "s2049", &m));
	state_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(kept, remove_all),
		cmocka_unit_test_teardown(not_started, remove_all),
		cmocka_unit_test_teardown(one_at_a_time, remove_all),
		cmocka_unit_test_teardown(killed, remove_all),
		cmocka_unit_test_teardown(torn, remove_all),
		cmocka_unit_test_teardown(flipped, remove_all),
		cmocka_unit_test_teardown(both_flipped, remove_all),
		cmocka_unit_test_teardown(header, remove_all),
		cmocka_unit_test_teardown(truncated, remove_all),
		cmocka_unit_test_teardown(removed, remove_all),
		cmocka_unit_test_teardown(bad_directories, remove_all),
		cmocka_unit_test_teardown(read_only, remove_all),
		cmocka_unit_test_teardown(disk_full, remove_all),
		cmocka_unit_test_teardown(cut_off, remove_all),
		cmocka_unit_test_teardown(cannot_write, remove_all),
		cmocka_unit_test_teardown(full_table, remove_all),
	};

	return cmocka_run_group_tests(tests, make_top, remove_top);
}
