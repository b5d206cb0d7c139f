// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/topology.h>

#include "room.h"

void dfc_room_prepare(void *__percpu *rooms, size_t size)
{
	static DEFINE_MUTEX(lock);
	void *room;
	int cpu;

	mutex_lock(&lock);
	for_each_online_cpu(cpu) {
		if (*per_cpu_ptr(rooms, cpu))
			continue;
		room = kvzalloc_node(size, GFP_KERNEL, cpu_to_node(cpu));
		smp_store_release(per_cpu_ptr(rooms, cpu), room);
	}
	mutex_unlock(&lock);
}

void dfc_room_fini(void *__percpu *rooms)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		kvfree(*per_cpu_ptr(rooms, cpu));
		*per_cpu_ptr(rooms, cpu) = NULL;
	}
}
