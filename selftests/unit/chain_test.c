// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The chain of the audit log: what is tampered with is found.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dfc-audit/verify.h"

#define LINES 6

static struct chain_key key;
static struct chain_head head;
static char *line[LINES];

static void make(size_t i, json_t *record)
{
	struct chain_head next;

	line[i] = chain_line(&head, &key, json_string("then"), record, &next);
	assert_non_null(line[i]);
	json_decref(record);
	head = next;
}

static int setup(void **state)
{
	size_t i;

	key.len = *state ? (size_t)snprintf((char *)key.bytes,
					    sizeof(key.bytes), "%s",
					    (const char *)*state) : 0;
	head = chain_start;
	make(0, json_pack("{ss ss ss}", "event", CHAIN_OPENED, CHAIN_PREVIOUS,
			  head.hash, CHAIN_KIND,
			  key.len ? "hmac-sha256" : "sha256"));
	for (i = 1; i < LINES; i++)
		make(i, json_pack("{ss sI}", "event", "test", "n",
				  (json_int_t)i));
	return 0;
}

static int teardown(void **state)
{
	size_t i;

	for (i = 0; i < LINES; i++)
		free(line[i]);
	return 0;
}

static char reported[4096];

static void report(void *arg, const char *file, uint64_t number,
		   const char *what)
{
	size_t len = strlen(reported);

	snprintf(reported + len, sizeof(reported) - len, "%s:%u %s\n", file,
		 (unsigned int)number, what);
}

static struct verify v;

static void begin(void)
{
	memset(&v, 0, sizeof(v));
	v.key = key;
	v.report = report;
	reported[0] = '\0';
}

static void feed(const char *name, const char *text, size_t len)
{
	FILE *in = fmemopen((void *)text, len, "r");

	assert_non_null(in);
	assert_int_equal(verify_file(&v, name, in), 0);
	fclose(in);
}

/* Verifies the lines of these numbers, from 0, as a file. */
static void verify_lines(const char *name, const char *order)
{
	char text[8192] = "";

	for (; *order; order++)
		strcat(text, line[*order - '0']);
	feed(name, text, strlen(text));
}

static void expect(const char *order, const char *expected)
{
	begin();
	verify_lines("f", order);
	verify_end(&v, "f");
	assert_string_equal(reported, expected);
}

static void intact(void **state)
{
	expect("012345", "");
	assert_int_equal(v.lines, LINES);
	assert_int_equal(v.first, 1);
	assert_int_equal(v.head.seq, LINES);
	assert_string_equal(v.head.hash, head.hash);
	begin();
	verify_lines("a", "012");
	feed("empty", "\n", 0);
	assert_string_equal(reported, "");
}

static void removed(void **state)
{
	expect("01245", "f:4 number 5 follows on 3: 1 missing\n");
	expect("015", "f:3 number 6 follows on 2: 3 missing\n");
	expect("12345", "f:1 the file does not begin with log-opened: its begin is cut off\n");
	begin();
	v.wanted = head;
	verify_lines("f", "0123");
	verify_end(&v, "f");
	assert_string_equal(reported, "f:0 it ends with number 4, number 6 was written: its end is cut off\n");
	begin();
	verify_end(&v, "f");
	assert_string_equal(reported, "f:0 there is no line in it\n");
}

static void moved(void **state)
{
	expect("0123345", "f:5 number 4 follows on 4: out of order, or there twice\n");
	expect("013245", "f:3 number 4 follows on 2: 1 missing\n"
	       "f:4 number 3 follows on 4: out of order, or there twice\n");
}

/* Each byte of a line that is another one is seen. */
static void changed(void **state)
{
	size_t i, len = strlen(line[3]) - 1;

	for (i = 0; i < len; i++) {
		line[3][i] ^= 1;
		begin();
		verify_lines("f", "012345");
		verify_end(&v, "f");
		if (!v.faults)
			fail_msg("byte %zu", i);
		line[3][i] ^= 1;
	}
	expect("012345", "");
}

/* Who makes a line anew must make all behind it anew. */
static void made_anew(void **state)
{
	struct chain_head from = chain_start, next;
	struct chain_key other = { .len = 0 };
	json_t *record = json_pack("{ss}", "event", "forged");
	char *old = line[2];

	from.seq = 2;
	sscanf(strstr(line[1], "hash\":\"") + 7, "%64s", from.hash);
	from.hash[CHAIN_HASH_LEN] = '\0';
	line[2] = chain_line(&from, &other, json_string("then"), record, &next);
	expect("012345", key.len ?
	       "f:3 number 3 was changed, or what it goes on from\n"
	       "f:4 number 4 was changed, or what it goes on from\n" :
	       "f:4 number 4 was changed, or what it goes on from\n");
	begin();
	v.wanted.seq = 3;
	strcpy(v.wanted.hash, head.hash);
	verify_lines("f", "012");
	assert_non_null(strstr(reported, "f:3 number 3 is not the one that was kept: all up to it may have been made anew\n"));
	json_decref(record);
	free(line[2]);
	line[2] = old;
}

static void torn(void **state)
{
	char text[2048];

	snprintf(text, sizeof(text), "%s%s%.20s", line[0], line[1], line[2]);
	begin();
	feed("f", text, strlen(text));
	assert_string_equal(reported, "f:3 the line is torn, its end is missing\n");
}

