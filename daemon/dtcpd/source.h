/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_SOURCE_H
#define DTCPD_SOURCE_H

#include <jansson.h>
#include <sys/queue.h>
#include <linux/dfc.h>

#include "dtcp-proto/hmac.h"
#include "dtcp-proto/request.h"
#include "dtcp-proto/window.h"
#include "dtcpd/config.h"
#include "dtcpd/rate.h"
#include "dtcpd/table.h"

struct criterion;
struct criterion_leg;

/* Why a message got no answer, in the order in which it is judged. */
enum source_drop {
	SOURCE_DROP_NOT_DTCP,
	SOURCE_DROP_COMMAND_LINE, /* its first line is no request */
	SOURCE_DROP_BAD_REQUEST, /* no Csource-ID or Seq, too long */
	SOURCE_DROP_UNKNOWN,	/* its Csource-ID is not configured */
	SOURCE_DROP_USER,	/* its Csource-ID is not the SSH user */
	SOURCE_DROP_PORT,	/* not the source's service-port */
	SOURCE_DROP_ADDRESS,	/* not one of the source-addresses */
	SOURCE_DROP_DIGEST,	/* missing or wrong */
	SOURCE_DROP_SEQUENCE,	/* seen before, or too far; it is authentic */
	SOURCE_DROP_RATE,	/* above the rate-limit; nobody sent it again */
	SOURCE_DROPS
};

/* Notifications, as they are counted. */
enum source_notice {
	SOURCE_NOTICE_ROLLOVER,	/* 130 */
	SOURCE_NOTICE_NO_OP,	/* 131 */
	SOURCE_NOTICE_TIMEOUT,	/* 390 */
	SOURCE_NOTICE_CONGESTION, /* 580 */
	SOURCE_NOTICE_DUPLICATES, /* 598 */
	SOURCE_NOTICE_RESTART,	/* 599 */
	SOURCE_NOTICE_CONGESTION_DELETE, /* 680 */
	SOURCE_NOTICES
};

/* The criteria of one source that go to one Cdest-ID. */
struct source_cdest {
	struct table_node node;
	TAILQ_HEAD(source_legs, criterion_leg) legs;
	char name[DTCP_NAME_MAX + 1];
};

/**
 * struct source - a control source, its criteria and what it did so far
 * @node: in the sources of struct tasking, by name
 * @config: its configuration; NULL only while a new one is being taken
 * @group: its capture group
 * @hmac: its shared key made ready, see source_hmac()
 * @name: Csource-ID
 * @criteria: all of its criteria, oldest first
 * @by_id: the same by Criteria-ID
 * @cdests: &struct source_cdest by name, those with criteria only
 * @last_id: Criteria-ID that was given last
 * @nstatic: number of static criteria
 * @window: sequence numbers seen
 * @unchecked: the last of them was not checked
 * @version: version that it used last; 0.0 before
 * @requests: authentic requests over UDP, by the second
 * @lines: lines of the log about messages without an answer
 * @received: authenticated requests, by method
 * @failed: those of them that were refused
 * @adds: ADD requests of @received, by the second
 * @added: criteria added
 * @deleted: criteria that it deleted
 * @gone: criteria that the kernel ended, by &enum dfc_reason
 * @disallowed: criteria that a new configuration ended
 * @congested: criteria that congestion of a destination ended
 * @bandwidth: of all its criteria, bit/s; only while it is shown
 * @notices: notifications sent
 * @drops: messages without an answer, by cause: those of its SSH user, and
 *	those over UDP that say they are its
 * @lost: criteria lost that it has not been told of yet
 * @lost_id: Criteria-ID of one of them; 0: not known
 * @lost_why: how they were lost, a constant clause
 */
