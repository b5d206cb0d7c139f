/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_EXTRA_H
#define _DFC_EXTRA_H

#include "counters.h"
#include "format.h"

struct dfc_filter;
struct dfc_where;

/**
 * struct dfc_extra - what few filters have
 * @where: devices that packets must pass, owned; NULL for any
 * @ids: for the copies
 * @drops: copies dropped, by cause, owned; NULL: none, or no memory for it.
 *	This and the following under the lock of the filter
 * @packets: limit, 0 for none; this and the following as the timeouts of
 *	&struct dfc_filter
 * @bytes: limit, 0 for none
 * @left_packets: until the limit
 * @left_bytes: until the limit
 */
struct dfc_extra {
	struct dfc_where *where;
	struct dfc_ids ids;
	struct dfc_drops *drops;
	u64 packets;
	u64 bytes;
	u64 left_packets;
	u64 left_bytes;
};

extern const struct dfc_extra dfc_no_extra;

/**
 * dfc_extra_get() - have a filter have what few have
 * @f: filter
 *
 * What is in it without being under the lock of the filter may be written only
 * while nobody else sees @f.
 *
 * Context: may sleep; takes the lock of the filter.
 * Return: @f->extra, or NULL if there is no memory.
 */
struct dfc_extra *dfc_extra_get(struct dfc_filter *f);

/**
 * dfc_extra_free() - free it
 * @f: filter that nobody sees
 *
 * Context: may sleep.
 */
void dfc_extra_free(struct dfc_filter *f);

/**
 * dfc_filter_dropped() - count a copy that was due and not sent
 * @f: filter
 * @cause: why
 * @bytes: of the inner packet
 *
 * The first one gets memory for the causes. Where there is none, the sum holds
 * nevertheless, and dfc_filter_drops() says that memory was the cause.
 *
 * Context: bottom halves disabled; takes the lock of the filter.
 */
void dfc_filter_dropped(struct dfc_filter *f, enum dfc_drop cause,
			unsigned int bytes);

/**
 * dfc_filter_drops() - copies that were not sent, by cause
 * @f: filter; its lock is held
 * @drops: filled in; adds up to what @f has dropped in all
 */
void dfc_filter_drops(const struct dfc_filter *f, struct dfc_drops *drops);

#endif /* _DFC_EXTRA_H */
