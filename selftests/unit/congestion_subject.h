/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * For the tests of congestion: a daemon with a limited destination, traffic to
 * it, and what control sources were told.
 */

#ifndef CONGESTION_SUBJECT_H
#define CONGESTION_SUBJECT_H

#include "tasking_fake_outlet.h"

#define LIMITS "soft-limit = 600 soft-limit-clear = 500\n" \
	"hard-limit = 1k hard-limit-target = 800\n"
#define CD(name, address, more) " content-destination " name " { address = \"" \
	address "\" port = 7 " more " }\n"
#define SOURCES " control-source u { dynamic-destinations = yes }\n" \
	" control-source v { minimum-priority = 5 }\n"
#define GROUPS(limits) "capture-group g1 {\n" \
	CD("cd1", "203.0.113.2", limits) CD("cd2", "203.0.113.3", "") \
	SOURCES "}\n"

#define CD1 "Cdest-ID: cd1\r\n"
#define CD2 "Cdest-ID: cd2\r\n"
#define STATIC "Flags: Static\r\n"
#define CD1_DELETED "DTCP/0.7 680 Criterion Congestion Delete\r\n" \
	"Cdest-ID: cd1\r\nCriteria-ID: "

static int64_t seconds;
/* Notifications that were looked at, in the order in which they came. */
static size_t heard;

static int start(const char *groups)
{
	seconds = 0;
	heard = 0;
	memset(&outlet, 0, sizeof(outlet));
	outlet_start(groups);
	return 0;
}

static int setup(void **state)
{
	return start(GROUPS(LIMITS));
}

static int teardown(void **state)
{
	fake_stop();
	return 0;
}

static void tick(void)
{
	seconds++;
	tasking_tick(tasking, seconds * 1000, -1);
}

/* Adds one with that bandwidth; filters have the numbers 1, 2 and so on. */
static void add(const char *user, const char *headers, uint64_t bandwidth)
{
	size_t n = fake.nfilter;

	assert_non_null(strstr(ask(user, "ADD", headers), "200 OK"));
	assert_int_equal(fake.nfilter, n + 1);
	load.filter[fake.filter[n].id].bandwidth = bandwidth;
	fake.now++;
}

/* What destination @id is sent: what its filters have, and what has gone. */
static void flow(uint32_t id, uint64_t gone)
{
	size_t i, j;

	load.dest[id].bandwidth = gone;
	for (i = 0; i < fake.nfilter; i++)
		for (j = 0; j < fake.filter[i].ndest; j++)
			if (fake.filter[i].dest[j] == id)
				load.dest[id].bandwidth +=
					load.filter[fake.filter[i].id].bandwidth;
}

/* The filters that are left, as digits. */
static void left(const char *want)
{
	char have[64] = "";
	uint32_t id;

	for (id = 1; id < 30; id++)
		if (fake_filter(id))
			sprintf(have + strlen(have), "%u ", id);
	assert_string_equal(have, want);
}

static void told(const char *source, const char *mixed)
{
	assert_true(heard < outlet.nnotice);
	assert_string_equal(outlet.notice[heard].source, source);
	assert_non_null(strstr(outlet.notice[heard].mixed, mixed));
	heard++;
}

static void no_more(void)
{
	assert_int_equal(heard, outlet.nnotice);
	heard = outlet.nnotice = 0;
}

#endif
