/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SANITIZED_H
#define DTCPD_SANITIZED_H

#ifndef __has_feature
#define __has_feature(x) 0
#endif

/*
 * Whether this is compiled with a sanitizer. They have a memory allocator of
 * their own, and make system calls that dtcpd has no use for.
 */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || \
	__has_feature(address_sanitizer) || \
	__has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#endif
