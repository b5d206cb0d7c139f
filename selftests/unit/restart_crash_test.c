// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Tasking and journal are killed a thousand times, at any moment of additions,
// deletions, expiries and starts, while a kernel in shared memory goes on. What
// was acknowledged is there, what was deleted does not come back, and there is
// no filter that no criterion has.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcp-proto/hmac.h"
#include "dtcpd/restart.h"

#define KILLS 1000
#define SLOTS 512
#define IDS (1 << 20)

/* What is known of a Criteria-ID that was answered. */
enum { UNKNOWN, ADDED, UNSURE, DELETED };

/* Each id is stored last, and cleared first: a kill leaves nothing half. */
struct slot {
	_Atomic uint32_t id;
	uint32_t group;
};

static struct shared {
	struct slot filter[SLOTS], group[SLOTS], dest[SLOTS];
	_Atomic uint32_t last_id;
	_Atomic int answered;
	char why[256];
	_Atomic uint8_t known[IDS];
} *shared;

static char dir[] = "/tmp/restart-crash-XXXXXX";
static struct config *config;
static struct tasking *tasking;
static struct journal *journal;

static struct slot *find(struct slot *s, uint32_t id)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (s[i].id == id)
			return &s[i];
	return NULL;
}

static int slot_add(struct slot *s, uint32_t id, uint32_t group)
{
	struct slot *free = find(s, 0);

	if (find(s, id))
		return -EEXIST;
	if (!free)
		return -ENOMEM;
	free->group = group;
	free->id = id;
	return 0;
}

static int slot_del(struct slot *s, uint32_t id)
{
	struct slot *old = find(s, id);

	if (!old)
		return -ENOENT;
	old->id = 0;
	return 0;
}

static int op_filter_add(void *ctx, const struct tasking_filter *f)
{
	return slot_add(shared->filter, f->id, f->group);
}

static int op_filter_del(void *ctx, const uint32_t *id, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!find(shared->filter, id[i]))
			return -ENOENT;
	for (i = 0; i < n; i++)
		slot_del(shared->filter, id[i]);
	return 0;
}

static int op_filter_get(void *ctx, const uint32_t *id, size_t n,
			 struct tasking_counters *c, bool *found)
{
	size_t i;

	memset(c, 0, n * sizeof(*c));
	for (i = 0; i < n; i++)
		found[i] = find(shared->filter, id[i]);
	return 0;
}

static int op_filter_each(void *ctx, tasking_filter_fn *fn, void *arg)
{
	struct tasking_counters c = { 0 };
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		c.group = shared->filter[i].group;
		if (shared->filter[i].id)
			fn(arg, shared->filter[i].id, &c);
	}
	return 0;
}

static int op_group_add(void *ctx, uint32_t id, const struct config_group *g)
{
	return slot_add(shared->group, id, 0);
}

static int op_group_set(void *ctx, uint32_t id, const struct config_group *g)
{
	return 0;
}

static int op_group_del(void *ctx, uint32_t id)
{
	return slot_del(shared->group, id);
}

static int op_group_each(void *ctx, tasking_group_fn *fn, void *arg)
{
	size_t i;

	for (i = 0; i < SLOTS; i++)
		if (shared->group[i].id)
			fn(arg, shared->group[i].id, restart_tag(dir));
	return 0;
}

static int op_dest_add(void *ctx, uint32_t id, const struct config_dest *d)
{
	return slot_add(shared->dest, id, 0);
}

static int op_dest_del(void *ctx, uint32_t id)
{
	return slot_del(shared->dest, id);
}

static int op_dest_each(void *ctx, tasking_dest_fn *fn, void *arg)
{
	struct tasking_dest d = { .tag = restart_tag(dir) };
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		d.id = shared->dest[i].id;
		if (d.id)
			fn(arg, &d);
	}
	return 0;
}

static int op_instance_get(void *ctx, uint64_t *instance)
{
	*instance = 5;
	return 0;
}

static const char *op_error(void *ctx)
{
	return "refused";
}

static int64_t op_now(void *ctx)
{
	return 1297612802802;
}

