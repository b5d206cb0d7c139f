// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// A journal that was flipped, torn or removed: nothing wrong is ever read, and
// what is missing is told.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "journal_file.h"

#define ROWS	400
#define PAGE	4096

struct image {
	uint8_t *data;
	size_t len;
};

static struct image whole, wal;

static struct image load(const char *name)
{
	struct image i = { NULL, 0 };
	struct stat st;
	int fd = open(file_in(name), O_RDONLY);

	assert_true(fd >= 0 && !fstat(fd, &st));
	i.len = (size_t)st.st_size;
	i.data = malloc(i.len + 1);
	assert_int_equal(pread(fd, i.data, i.len, 0), i.len);
	close(fd);
	return i;
}

static void store(const char *name, const struct image *i, size_t len)
{
	int fd = open(file_in(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, i->data, len), len);
	close(fd);
}

static void put_rows(struct journal *j, uint32_t first, uint32_t end)
{
	uint32_t key;

	for (key = first; key < end; key++)
		assert_true(put(j, key, 1) > 0);
	assert_int_equal(journal_wait(j), 0);
}

/* A database with some free pages, and no WAL. */
static void make_whole(void)
{
	struct journal *j = open_as(JOURNAL_NEW);
	uint32_t key;

	put_rows(j, 1, ROWS + 101);
	for (key = ROWS + 1; key <= ROWS + 100; key++)
		journal_del(j, JOURNAL_CRITERION, key);
	journal_close(j);
	whole = load("journal");
	remove_files(NULL);
}

/* A database as it was made, and all rows in the WAL, in ten transactions. */
static void make_wal(void)
{
	struct journal *j = open_as(JOURNAL_NEW);
	uint32_t i;

	for (i = 0; i < 10; i++)
		put_rows(j, 1 + i * ROWS / 10, 1 + (i + 1) * ROWS / 10);
	wal = load("journal-wal");
	journal_close(j);
	remove_files(NULL);
}

static int make_images(void **state)
{
	if (make_dir(state))
		return -1;
	make_whole();
	make_wal();
	return 0;
}

static int free_images(void **state)
{
	free(whole.data);
	free(wal.data);
	return remove_dir(state);
}

/* Rows that were read. */
struct rows {
	bool there[ROWS + 101];
	size_t n;
};

static bool take_row(void *arg, const struct journal_row *row)
{
	struct rows *r = arg;
	uint32_t version;

	assert_true(is_row(row, &version));
	assert_int_equal(version, 1);
	assert_in_range(row->key, 1, ROWS);
	assert_false(r->there[row->key]);
	r->there[row->key] = true;
	r->n++;
	return true;
}

/*
 * Whatever is there, it can be opened, each row that is read is right, and
 * where one is missing, that was said. Returns how many were read.
 */
static size_t survive(enum journal_found *found)
{
	static struct rows r;
	struct journal *j = journal_open(dir, found);
	long damaged;

	assert_non_null(j);
	memset(&r, 0, sizeof(r));
	damaged = journal_each(j, JOURNAL_CRITERION, take_row, &r);
	assert_true(damaged >= 0);
	assert_false(*found == JOURNAL_GOOD && r.n + (size_t)damaged != ROWS);
	assert_int_equal(*found == JOURNAL_DAMAGED, exists("journal.bad") ||
			 exists("journal.bad-wal"));
	journal_close(j);
	assert_false(exists("journal.new"));
	assert_false(exists("journal.copy"));
	assert_false(exists("journal.next"));
	return r.n;
}

/* It is whole afterwards, has the same rows, and can be written. */
static void assert_healed(size_t n)
{
	enum journal_found found;
	struct journal *j;
	static struct rows r;

	memset(&r, 0, sizeof(r));
	j = journal_open(dir, &found);
	assert_non_null(j);
	assert_int_equal(found, JOURNAL_GOOD);
	assert_int_equal(journal_each(j, JOURNAL_CRITERION, take_row, &r), 0);
	assert_int_equal(r.n, n);
	assert_true(put(j, 1, 1) > 0);
	assert_int_equal(journal_wait(j), 0);
	journal_close(j);
}

