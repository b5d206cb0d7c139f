/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_HASH_H
#define _DFC_HASH_H

#include <linux/bitops.h>
#include <linux/types.h>

/**
 * struct dfc_seed - what makes our hashes unforeseeable
 * @word: random, never told to anybody
 */
struct dfc_seed {
	u64 word[2];
};

/**
 * dfc_hash_fold() - multiply and fold
 * @a: any
 * @b: any
 *
 * Every bit of the result depends on every bit of both, for one multiplication:
 * a lookup needs some ten hashes, for which siphash takes too long.
 *
 * Return: high and low half of the product, by exclusive or.
 */
static inline u64 dfc_hash_fold(u64 a, u64 b)
{
#ifdef CONFIG_ARCH_SUPPORTS_INT128
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
#else
	u64 low = (u64)(u32)a * (u32)b, high = (a >> 32) * (b >> 32);
	u64 mid = (a >> 32) * (u32)b, other = (u64)(u32)a * (b >> 32);

	return low ^ high ^ rol64(mid, 32) ^ rol64(other, 31);
#endif
}

/**
 * dfc_hash() - hash two words
 * @seed: of the table
 * @salt: random too; other salts give other hashes
 * @a: first word
 * @b: second word
 *
 * Return: good in its upper bits and in its lower bits.
 */
static inline u64 dfc_hash(const struct dfc_seed *seed, u64 salt, u64 a, u64 b)
{
	return dfc_hash_fold(a ^ seed->word[0], b ^ seed->word[1] ^ salt);
}

#endif /* _DFC_HASH_H */
