/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * As much of the kernel as the classifier needs, for one thread of user space:
 * there is one CPU, and every grace period is over at once, since nobody reads
 * while something is changed.
 */

#ifndef SHIM_H
#define SHIM_H

#include <asm/types.h>
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;
typedef u16 __be16;
typedef u32 __be32;
typedef u64 __be64;
typedef unsigned int gfp_t;

#define U8_MAX		UINT8_MAX
#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		UINT64_MAX
#define BITS_PER_LONG	64
#define BIT(n)		(1UL << (n))
#define BIT_ULL(n)	(1ULL << (n))

#define __rcu
#define __percpu
#define noinline	__attribute__((noinline))
#define __always_unused	__attribute__((unused))
#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
#define ____cacheline_aligned __attribute__((aligned(64)))
#define __aligned(n) __attribute__((aligned(n)))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define WARN_ON(x)	({ assert(!(x)); 0; })
#define CONFIG_ARCH_SUPPORTS_INT128 1

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define prefetch(p)	__builtin_prefetch(p)
#define prefetchw(p)	__builtin_prefetch(p, 1)

#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define min(a, b)	((a) < (b) ? (a) : (b))
#define max3(a, b, c)	max(max(a, b), c)
#define clamp_t(type, v, low, high) \
	((type)max((type)(low), min((type)(v), (type)(high))))

#define READ_ONCE(x)	(*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
#define smp_load_acquire(p) READ_ONCE(*(p))
#define smp_store_release(p, v) WRITE_ONCE(*(p), v)

typedef struct {
	s64 counter;
} atomic64_t;

#define ATOMIC64_INIT(v) { v }
#define atomic64_read(v) ((v)->counter)
#define atomic64_read_acquire(v) ((v)->counter)
#define atomic64_set(v, i) ((v)->counter = (i))
#define atomic64_set_release(v, i) ((v)->counter = (i))
#define atomic64_inc_return(v) (++(v)->counter)

static inline unsigned int __ffs64(u64 word)
{
	return __builtin_ctzll(word);
}

static inline unsigned int hweight64(u64 word)
{
	return __builtin_popcountll(word);
}

static inline int fls(unsigned int word)
{
	return word ? 32 - __builtin_clz(word) : 0;
}

static inline int ilog2(u64 word)
{
	return 63 - __builtin_clzll(word);
}

static inline u64 rol64(u64 word, unsigned int by)
{
	return word << by | word >> (64 - by);
}

static inline size_t size_add(size_t a, size_t b)
{
	assert(!__builtin_add_overflow(a, b, &a));
	return a;
}

static inline size_t size_mul(size_t a, size_t b)
{
	assert(!__builtin_mul_overflow(a, b, &a));
	return a;
}

#define IS_ERR(p)	((unsigned long)(p) >= -4095UL)
#define ERR_PTR(e)	((void *)(long)(e))
#define PTR_ERR(p)	((long)(p))

struct hlist_node {
	struct hlist_node *next, **pprev;
};

struct hlist_head {
	struct hlist_node *first;
};

static inline void hlist_add_head_rcu(struct hlist_node *n,
				      struct hlist_head *h)
{
	n->next = h->first;
	n->pprev = &h->first;
	if (h->first)
		h->first->pprev = &n->next;
	h->first = n;
}

static inline void hlist_del_rcu(struct hlist_node *n)
{
	*n->pprev = n->next;
	if (n->next)
		n->next->pprev = n->pprev;
}

#define hlist_add_head hlist_add_head_rcu
#define hlist_del hlist_del_rcu
#define hlist_first_rcu(head) ((head)->first)
#define hlist_entry(p, type, member) container_of(p, type, member)
#define hlist_entry_safe(p, type, member) \
	((p) ? container_of(p, type, member) : NULL)
#define hlist_for_each_entry_from_rcu(pos, member) \
	for (; pos; pos = hlist_entry_safe((pos)->member.next, \
					   typeof(*(pos)), member))
#define hlist_for_each_entry(pos, head, member) \
	for (pos = hlist_entry_safe((head)->first, typeof(*(pos)), member); \
	     pos; \
	     pos = hlist_entry_safe((pos)->member.next, typeof(*(pos)), \
				    member))

struct rcu_head {
	void *next;
	void *func;
};

#define rcu_dereference(p) READ_ONCE(p)
#define rcu_dereference_protected(p, held) (p)
#define rcu_assign_pointer(p, v) WRITE_ONCE(p, v)
#define RCU_INIT_POINTER(p, v) ((p) = (v))
#define kfree_rcu(p, member) kfree(p)
#define kvfree_rcu(p, member) kvfree(p)
#define cond_resched() ((void)0)
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define local_bh_disable() ((void)0)
#define local_bh_enable() ((void)0)
#define fatal_signal_pending(task) false

/* The clock of rate_test.c. */
extern u64 shim_jiffies;

#define HZ		250
#define BITS_PER_BYTE	8
#define get_jiffies_64() shim_jiffies
#define div_u64(a, b)	((u64)(a) / (u32)(b))
#define mul_u64_u32_div(a, mul, div) \
	((u64)((__uint128_t)(a) * (mul) / (div)))
#define min_t(type, a, b) min((type)(a), (type)(b))

static inline u64 div_u64_rem(u64 a, u32 b, u32 *rest)
{
	*rest = a % b;
	return a / b;
}

#define DEFINE_PER_CPU(type, name) type name
#define per_cpu(name, cpu) (*((void)(cpu), &(name)))
#define per_cpu_ptr(p, cpu) ((void)(cpu), (p))
#define this_cpu_ptr(p) (p)
#define for_each_online_cpu(cpu) for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define for_each_possible_cpu for_each_online_cpu
#define cpu_to_node(cpu) (cpu)
#define DEFINE_MUTEX(name) int name
#define mutex_lock(m) ((void)(m))
#define mutex_unlock(m) ((void)(m))

#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_NOWARN		0

/* Allocations fail from this one on, if it is not 0. */
extern unsigned long shim_fail_at;
/* Bytes in use. */
extern size_t shim_bytes;

void *shim_alloc(size_t size);
void shim_free(const void *p);
void shim_random(void *p, size_t size);

#define kzalloc(size, gfp) shim_alloc(size)
#define kvcalloc(n, size, gfp) shim_alloc(size_mul(n, size))
#define kvzalloc(size, gfp) shim_alloc(size)
#define kvzalloc_node(size, gfp, node) shim_alloc(size)
#define kfree shim_free
#define kvfree shim_free
#define get_random_bytes(p, size) shim_random(p, size)

struct netlink_ext_ack {
	const char *_msg;
};

#define NL_SET_ERR_MSG(extack, words) ((extack)->_msg = (words))

/* What a test says is a comment of TAP. */
#define pr_info(...)	printf("# " __VA_ARGS__)
#define pr_err		pr_info

#endif /* SHIM_H */