static void flip_at(size_t at, uint8_t bits, size_t least)
{
	enum journal_found found;
	size_t n;

	whole.data[at] ^= bits;
	store("journal", &whole, whole.len);
	whole.data[at] ^= bits;
	n = survive(&found);
	if (n < least)
		fail_msg("%zu rows after a flip at %zu", n, at);
	assert_healed(n);
	remove_files(NULL);
}

/* One byte costs a page and what hangs from it, at most. */
static void flipped_header(void **state)
{
	size_t at;

	for (at = 0; at < 200; at++)
		flip_at(at, (uint8_t)(1 << rand() % 8), ROWS);
	for (at = 0; at < 100; at++)
		flip_at(at, 0xff, ROWS);
	for (at = 200; at < PAGE; at += 97)
		flip_at(at, 0xff, ROWS);
}

static void flipped_tree(void **state)
{
	size_t at, page;

	for (page = PAGE; page < whole.len; page += PAGE) {
		for (at = 0; at < 40; at += 1 + (size_t)rand() % 8)
			flip_at(page + at, (uint8_t)(1 + rand() % 255),
				page == PAGE ? 0 : ROWS - 40);
	}
}

static void flipped_anywhere(void **state)
{
	int i;

	for (i = 0; i < 400; i++)
		flip_at(PAGE + (size_t)rand() % (whole.len - PAGE),
			(uint8_t)(1 + rand() % 255), 0);
}

/* A page that the disk gives back as zeros, or as another one's bytes. */
static void lost_pages(void **state)
{
	struct image i = { malloc(whole.len), whole.len };
	enum journal_found found;
	size_t page, n;

	for (page = 0; page < whole.len; page += PAGE) {
		memcpy(i.data, whole.data, whole.len);
		memset(i.data + page, page / PAGE % 2 ? 0xff : 0, PAGE);
		store("journal", &i, i.len);
		n = survive(&found);
		assert_true(page == PAGE || n >= ROWS - 40);
		assert_healed(n);
		remove_files(NULL);
	}
	free(i.data);
}

static void truncated(void **state)
{
	enum journal_found found;
	size_t len, n;

	for (len = 0; len < whole.len; len += 1 + (size_t)rand() % PAGE) {
		store("journal", &whole, len);
		n = survive(&found);
		/* Of the last page, which is free, nothing is missed. */
		assert_true(found == JOURNAL_DAMAGED ||
			    len > whole.len - PAGE);
		assert_healed(n);
		remove_files(NULL);
	}
}

/* As when dtcpd is killed: a new database, whose rows are all in the WAL. */
static void store_wal(size_t len)
{
	journal_close(open_as(JOURNAL_NEW));
	store("journal-wal", &wal, len);
}

/* What was cut off is gone, in whole transactions, and nothing before it. */
static void torn_wal(void **state)
{
	enum journal_found found;
	struct journal *j;
	static struct rows r;
	size_t len, last = 0;

	for (len = 0; len <= wal.len; len += 1 + (size_t)rand() % 2000) {
		store_wal(len);
		j = journal_open(dir, &found);
		assert_non_null(j);
		memset(&r, 0, sizeof(r));
		assert_int_equal(journal_each(j, JOURNAL_CRITERION, take_row,
					      &r), 0);
		journal_close(j);
		assert_int_equal(r.n % (ROWS / 10), 0);
		assert_true(r.n >= last);
		last = r.n;
		remove_files(NULL);
	}
	store_wal(wal.len);
	survive(&found);
	assert_int_equal(found, JOURNAL_GOOD);
	assert_healed(ROWS);
}