static void garbage(void **state)
{
	static const char *const bad[] = {
		"", "{}", "[]", "7",
		"{\"seq\":1,\"time\":\"t\",\"event\":\"e\"}",
		"{\"seq\":0,\"time\":\"t\",\"event\":\"e\",\"hash\":\""
		"0000000000000000000000000000000000000000000000000000000000000000\"}",
		"{\"seq\":1,\"time\":\"t\",\"event\":7,\"hash\":\""
		"0000000000000000000000000000000000000000000000000000000000000000\"}",
		"{\"seq\":1,\"seq\":1,\"time\":\"t\",\"event\":\"e\",\"hash\":\""
		"0000000000000000000000000000000000000000000000000000000000000000\"}",
		"{\"seq\":1,\"time\":\"t\",\"event\":\"e\",\"hash\":\""
		"000000000000000000000000000000000000000000000000000000000000000G\"}",
	};
	struct chain_head none = { 0 }, next;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(chain_check(&none, &key, bad[i],
					     strlen(bad[i]), &next, NULL),
				 CHAIN_NO_LINE);
}

static void files(void **state)
{
	char *old[LINES], all[8192] = "";
	size_t i;

	for (i = 0; i < LINES; i++)
		strcat(all, line[i]);
	memcpy(old, line, sizeof(old));
	make(0, json_pack("{ss ss ss}", "event", CHAIN_OPENED, CHAIN_PREVIOUS,
			  head.hash, CHAIN_KIND,
			  key.len ? "hmac-sha256" : "sha256"));
	make(1, json_pack("{ss}", "event", "test"));
	begin();
	feed("old", all, strlen(all));
	verify_lines("new", "01");
	verify_end(&v, "new");
	assert_string_equal(reported, "");
	/* The new one alone is good, as it tells what it goes on from. */
	expect("01", "");
	assert_int_equal(v.first, LINES + 1);
	begin();
	verify_lines("new", "01");
	feed("old", all, strlen(all));
	assert_int_equal(v.faults, LINES);
	free(line[0]);
	free(line[1]);
	memcpy(line, old, sizeof(old));
}

static void another_key(void **state)
{
	struct chain_key right = key;

	if (key.len)
		key.len = 0;
	else
		key.len = (size_t)snprintf((char *)key.bytes,
					   sizeof(key.bytes), "0123456789abcdef");
	begin();
	verify_lines("f", "012345");
	assert_string_equal(strtok(reported, "\n"), right.len ?
		"f:1 number 1 begins a chain with a key, which is needed" :
		"f:1 number 1 begins a chain without a key");
	key = right;
	if (!key.len)
		return;
	key.bytes[0] ^= 1;
	begin();
	verify_lines("f", "012345");
	assert_int_equal(v.faults, LINES);
	key = right;
}

static void heads(void **state)
{
	struct chain_head h;
	char text[128];

	snprintf(text, sizeof(text), "17:%s", head.hash);
	assert_true(chain_head_parse(text, &h));
	assert_int_equal(h.seq, 17);
	assert_string_equal(h.hash, head.hash);
	text[strlen(text) - 1] = '\0';
	assert_false(chain_head_parse(text, &h));
	assert_false(chain_head_parse("", &h));
	assert_false(chain_head_parse(":", &h));
	assert_false(chain_head_parse("1234567890123456789:", &h));
}

static void key_files(void **state)
{
	char path[] = "/tmp/chain-test-XXXXXX", text[CHAIN_KEY_MAX + 3];
	int fd = mkstemp(path);
	struct chain_key k;

	assert_non_null(chain_key_read("/nonexistent", &k));
	assert_non_null(chain_key_read(path, &k));
	assert_int_equal(write(fd, "0123456789abcdef\n", 17), 17);
	assert_null(chain_key_read(path, &k));
	assert_int_equal(k.len, 16);
	assert_int_equal(fchmod(fd, 0640), 0);
	assert_non_null(chain_key_read(path, &k));
	if (!geteuid()) {
		assert_int_equal(fchown(fd, 0, 65534), 0);
		assert_null(chain_key_read(path, &k));
		assert_int_equal(fchown(fd, 65534, 65534), 0);
		assert_non_null(chain_key_read(path, &k));
		assert_int_equal(fchown(fd, 0, 0), 0);
	}
	assert_int_equal(fchmod(fd, 0600), 0);
	memset(text, 'k', sizeof(text));
	assert_int_equal(pwrite(fd, text, sizeof(text), 0), sizeof(text));
	assert_non_null(chain_key_read(path, &k));
	assert_int_equal(k.len, 0);
	close(fd);
	unlink(path);
}

static void too_long(void **state)
{
	char *text = malloc(CHAIN_LINE_MAX + 1);
	struct chain_head next;
	json_t *record;

	memset(text, 'x', CHAIN_LINE_MAX);
	text[CHAIN_LINE_MAX] = '\0';
	record = json_pack("{ss}", "event", text);
	assert_null(chain_line(&head, &key, json_string("t"), record, &next));
	begin();
	feed("f", text, CHAIN_LINE_MAX + 1);
	assert_int_equal(v.faults, 1);
	json_decref(record);
	free(text);
}

#define WITH(f, k) \
	cmocka_unit_test_prestate_setup_teardown(f, setup, teardown, k)
#define BOTH(f) WITH(f, NULL), WITH(f, "a key of some length")

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(intact), BOTH(removed), BOTH(moved), BOTH(changed),
		BOTH(made_anew), BOTH(torn), BOTH(garbage), BOTH(files),
		BOTH(another_key), BOTH(heads), BOTH(too_long),
		cmocka_unit_test(key_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
