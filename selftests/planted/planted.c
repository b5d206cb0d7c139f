// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

/*
 * Mistakes made on purpose, to see that the debug kernel reports them: a tool
 * that finds nothing may just be switched off.
 */

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *what = "";
module_param(what, charp, 0);
MODULE_PARM_DESC(what, "use-after-free, leak, sleep or inversion");

static DEFINE_SPINLOCK(spin);
static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

/* Stored volatile, or the compiler would see through it. */
static volatile u8 sink;

static void use_after_free(void)
{
	volatile u8 *memory = kmalloc(64, GFP_KERNEL);

	if (!memory)
		return;
	kfree((void *)memory);
	sink = memory[8];
}

static void leak(void)
{
	void *volatile memory = kmalloc(64, GFP_KERNEL);

	if (memory)
		memory = NULL;
}

static void sleep_in_atomic(void)
{
	spin_lock(&spin);
	msleep(1);
	spin_unlock(&spin);
}

static void invert_locks(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static int __init planted_init(void)
{
	if (!strcmp(what, "use-after-free"))
		use_after_free();
	else if (!strcmp(what, "leak"))
		leak();
	else if (!strcmp(what, "sleep"))
		sleep_in_atomic();
	else if (!strcmp(what, "inversion"))
		invert_locks();
	else
		return -EINVAL;
	return 0;
}

static void __exit planted_exit(void)
{
}

module_init(planted_init);
module_exit(planted_exit);

MODULE_DESCRIPTION("Mistakes for the debug kernel to find");
MODULE_LICENSE("GPL");