/* Behind rows of the WAL that were cut off, the first ones are all there. */
static void flipped_wal(void **state)
{
	enum journal_found found;
	struct journal *j;
	static struct rows r;
	size_t at;
	uint32_t i;

	for (at = 0; at < wal.len; at += 1 + (size_t)rand() % 1500) {
		wal.data[at] ^= 0x10;
		store_wal(wal.len);
		wal.data[at] ^= 0x10;
		j = journal_open(dir, &found);
		assert_non_null(j);
		memset(&r, 0, sizeof(r));
		assert_int_equal(journal_each(j, JOURNAL_CRITERION, take_row,
					      &r), 0);
		journal_close(j);
		for (i = 1; i <= r.n; i++)
			assert_true(r.there[i]);
		remove_files(NULL);
	}
}

/* Without the database, what the WAL has of it is all there is. */
static void removed(void **state)
{
	enum journal_found found;
	size_t n;

	journal_close(open_as(JOURNAL_NEW));
	remove_files(NULL);
	journal_close(open_as(JOURNAL_NEW));
	remove_files(NULL);
	store("journal-wal", &wal, wal.len);
	n = survive(&found);
	assert_int_equal(found, JOURNAL_DAMAGED);
	assert_int_equal(n, ROWS);
	assert_true(exists("journal.bad-wal"));
	assert_healed(n);
}

/* Something else of that name; and one of another version. */
static void foreign(void **state)
{
	struct image i = { (uint8_t *)strdup("not a database at all"), 21 };
	enum journal_found found;

	store("journal", &i, i.len);
	assert_int_equal(survive(&found), 0);
	assert_int_equal(found, JOURNAL_DAMAGED);
	assert_healed(0);
	free(i.data);
}

/* What one damage has left does not get into the next one's. */
static void damaged_twice(void **state)
{
	enum journal_found found;
	struct image i;

	store("journal-wal", &wal, wal.len);
	survive(&found);
	assert_true(exists("journal.bad-wal"));
	store("journal", &whole, PAGE * 3);
	survive(&found);
	assert_int_equal(found, JOURNAL_DAMAGED);
	assert_false(exists("journal.bad-wal"));
	i = load("journal.bad");
	assert_int_equal(i.len, PAGE * 3);
	assert_memory_equal(i.data, whole.data, i.len);
	free(i.data);
}

/* The machine stops between any two steps of putting a new one in place. */
static void interrupted(void **state)
{
	enum journal_found found;
	int step;

	for (step = 0; step < 4; step++) {
		store("journal.next", &whole, whole.len);
		if (step < 1)
			store("journal", &whole, 5000);
		else
			store("journal.bad", &whole, 5000);
		if (step < 2)
			store("journal-wal", &wal, wal.len);
		else
			store("journal.bad-wal", &wal, wal.len);
		if (step == 3)
			unlink(file_in("journal.next"));
		if (step == 3)
			store("journal", &whole, whole.len);
		assert_int_equal(step == 3 ? ROWS : survive(&found), ROWS);
		if (step < 3)
			assert_int_equal(found, JOURNAL_DAMAGED);
		assert_healed(ROWS);
		remove_files(NULL);
	}
	/* One that was never completed is of no worth. */
	store("journal", &whole, whole.len);
	store("journal.new", &whole, 5000);
	assert_healed(ROWS);
	remove_files(NULL);
	store("journal.new", &whole, 5000);
	journal_close(open_as(JOURNAL_NEW));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(flipped_header, remove_files),
		cmocka_unit_test_teardown(flipped_tree, remove_files),
		cmocka_unit_test_teardown(flipped_anywhere, remove_files),
		cmocka_unit_test_teardown(lost_pages, remove_files),
		cmocka_unit_test_teardown(truncated, remove_files),
		cmocka_unit_test_teardown(torn_wal, remove_files),
		cmocka_unit_test_teardown(flipped_wal, remove_files),
		cmocka_unit_test_teardown(removed, remove_files),
		cmocka_unit_test_teardown(foreign, remove_files),
		cmocka_unit_test_teardown(damaged_twice, remove_files),
		cmocka_unit_test_teardown(interrupted, remove_files),
	};

	srand(1);
	return cmocka_run_group_tests(tests, make_images, free_images);
}
