/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_ROOM_H
#define _DFC_ROOM_H

#include <linux/percpu.h>
#include <linux/types.h>

/*
 * Memory that each CPU has for itself, too large for the memory of per-CPU
 * variables: those are pointers to it.
 */

/**
 * dfc_room_prepare() - see to it that CPUs have room
 * @rooms: pointers to it; those that are NULL get zeroed memory
 * @size: bytes for each CPU
 *
 * A CPU that there is no memory for gets none; the next call tries again.
 * Readers find the pointer of their own CPU by READ_ONCE().
 *
 * Context: may sleep.
 */
void dfc_room_prepare(void *__percpu *rooms, size_t size);

/**
 * dfc_room_fini() - free all of it
 * @rooms: pointers to it; NULL afterwards
 *
 * Context: may sleep; nobody uses it any more.
 */
void dfc_room_fini(void *__percpu *rooms);

#endif /* _DFC_ROOM_H */