static const struct tasking_ops ops = {
	.filter_add = op_filter_add,
	.filter_del = op_filter_del,
	.filter_get = op_filter_get,
	.filter_each = op_filter_each,
	.group_add = op_group_add,
	.group_set = op_group_set,
	.group_del = op_group_del,
	.group_each = op_group_each,
	.dest_add = op_dest_add,
	.dest_del = op_dest_del,
	.dest_each = op_dest_each,
	.instance_get = op_instance_get,
	.error = op_error,
	.now = op_now,
};

/* The state file, which has its own tests. */
static void on_remember(void *arg, const char *source,
			const struct tasking_memory *m)
{
	shared->last_id = m->last_id;
}

static bool on_recall(void *arg, const char *source, struct tasking_memory *m)
{
	*m = (struct tasking_memory){ .last_id = shared->last_id };
	return true;
}

static void on_notify(void *arg, const struct config_source *source,
		      const struct dtcp_writer *mixed,
		      const struct dtcp_writer *upper)
{
}

static const struct tasking_outlet outlet = {
	.notify = on_notify,
	.remember = on_remember,
	.recall = on_recall,
};

/* Ends the child; the parent says why. */
__attribute__((noreturn, format(printf, 1, 2)))
static void wrong(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(shared->why, sizeof(shared->why), fmt, ap);
	va_end(ap);
	_exit(1);
}

/* Returns the number that the header @name of the answer has, 0: refused. */
static uint32_t ask(const char *method, const char *headers, const char *name)
{
	const struct tasking_origin o = { .user = "a", .peer = "203.0.113.2" };
	uint8_t digest[DTCP_DIGEST_LEN];
	uint32_t value = 0;
	struct dtcp_writer w;
	const char *found;
	char msg[1024];
	size_t i, len;

	len = snprintf(msg, sizeof(msg),
		       "%s DTCP/0.7\r\nCsource-ID: a\r\n%sSeq: 1\r\n", method,
		       headers);
	dtcp_hmac("Juniper", 7, msg, len, digest);
	len += sprintf(msg + len, "Authentication-Info: ");
	for (i = 0; i < sizeof(digest); i++)
		len += sprintf(msg + len, "%02x", digest[i]);
	len += sprintf(msg + len, "\r\n\r\n");
	dtcp_writer_init(&w, true);
	tasking_request(tasking, &o, msg, len, &w);
	if (w.len && !strncmp(w.buf, "DTCP/0.7 200", 12)) {
		found = memmem(w.buf, w.len, name, strlen(name));
		value = found ? strtoul(found + strlen(name), NULL, 10) : 0;
	}
	dtcp_writer_fini(&w);
	return value;
}

static uint32_t add(void)
{
	char headers[128];
	bool dynamic = rand() % 3 == 0;

	snprintf(headers, sizeof(headers),
		 "Cdest-ID: cd1\r\nTimeout-Idle: 60\r\n%s%d%s",
		 dynamic ? "X-JTap-Cdest-TTL: " : "Dest-Port: ",
		 1 + rand() % 9, "\r\n");
	return ask("ADD", headers, "CRITERIA-ID: ");
}

static uint32_t delete(uint32_t id)
{
	char headers[64];

	snprintf(headers, sizeof(headers), "Criteria-ID: %u\r\n", id);
	return ask("DELETE", headers, "CRITERIA-COUNT: ");
}

/* The kernel says that a filter has met its limit. */
static void expire(uint32_t filter, uint32_t id)
{
	struct tasking_counters c = { 0 };

	shared->known[id] = UNSURE;
	slot_del(shared->filter, filter);
	tasking_filter_gone(tasking, filter, DFC_REASON_TIMEOUT_IDLE, &c);
}

static json_t *criteria(void)
{
	json_t *o = tasking_show(tasking, "criteria");
	json_t *list = json_incref(json_object_get(o, "criteria"));

	json_decref(o);
	return list;
}

static uint32_t number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

static size_t count(struct slot *s)
{
	size_t i, n = 0;

	for (i = 0; i < SLOTS; i++)
		n += s[i].id != 0;
	return n;
}

