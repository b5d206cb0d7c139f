// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfc-audit/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void report(void *arg, const char *file, uint64_t line,
		   const char *what)
{
	check(what[0] && !strchr(what, '\n'));
	++*(uint64_t *)arg;
}

static void verify(const uint8_t *data, size_t size, size_t key_len)
{
	uint64_t reports = 0;
	struct verify v = { .report = report, .arg = &reports };
	FILE *in = fmemopen((void *)data, size, "r");

	if (!in)
		return;
	v.key.len = key_len;
	check(!verify_file(&v, "f", in));
	fclose(in);
	verify_end(&v, "f");
	check(reports == v.faults);
	/* A head is known if there was a line, and then it is whole. */
	check(!v.lines == !v.head.seq || v.faults);
	check(!v.head.seq || strlen(v.head.hash) == CHAIN_HASH_LEN);
}

/*
 * What the fuzzer makes up as text of a record comes back good, and with one
 * bit of it changed, not.
 */
static void round_trip(const uint8_t *data, size_t size)
{
	struct chain_head next, again;
	struct chain_key key = { .len = 0 };
	json_t *record, *text;
	char *line;

	text = json_stringn((const char *)data, size);
	if (!text || memchr(data, 0, size)) {
		json_decref(text);
		return;
	}
	record = json_pack("{ss ss ss so}", "event", CHAIN_OPENED,
			   CHAIN_PREVIOUS, chain_start.hash, CHAIN_KIND,
			   "sha256", "text", text);
	line = chain_line(&chain_start, &key, json_string("t"), record, &next);
	json_decref(record);
	check(line);
	check(chain_check(&chain_start, &key, line, strlen(line) - 1, &again,
			  NULL) == CHAIN_GOOD);
	check(again.seq == 1 && !strcmp(again.hash, next.hash));
	line[size ? (data[0] * size) % (strlen(line) - 1) : 0] ^= 1;
	check(chain_check(&chain_start, &key, line, strlen(line) - 1, &again,
			  NULL) != CHAIN_GOOD);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct chain_head head;
	char text[128];

	snprintf(text, sizeof(text), "%.*s", (int)(size < 100 ? size : 100),
		 (const char *)data);
	if (chain_head_parse(text, &head))
		check(strlen(head.hash) == CHAIN_HASH_LEN);
	verify(data, size, 0);
	verify(data, size, 16);
	round_trip(data, size);
	return 0;
}
