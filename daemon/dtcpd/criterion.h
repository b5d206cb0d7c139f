/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CRITERION_H
#define DTCPD_CRITERION_H

#include <sys/queue.h>

#include "dtcp-proto/request.h"
#include "dtcp-proto/writer.h"
#include "dtcpd/destination.h"
#include "dtcpd/source.h"

struct record_criterion;
struct tasking;
struct tasking_counters;
struct tasking_filter;

/* Limits that a criterion has; LIST shows what remains of them. */
#define CRITERION_IDLE		(1U << 0)
#define CRITERION_TOTAL		(1U << 1)
#define CRITERION_PACKETS	(1U << 2)
#define CRITERION_BYTES		(1U << 3)

/*
 * Bytes in the headers of an ADD that LIST repeats. A filter that uses all
 * that there may be in its lists takes 13,000, written without blanks; and an
 * entry of a LIST fits into a datagram.
 */
#define CRITERION_TEXT_MAX	16384

/* One of the one or two ways that a criterion's copies go. */
struct criterion_leg {
	struct criterion *criterion;
	struct destination *dest;
	struct source_cdest *cdest;
	TAILQ_ENTRY(criterion_leg) link;	/* in cdest->legs */
};

/**
 * struct criterion - what one ADD asked for
 * @by_id: in source->by_id
 * @by_filter: in the filters of struct tasking
 * @link: in source->criteria
 * @source: its owner
 * @leg: its destinations
 * @nlegs: number of them
 * @priority: as the kernel has it: that of the ADD and minimum-priority
 * @id: Criteria-ID
 * @filter: kernel filter id
 * @of_group: it copies frames at the interfaces of its capture group
 * @is_static: it stays until it is deleted by name
 * @send_async: its owner wants to be told when it expires
 * @limits: CRITERION_*
 * @action: &enum dtcp_action
 * @listed: bit of each of @leg whose Cdest-ID was a configured one that its
 *	owner might use
 * @found: the kernel has its filter; only while criteria are taken over
 * @ends: when its timeout-total ends, milliseconds since the epoch; 0: it has
 *	none
 * @idle: its timeout-idle in seconds; 0: it has none
 * @nrefresh: how often it was refreshed
 * @added: milliseconds since the epoch
 * @refreshed: last refresh; @added where there was none
 * @text: peer address, zero, and the headers that LIST repeats, packed
 *
 * There may be a million of them: what is needed seldom is kept as text.
 */
struct criterion {
	struct table_node by_id;
	struct table_node by_filter;
	TAILQ_ENTRY(criterion) link;
	struct source *source;
	struct criterion_leg leg[DTCP_CDESTS_MAX];
	int64_t added;
	int64_t refreshed;
	int64_t ends;
	uint32_t idle;
	uint32_t id;
	uint32_t filter;
	uint32_t nrefresh;
	uint32_t text_len;
	uint16_t priority;
	uint8_t nlegs;
	uint8_t limits;
	uint8_t action;
	uint8_t listed;
	bool of_group:1;
	bool is_static:1;
	bool send_async:1;
	bool found:1;
	char text[];
};

/**
 * criterion_fits() - hold an ADD against CRITERION_TEXT_MAX
 * @r: the ADD
 * @m: its text
 *
 * Return: whether its headers may be kept.
 */
bool criterion_fits(const struct dtcp_request *r,
		    const struct dtcp_message *m);

/**
 * criterion_alloc() - make a criterion of an ADD, linked nowhere
 * @source: its owner
 * @r: the ADD
 * @m: its text; headers that LIST repeats are copied, see criterion_fits()
 * @peer: address of the owner as text
 * @now: milliseconds since the epoch
 *
 * Return: freed by criterion_free(), or NULL.
 */
struct criterion *criterion_alloc(struct source *source,
				  const struct dtcp_request *r,
				  const struct dtcp_message *m,
				  const char *peer, int64_t now);

/**
 * criterion_restore() - make a criterion of what the journal has of it
 * @source: its owner
 * @r: record, without its legs; its text is judged
 *
 * Return: freed by criterion_free(), or NULL: out of memory, or @r makes no
 * sense.
 */
struct criterion *criterion_restore(struct source *source,
				    const struct record_criterion *r);

/**
 * criterion_save() - what the journal is to have of a criterion
 * @c: criterion; @r points into it
 * @r: filled in, but for its group
 */
void criterion_save(const struct criterion *c, struct record_criterion *r);

/**
 * criterion_limit() - note which limits the kernel was given
 * @c: criterion
 * @f: limits; those that are 0 stay as they are
 * @now: milliseconds since the epoch
 */
void criterion_limit(struct criterion *c, const struct tasking_filter *f,
		     int64_t now);

/**
 * criterion_attach() - add a leg
 * @c: criterion, not linked yet
 * @name: Cdest-ID
 * @listed: it is a configured one that the owner may use
 * @d: a use of the destination, owned by @c from now on, on failure too
 *
 * Return: 0 or -ENOMEM.
 */
int criterion_attach(struct criterion *c, const char *name, bool listed,
		     struct destination *d);

/**
 * criterion_free() - free a criterion that is not linked, with its legs
 * @t: tasking
 * @c: criterion
 */
void criterion_free(struct tasking *t, struct criterion *c);

/**
 * criterion_link() - let a criterion be found; cannot fail
 * @t: tasking
 * @c: criterion with its ids
 */
void criterion_link(struct tasking *t, struct criterion *c);

/**
 * criterion_del() - forget a criterion whose filter is gone
 * @t: tasking
 * @c: linked criterion; freed
 */
void criterion_del(struct tasking *t, struct criterion *c);

/**
 * criterion_lookup() - find a criterion of a source
 * @s: source
 * @id: Criteria-ID
 *
 * Return: criterion or NULL.
 */
struct criterion *criterion_lookup(const struct source *s, uint32_t id);

/**
 * criterion_by_filter() - find a criterion by its kernel filter
 * @t: tasking
 * @filter: kernel filter id
 *
 * Return: criterion or NULL.
 */
struct criterion *criterion_by_filter(const struct tasking *t,
				      uint32_t filter);

/**
 * criterion_peer() - where it was added from
 * @c: criterion
 *
 * Return: address as text, owned by @c.
 */
const char *criterion_peer(const struct criterion *c);

/**
 * criterion_write_cdests() - say which content destinations it has
 * @c: criterion
 * @w: writer; one or two names are written as Cdest-ID
 */
void criterion_write_cdests(const struct criterion *c, struct dtcp_writer *w);

/**
 * criterion_write_headers() - repeat filter and timeout headers as given
 * @c: criterion; a static one has no timeouts
 * @w: writer; X-JTap headers come first, as Junos lists them
 */
void criterion_write_headers(const struct criterion *c, struct dtcp_writer *w);

/**
 * criterion_write_timeouts() - repeat the timeouts that count, as given
 * @c: criterion
 * @w: writer
 */
void criterion_write_timeouts(const struct criterion *c,
			      struct dtcp_writer *w);

/**
 * criterion_write_remaining() - say what remains of each limit
 * @c: criterion
 * @n: its counters
 * @w: writer; times in seconds, rounded up
 */
void criterion_write_remaining(const struct criterion *c,
			       const struct tasking_counters *n,
			       struct dtcp_writer *w);

#endif
