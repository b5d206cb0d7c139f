// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The audit log as a file: restarts, rotation, and what goes wrong.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dfc-audit/verify.h"
#include "dtcpd/audit-crowd.h"
#include "dtcpd/audit.h"
#include "log_fake.h"

static char dir[32], path[64], old[64], head_path[64], key_path[64];
static char reported[4096];
static struct config config;
static struct audit *a;
static struct chain_key key;

static void report(void *arg, const char *file, uint64_t number,
		   const char *what)
{
	size_t len = strlen(reported);

	snprintf(reported + len, sizeof(reported) - len, "%u %s\n",
		 (unsigned int)number, what);
}

static bool write_event(const char *name)
{
	return audit_write(a, json_pack("{ss}", "event", name));
}

static void open_log(void)
{
	logged[0] = '\0';
	a = audit_open(&config);
	assert_non_null(a);
}

static int setup(void **state)
{
	strcpy(dir, "/tmp/audit-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/audit", dir);
	snprintf(old, sizeof(old), "%s/old", dir);
	snprintf(head_path, sizeof(head_path), "%s/audit-head", dir);
	snprintf(key_path, sizeof(key_path), "%s/key", dir);
	memset(&config, 0, sizeof(config));
	memset(&key, 0, sizeof(key));
	config.state_directory = dir;
	open_log();
	return 0;
}

static int teardown(void **state)
{
	audit_close(a);
	unlink(path);
	unlink(old);
	unlink(head_path);
	unlink(key_path);
	return rmdir(dir);
}

/* Faults of the files together; what is wrong is in @reported. */
static uint64_t faults(const char *first, const char *second)
{
	struct verify v = { .key = key, .report = report };
	const char *names[] = { first, second };
	size_t i;
	FILE *f;

	reported[0] = '\0';
	for (i = 0; i < 2 && names[i]; i++) {
		f = fopen(names[i], "r");
		assert_non_null(f);
		assert_int_equal(verify_file(&v, names[i], f), 0);
		fclose(f);
	}
	verify_end(&v, "end");
	return v.faults;
}

/* The events of a file, a word each. */
static const char *events(const char *file)
{
	static char all[1 << 14];
	char line[8192];
	FILE *f = fopen(file, "r");
	json_t *o;

	assert_non_null(f);
	all[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		o = json_loads(line, 0, NULL);
		assert_non_null(o);
		strcat(strcat(all, json_string_value(json_object_get(o,
			"event"))), " ");
		json_decref(o);
	}
	fclose(f);
	return all;
}

