// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Packet rates and memory that the operator wants to be warned of.

#include "dtcpd/memory.h"
#include "tasking_fake_outlet.h"

#define RATE "input-packet-rate-threshold = 1k\n"
#define MEMORY "pic-memory-threshold = 80\n"
#define GROUPS(more) "capture-group g1 {\n" more " control-source u { }\n}\n" \
	"capture-group g2 { mode = passive interfaces = {eth1} " RATE "}\n" \
	"capture-group g3 { control-source v { } }\n"

static int64_t seconds;

static int setup(void **state)
{
	seconds = 0;
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(GROUPS(RATE MEMORY));
	return 0;
}

static void seen(uint64_t *counter, uint64_t packets, int n)
{
	while (n--) {
		*counter += packets;
		seconds++;
		tasking_tick(tasking, seconds * 1000, -1);
	}
}

static void events(const char *want)
{
	assert_string_equal(outlet.events, want);
	outlet.events[0] = 0;
}

#define RATE_EVENT(name, group, rate) \
	"{\"event\":\"" name "\",\"capture-group\":\"" group "\"," \
	"\"packet-rate\":" rate ",\"input-packet-rate-threshold\":1000}\n"

/* Once above, once when it is nine tenths or less, of the last ten seconds. */
static void packet_rate(void **state)
{
	seen(&load.seen, 1000, 20);
	events("");
	seen(&load.seen, 1010, 1);
	events(RATE_EVENT("packet-rate", "g1", "1001"));
	assert_true(was_logged("capture-group g1: 1001 packets/s come in, above input-packet-rate-threshold 1000"));
	seen(&load.seen, 5000, 3);
	seen(&load.seen, 901, 10);
	events("");
	seen(&load.seen, 891, 1);
	events(RATE_EVENT("packet-rate-clear", "g1", "900"));
	assert_true(was_logged("capture-group g1: 900 packets/s come in, no longer above"));
	seen(&load.seen, 1000, 10);
	events("");
	seen(&load.seen, 2000, 1);
	events(RATE_EVENT("packet-rate", "g1", "1100"));
	assert_int_equal(outlet.nnotice, 0);
}

/* A passive group counts its own packets. */
static void passive(void **state)
{
	uint32_t id = fake.group[1].id;

	assert_true(fake.group[1].passive);
	seen(&load.group_seen[id], 3000, 3);
	events(RATE_EVENT("packet-rate", "g2", "3000"));
	seen(&load.group_seen[id], 0, 10);
	events(RATE_EVENT("packet-rate-clear", "g2", "857"));
}

/* A tick that comes late has more packets, not a higher rate. */
static void late(void **state)
{
	seen(&load.seen, 900, 2);
	seconds += 9;
	seen(&load.seen, 9000, 1);
	events("");
}

static void kernel_refuses(void **state)
{
	seen(&load.seen, 900, 2);
	load.fail = -EIO;
	seen(&load.seen, 900, 1);
	events("");
	assert_true(was_logged("capture-group g1: packets seen: "));
}

static void used(int percent)
{
	seconds++;
	tasking_tick(tasking, seconds * 1000, percent);
}

#define MEMORY_EVENT(name, used) \
	"{\"event\":\"" name "\",\"capture-group\":\"g1\"," \
	"\"memory-used\":" used ",\"pic-memory-threshold\":80}\n"

static void memory(void **state)
{
	used(80);
	events("");
	used(81);
	events(MEMORY_EVENT("memory", "81"));
	assert_true(was_logged("capture-group g1: 81 % of the memory are in use, above pic-memory-threshold 80"));
	used(100);
	used(73);
	used(-1);
	events("");
	used(72);
	events(MEMORY_EVENT("memory-clear", "72"));
	used(-1);
	used(80);
	events("");
}

/* Without a threshold nothing is said, and what was said is forgotten. */
static void reload(void **state)
{
	seen(&load.seen, 2000, 3);
	used(90);
	outlet.events[0] = 0;
	assert_int_equal(reconfigure(GROUPS("")), 0);
	seen(&load.seen, 2000, 3);
	used(90);
	assert_int_equal(reconfigure(GROUPS(RATE MEMORY)), 0);
	events("");
	seen(&load.seen, 2000, 2);
	used(90);
	events(RATE_EVENT("packet-rate", "g1", "2000")
	       MEMORY_EVENT("memory", "90"));
}

static void meminfo(void **state)
{
	static const struct {
		const char *text;
		int used;
	} files[] = {
		{ "MemTotal:   1000 kB\nMemFree: 1 kB\nMemAvailable:    250 kB\n"
		  "Buffers: 3 kB\n", 75 },
		{ "MemTotal:   1000 kB\nMemFree: 1 kB\n", 100 },
		{ "MemFree: 1 kB\n", -1 },
		{ "MemTotal: 10 kB\nMemAvailable: 11 kB\n", -1 },
	};
	char path[] = "/tmp/meminfo-test-XXXXXX";
	int fd = mkstemp(path);
	size_t i;

	for (i = 0; i < 4; i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, files[i].text,
					strlen(files[i].text), 0),
				 strlen(files[i].text));
		assert_int_equal(memory_used(path), files[i].used);
	}
	close(fd);
	unlink(path);
	assert_int_equal(memory_used(path), -1);
	assert_in_range(memory_used("/proc/meminfo"), 0, 100);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, fake_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(packet_rate),
		TEST(passive),
		TEST(late),
		TEST(kernel_refuses),
		TEST(memory),
		TEST(reload),
		cmocka_unit_test(meminfo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
