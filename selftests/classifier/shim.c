// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <malloc.h>

#include "random.h"
#include "shim.h"

unsigned long shim_fail_at;
size_t shim_bytes;

#define HUGE (2UL << 20)

/* The kernel maps large areas by large pages too. */
void *shim_alloc(size_t size)
{
	bool large = size >= HUGE;
	void *p;

	if (shim_fail_at && !--shim_fail_at) {
		shim_fail_at = 1;
		return NULL;
	}
	p = aligned_alloc(large ? HUGE : 64, (size + 63) / 64 * 64);
	assert(p);
	if (large)
		madvise(p, size, MADV_HUGEPAGE);
	shim_bytes += malloc_usable_size(p);
	return memset(p, 0, size);
}

void shim_free(const void *p)
{
	shim_bytes -= malloc_usable_size((void *)p);
	free((void *)p);
}

void shim_random(void *p, size_t size)
{
	u8 *bytes = p;

	while (size--)
		*bytes++ = random_u64();
}