static void check(void)
{
	json_t *list = criteria(), *row;
	static bool there[IDS];
	uint32_t id;
	size_t i;

	json_array_foreach(list, i, row) {
		id = number(row, "criteria-id");
		there[id] = true;
		if (!find(shared->filter, number(row, "filter")))
			wrong("criteria %u has no filter", id);
		if (shared->known[id] == DELETED)
			wrong("criteria %u has come back", id);
		/* It is on the disk now, whether that was answered or not. */
		shared->known[id] = ADDED;
	}
	if (json_array_size(list) != count(shared->filter))
		wrong("%zu criteria, %zu filters", json_array_size(list),
		      count(shared->filter));
	if (count(shared->group) != 1)
		wrong("%zu groups", count(shared->group));
	for (id = 1; id <= shared->last_id; id++) {
		if (shared->known[id] == ADDED && !there[id])
			wrong("criteria %u is lost", id);
		if (!there[id])
			shared->known[id] = DELETED;
	}
	json_decref(list);
}

/* Some requests, then their answers when the journal has them. */
static void work(void)
{
	uint32_t changed[8], known[8], id;
	json_t *list = criteria();
	size_t n = 0, i, want = 1 + rand() % 8;
	json_t *row;

	for (i = 0; i < want; i++) {
		row = json_array_get(list, i);
		id = row ? number(row, "criteria-id") : 0;
		known[n] = ADDED;
		if (json_array_size(list) < 20 || !id || rand() % 2) {
			changed[n] = add();
		} else if (rand() % 3) {
			shared->known[id] = UNSURE;
			changed[n] = delete(id) ? id : 0;
			known[n] = DELETED;
		} else {
			expire(number(row, "filter"), id);
			continue;
		}
		n += changed[n] != 0;
	}
	while (journal_committed(journal) < journal_position(journal))
		usleep(50);
	for (i = 0; i < n; i++)
		shared->known[changed[i]] = known[i];
	shared->answered += n;
	json_decref(list);
}

static void child(unsigned int seed)
{
	enum journal_found found;

	srand(seed);
	if (!freopen("/dev/null", "w", stderr))
		wrong("no /dev/null");
	journal = journal_open(dir, &found);
	if (!journal || found == JOURNAL_DAMAGED)
		wrong("the journal is damaged");
	tasking = tasking_alloc(&ops, NULL);
	tasking_set_outlet(tasking, &outlet, NULL);
	if (restart_tasking(tasking, journal, found, config) ||
	    journal_start(journal))
		wrong("it does not start");
	check();
	for (;;)
		work();
}

static void report(const char *line)
{
	fail_msg("%s", line);
}

static struct config *load(void)
{
	char path[] = "/tmp/restart-conf-XXXXXX";
	FILE *f = fdopen(mkstemp(path), "w");
	struct config *c;

	assert_non_null(f);
	fprintf(f, "flow-tap-dtcp { ssh { host-key = {\"%s\"} } }\n"
		"state-directory = \"%s\"\n"
		"capture-group g { content-destination cd1 { address = "
		"\"203.0.113.2\" port = 7 }\n control-source a { } }\n",
		path, dir);
	fclose(f);
	c = config_load(path, report);
	unlink(path);
	assert_non_null(c);
	return c;
}

/* After some answers, and a moment; now and then before it has even started. */
static void kill_one(unsigned int seed)
{
	int status, enough = shared->answered + rand() % 24;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child(seed);
	while (seed % 4 && shared->answered < enough && !shared->why[0])
		usleep(100);
	usleep(rand() % (seed % 4 ? 2000 : 20000));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (shared->why[0])
		fail_msg("kill %u: %s", seed, shared->why);
}

static void test_kills(void **state)
{
	unsigned int i;

	assert_non_null(mkdtemp(dir));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	config = load();
	srand(1);
	for (i = 0; i < KILLS; i++)
		kill_one(i);
	print_message("%d changes were acknowledged\n", shared->answered);
	assert_true(shared->answered > KILLS);
	config_free(config);
}

static int teardown(void **state)
{
	static const char *const names[] = {
		"journal", "journal-wal", "journal-shm",
	};
	char path[64];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_kills, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
