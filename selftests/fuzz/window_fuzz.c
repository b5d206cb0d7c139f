// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>

#include "../unit/window_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t read_be(const uint8_t *data, size_t len)
{
	uint64_t value = 0;

	while (len--)
		value = value << 8 | *data++;
	return value;
}

/* The first eight bytes are the first number; each two more are a step. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct model m;
	struct dtcp_window w;
	uint64_t seq;

	if (size < 8)
		return 0;
	m.n = 0;
	dtcp_window_reset(&w);
	seq = read_be(data, 8);
	for (data += 8, size -= 8; ; data += 2, size -= 2) {
		if (m.n == MODEL_MAX)
			return 0;
		if (dtcp_window_take(&w, seq) != model_take(&m, seq) ||
		    w.max != m.max)
			abort();
		if (size < 2)
			return 0;
		/* -512..511, of every number the far ones are alike. */
		seq = m.max + (read_be(data, 2) & 1023) - 512;
	}
}
