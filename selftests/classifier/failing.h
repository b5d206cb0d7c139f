/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * Comes before every file of the test module, so that the classifier's memory
 * runs out when the test wants it to, as shim.h does in user space.
 */

#ifndef FAILING_H
#define FAILING_H

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/slab.h>

/* Allocations fail from this one on, if it is not 0. */
extern unsigned long shim_fail_at;

static inline bool shim_fails(void)
{
	if (!shim_fail_at || --shim_fail_at)
		return false;
	shim_fail_at = 1;
	return true;
}

static inline void *shim_kzalloc(size_t size, gfp_t gfp)
{
	return shim_fails() ? NULL : kzalloc(size, gfp);
}

static inline void *shim_kvzalloc(size_t size, gfp_t gfp)
{
	return shim_fails() ? NULL : kvzalloc(size, gfp);
}

static inline void *shim_kvzalloc_node(size_t size, gfp_t gfp, int node)
{
	return shim_fails() ? NULL : kvzalloc_node(size, gfp, node);
}

#undef kzalloc
#undef kvzalloc
#undef kvzalloc_node
#define kzalloc shim_kzalloc
#define kvzalloc shim_kvzalloc
#define kvzalloc_node shim_kvzalloc_node

#endif /* FAILING_H */