struct source {
	struct table_node node;
	const struct config_source *config;
	const struct config_group *group;
	struct dtcp_hmac hmac;
	char *name;
	TAILQ_HEAD(source_criteria, criterion) criteria;
	struct table by_id;
	struct table cdests;
	uint32_t last_id;
	size_t nstatic;
	struct dtcp_window window;
	bool unchecked;
	struct dtcp_version version;
	struct rate requests;
	struct rate lines;
	uint64_t received[DTCP_METHOD_UNKNOWN + 1];
	uint64_t failed[DTCP_METHOD_UNKNOWN + 1];
	struct rate adds;
	uint64_t added;
	uint64_t deleted;
	uint64_t gone[DFC_REASON_MAX + 1];
	uint64_t disallowed;
	uint64_t congested;
	uint64_t bandwidth;
	uint64_t notices[SOURCE_NOTICES];
	uint64_t drops[SOURCE_DROPS];
	uint32_t lost;
	uint32_t lost_id;
	const char *lost_why;
};

/**
 * source_add() - start a control source without criteria
 * @sources: table to add it to
 * @name: Csource-ID
 *
 * Return: freed by source_del(); NULL when out of memory.
 */
struct source *source_add(struct table *sources, const char *name);

/**
 * source_del() - forget a control source
 * @sources: table that it is in
 * @s: source, without criteria
 */
void source_del(struct table *sources, struct source *s);

/**
 * source_lookup() - find a control source
 * @sources: table
 * @name: Csource-ID
 *
 * Return: source or NULL.
 */
struct source *source_lookup(const struct table *sources, const char *name);

/**
 * source_hmac() - what signs and checks the messages of a control source
 * @s: source with its configuration
 *
 * Return: HMAC with its shared key, owned by @s; without a key where OpenSSL
 * refuses, and then no digest is right.
 */
struct dtcp_hmac *source_hmac(struct source *s);

/**
 * source_new_id() - choose a Criteria-ID
 * @s: source
 *
 * Counts up, so that an id is not used again soon after its criterion is gone.
 *
 * Return: an id that no criterion of @s has, 1..
 */
uint32_t source_new_id(struct source *s);

/**
 * source_cdest_lookup() - the criteria of a source by content destination
 * @s: source
 * @name: Cdest-ID
 *
 * Return: a list or NULL where there is none.
 */
struct source_cdest *source_cdest_lookup(const struct source *s,
					 const char *name);

/**
 * source_cdest_get() - the same, made if need be
 * @s: source
 * @name: Cdest-ID
 *
 * Return: a list, NULL when out of memory.
 */
struct source_cdest *source_cdest_get(struct source *s, const char *name);

/**
 * source_cdest_put() - free a list that may have become empty
 * @s: source
 * @c: list of @s
 */
void source_cdest_put(struct source *s, struct source_cdest *c);

/**
 * source_dest() - what a Cdest-ID means to a control source
 * @group: its capture group
 * @source: control source
 * @name: Cdest-ID
 *
 * Return: the configured destination, or NULL where there is none or the
 * source may not use it: nobody is told which.
 */
const struct config_dest *source_dest(const struct config_group *group,
				      const struct config_source *source,
				      const char *name);

/**
 * source_address_allowed() - hold an address against source-addresses
 * @source: control source
 * @address: of whoever sent a message; family AF_UNSPEC: not known
 *
 * Return: whether it may send from there; true if that is not known.
 */
bool source_address_allowed(const struct config_source *source,
			    const struct dtcp_outer_addr *address);

/**
 * source_lose() - note that a criterion was lost, to be told later
 * @s: source
 * @id: Criteria-ID
 * @why: how, a constant clause
 */
void source_lose(struct source *s, uint32_t id, const char *why);

/**
 * source_show() - the counters of a control source by Junos' names
 * @s: source
 * @now: milliseconds since the epoch
 *
 * Return: a JSON object owned by the caller, NULL when out of memory.
 */
json_t *source_show(const struct source *s, int64_t now);

/**
 * source_show_drops() - counters of messages without an answer, by cause
 * @drops: counters by &enum source_drop
 *
 * Return: a JSON object owned by the caller, NULL when out of memory.
 */
json_t *source_show_drops(const uint64_t drops[SOURCE_DROPS]);

#endif