static void append(const char *file, const char *text)
{
	FILE *f = fopen(file, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void begins(void **state)
{
	struct stat st;

	assert_true(audit_ready(a));
	assert_true(write_event("one"));
	assert_string_equal(events(path), "log-opened one ");
	assert_int_equal(faults(path, NULL), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void goes_on(void **state)
{
	json_t *before, *after;

	write_event("one");
	before = audit_show(a);
	audit_close(a);
	open_log();
	after = audit_show(a);
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	write_event("two");
	assert_string_equal(events(path), "log-opened one two ");
	assert_int_equal(faults(path, NULL), 0);
	assert_string_equal(logged, "");
}

/* As after SIGKILL: nothing was told at the end. */
static void torn(void **state)
{
	audit_close(a);
	append(path, "{\"seq\":2,\"ti\033");
	open_log();
	assert_string_equal(events(path), "log-opened log-torn ");
	assert_non_null(strstr(logged, "13 bytes are cut off"));
	assert_int_equal(faults(path, NULL), 0);
}

static void cut_while_down(void **state)
{
	write_event("one");
	audit_close(a);
	assert_int_equal(truncate(path, 0), 0);
	open_log();
	assert_int_equal(faults(path, NULL), 0);
	write_event("two");
	audit_tick(a);
	write_event("three");
	audit_close(a);
	rename(path, old);
	a = audit_open(&config);
	audit_close(a);
	/* An older file is put back. */
	unlink(path);
	rename(old, path);
	open_log();
	assert_non_null(strstr(logged, "ends with line 5, line 6 was written"));
	assert_non_null(strstr(events(path), "three lines-missing "));
	assert_int_equal(faults(path, NULL), 1);
	assert_non_null(strstr(reported, "1 missing"));
	/* That stays so, and does not hinder the next start. */
	audit_close(a);
	open_log();
	assert_int_equal(faults(path, NULL), 1);
}

static void changed_while_down(void **state)
{
	FILE *f;

	write_event("one");
	audit_close(a);
	f = fopen(path, "r+");
	fseek(f, -78, SEEK_END);
	fputc('x', f);
	fclose(f);
	logged[0] = '\0';
	a = audit_open(&config);
	assert_null(a);
	assert_non_null(strstr(logged, "its last line was changed"));
	unlink(path);
	append(path, "something else\n");
	assert_null(audit_open(&config));
	assert_non_null(strstr(logged, "its last line is none of an audit log"));
}

static void damaged_head(void **state)
{
	write_event("one");
	audit_close(a);
	assert_int_equal(truncate(head_path, 5), 0);
	open_log();
	assert_non_null(strstr(logged, "does not say where the audit log ended"));
	write_event("two");
	assert_int_equal(faults(path, NULL), 0);
}

static void rotated_while_down(void **state)
{
	write_event("one");
	audit_close(a);
	rename(path, old);
	open_log();
	assert_string_equal(events(path), "log-opened ");
	assert_int_equal(faults(old, path), 0);
}

static void configure(bool good)
{
	struct audit_change *change = audit_prepare(a, &config);

	assert_int_equal(change != NULL, good);
	if (change)
		audit_commit(change);
}

static void moves(void **state)
{
	configure(true);
	write_event("one");
	config.audit_log = old;
	audit_discard(audit_prepare(a, &config));
	write_event("two");
	configure(true);
	write_event("three");
	assert_string_equal(events(path), "log-opened one two log-closed ");
	assert_string_equal(events(old), "log-opened three ");
	assert_int_equal(faults(path, old), 0);
	config.audit_log = "/nonexistent/audit";
	configure(false);
	config.audit_log = dir;
	configure(false);
	assert_true(write_event("four"));
}

/* Somebody removes it: it does not go on where nobody sees it. */
static void removed(void **state)
{
	write_event("one");
	rename(path, old);
	audit_tick(a);
	write_event("two");
	assert_string_equal(events(path), "log-opened two ");
	assert_int_equal(faults(old, path), 0);
	assert_non_null(strstr(logged, "is not there any more"));
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	audit_tick(a);
	assert_false(audit_ready(a));
	assert_false(write_event("three"));
	rmdir(path);
	audit_tick(a);
	assert_true(audit_ready(a));
	assert_string_equal(events(path), "log-opened records-lost ");
}

static void one_writer(void **state)
{
	assert_null(audit_open(&config));
	assert_non_null(strstr(logged, "somebody else writes it"));
}

static void keyed(void **state)
{
	audit_close(a);
	unlink(path);
	unlink(head_path);
	append(key_path, "a key that nobody knows\n");
	chmod(key_path, 0600);
	config.audit_key_file = key_path;
	open_log();
	write_event("one");
	assert_int_not_equal(faults(path, NULL), 0);
	assert_null(chain_key_read(key_path, &key));
	assert_int_equal(faults(path, NULL), 0);
	/* Another key needs another file. */
	config.audit_key_file = NULL;
	configure(false);
	audit_close(a);
	assert_null(audit_open(&config));
	config.audit_key_file = key_path;
	open_log();
	append(key_path, "another\n");
	rename(path, old);
	configure(true);
	assert_null(chain_key_read(key_path, &key));
	assert_int_equal(faults(path, NULL), 0);
	chmod(key_path, 0644);
	configure(false);
}

static void disk_full(void **state)
{
	struct rlimit limit, small;
	struct stat st;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(stat(path, &st), 0);
	small = limit;
	small.rlim_cur = (rlim_t)st.st_size + 20;
	setrlimit(RLIMIT_FSIZE, &small);
	assert_true(audit_ready(a));
	assert_false(write_event("one"));
	assert_false(write_event("two"));
	assert_false(audit_ready(a));
	setrlimit(RLIMIT_FSIZE, &limit);
	assert_int_equal(faults(path, NULL), 0);
	assert_true(audit_ready(a));
	assert_true(write_event("three"));
	assert_string_equal(events(path), "log-opened records-lost three ");
	assert_int_equal(faults(path, NULL), 0);
	assert_non_null(strstr(logged, "cannot be written"));
	assert_non_null(strstr(logged, "2 records were lost"));
}

static void attempt(unsigned int host, const char *cause)
{
	char peer[32];

	snprintf(peer, sizeof(peer), "192.0.2.%u", host);
	audit_attempt(a, &(struct tasking_attempt){
		.event = "message-dropped", .cause = cause,
		.transport = TASKING_UDP, .peer = peer, .name = "x\033y",
	});
}

static size_t count_lines(void)
{
	FILE *f = fopen(path, "r");
	size_t n = 0;
	int c;

	assert_non_null(f);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

/* However many there are, and from however many: few lines, all counted. */
static void strangers(void **state)
{
	static const char *const causes[] = { "bad-digest", "not-dtcp" };
	size_t i, before = count_lines(), n;
	json_int_t total = 0;
	char line[4096];
	json_t *o;
	FILE *f;

	for (i = 0; i < 100000; i++)
		attempt(i % 200, causes[i % 2]);
	assert_int_equal(count_lines(), before);
	audit_tick(a);
	n = count_lines() - before;
	assert_in_range(n, 1, 64);
	for (i = 0; i < 10; i++)
		audit_tick(a);
	assert_in_range(count_lines() - before, n, n + 10);
	for (i = 0; i < 1000; i++) {
		attempt(i % 200, causes[0]);
		audit_tick(a);
	}
	assert_in_range(count_lines() - before, 1000, 64 + 1011);
	audit_close(a);
	f = fopen(path, "r");
	while (fgets(line, sizeof(line), f)) {
		o = json_loads(line, 0, NULL);
		total += json_integer_value(json_object_get(o, "count"));
		json_decref(o);
	}
	fclose(f);
	assert_int_equal(total, 101000);
	open_log();
	assert_int_equal(faults(path, NULL), 0);
}

/* Names that somebody makes up take no room; those of control sources count. */
static void names(void **state)
{
	struct tasking_attempt one = {
		.event = "login-refused", .cause = "password",
		.peer = "192.0.2.1", .name = "root",
	};
	struct crowd crowd = { 0 };
	json_t *o;

	crowd_add(&crowd, &one);
	one.name = "admin";
	crowd_add(&crowd, &one);
	assert_int_equal(crowd.n, 1);
	one.known = true;
	crowd_add(&crowd, &one);
	one.name = "ftap";
	crowd_add(&crowd, &one);
	crowd_add(&crowd, &one);
	assert_int_equal(crowd.n, 3);
	o = crowd_take(&crowd);
	assert_string_equal(json_string_value(json_object_get(o, "name")),
			    "root");
	assert_int_equal(json_integer_value(json_object_get(o, "count")), 2);
	json_decref(o);
	json_decref(crowd_take(&crowd));
	o = crowd_take(&crowd);
	assert_string_equal(json_string_value(
			json_object_get(o, "control-source")), "ftap");
	assert_int_equal(json_integer_value(json_object_get(o, "count")), 2);
	json_decref(o);
	assert_null(crowd_take(&crowd));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins), TEST(goes_on), TEST(torn), TEST(cut_while_down),
		TEST(changed_while_down), TEST(damaged_head),
		TEST(rotated_while_down), TEST(moves), TEST(removed),
		TEST(one_writer), TEST(keyed), TEST(disk_full),
		TEST(strangers), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
