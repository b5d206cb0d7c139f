/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_H
#define DTCPD_TASKING_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/dfc.h>

#include "dtcp-proto/request.h"
#include "dtcp-proto/window.h"
#include "dtcp-proto/writer.h"
#include "dtcpd/config.h"
#include "dtcpd/journal.h"

struct tasking;

/* Copies that were dropped. */
struct tasking_drop {
	uint64_t packets;
	uint64_t bytes;			/* of the inner packets */
};

/* What the kernel tells of a filter; see &enum dfc_counters_attr. */
struct tasking_counters {
	uint64_t matched_packets;
	uint64_t matched_bytes;
	uint64_t copies;
	uint64_t sent_packets;
	uint64_t dropped_packets;
	uint64_t bandwidth;		/* bit/s, last 10 s */
	struct tasking_drop overload;	/* see tasking_is_overload() */
	uint64_t left_total;		/* ms, as DFC_FILTER_A_LEFT_* */
	uint64_t left_idle;
	uint64_t left_packets;
	uint64_t left_bytes;
	uint32_t group;			/* that it is in; 0: none */
};

/* What the kernel tells of a destination. */
struct tasking_dest {
	uint32_t id;
	uint32_t tag;
	uint64_t matched_packets;
	uint64_t matched_bytes;
	uint64_t bandwidth;		/* bit/s, last 10 s */
	struct tasking_drop drop[DFC_DROP_MAX + 1];
};

/**
 * tasking_is_overload() - whether there were more copies than could be had
 * @cause: why a copy was dropped
 *
 * Return: true for what notification 598 tells of: max-duplicates, and copies
 * that the network did not take in time.
 */
static inline bool tasking_is_overload(enum dfc_drop cause)
{
	return cause == DFC_DROP_DUPLICATE || cause == DFC_DROP_QUEUE_FULL ||
	       cause == DFC_DROP_LATE;
}

/* Called with what the kernel tells of one filter, or of one destination. */
typedef void tasking_filter_fn(void *arg, uint32_t id,
			       const struct tasking_counters *c);
typedef void tasking_dest_fn(void *arg, const struct tasking_dest *d);
typedef void tasking_group_fn(void *arg, uint32_t id, uint32_t tag);

/* A filter to install: what of the request matters to the kernel. */
struct tasking_filter {
	uint32_t id;
	uint32_t group;			/* 0: none */
	const struct dtcp_request *match;	/* family and lists only */
	uint32_t dest[DTCP_CDESTS_MAX];
	size_t ndest;
	uint32_t priority;
	enum dfc_action action;
	enum dfc_scope scope;		/* what @device names */
	const char *device[DFC_FILTER_DEVICES_MAX];
	size_t ndevice;
	bool has_intercept;		/* copies in jmirror format */
	uint32_t intercept;
	uint32_t session;
	uint32_t timeout_total;		/* s; 0: none */
	uint32_t timeout_idle;
	uint64_t limit_packets;
	uint64_t limit_bytes;
};

/**
 * struct tasking_ops - what tasking needs of the world
 *
 * All return 0 or a negative errno; none blocks for long. On failure
 * @error() is the sentence that the kernel refused with. All or none is what
 * the kernel promises for one message; where more filters are named than one
 * can hold, all are looked for first, and a failure after that (never
 * -ENOENT) leaves those changed whose message was carried out.
 *
 * @filter_add: install a filter; -EIO: its answer was lost, it may be there;
 *	-ENOSPC: its filters, or all, have too many different masks
 * @filter_set: replace the limits that are not 0, of all @n filters or of
 *	none; -ENOENT if one is gone
 * @filter_del: delete all of these or none; -ENOENT if one is gone
 * @filter_get: read the counters of @n filters; an entry of @found is false
 *	where the filter is gone
 * @filter_each: read the counters of all filters of the namespace, those of
 *	others too; @fn may change nothing
 * @group_add: add group @id; @g->name, sources and destinations are not looked
 *	at
 * @group_set: give it the devices, flag and limits of @g; its mode stays
 * @group_del: delete it; -EBUSY if filters are in it
 * @group_each: name all groups of the namespace, with their tag
 * @dest_add: add destination @id; @d->name is not looked at
 * @dest_del: delete it
 * @dest_each: read the counters of all destinations, those of others too
 * @seen_get: read how many packets a passive group has seen, or, where @group
 *	is 0, the namespace
 * @instance_get: read the number that tells this state of the namespace from
 *	one before the module was loaded or the machine was started
 * @device_check: whether a network device of that name exists now, as a VRF
 *	if @vrf is set; -ENODEV
 * @error: last error text of the above, never NULL
 * @now: milliseconds since the epoch
 */
struct tasking_ops {
	int (*filter_add)(void *ctx, const struct tasking_filter *f);
	int (*filter_set)(void *ctx, const struct tasking_filter *limits,
			  const uint32_t *id, size_t n);
	int (*filter_del)(void *ctx, const uint32_t *id, size_t n);
	int (*filter_get)(void *ctx, const uint32_t *id, size_t n,
			  struct tasking_counters *c, bool *found);
	int (*filter_each)(void *ctx, tasking_filter_fn *fn, void *arg);
	int (*group_add)(void *ctx, uint32_t id, const struct config_group *g);
	int (*group_set)(void *ctx, uint32_t id, const struct config_group *g);
	int (*group_del)(void *ctx, uint32_t id);
	int (*group_each)(void *ctx, tasking_group_fn *fn, void *arg);
	int (*dest_add)(void *ctx, uint32_t id, const struct config_dest *d);
	int (*dest_del)(void *ctx, uint32_t id);
	int (*dest_each)(void *ctx, tasking_dest_fn *fn, void *arg);
	int (*seen_get)(void *ctx, uint32_t group, uint64_t *packets);
	int (*instance_get)(void *ctx, uint64_t *instance);
	int (*device_check)(void *ctx, const char *name, bool vrf);
	const char *(*error)(void *ctx);
	int64_t (*now)(void *ctx);
};

/**
 * struct tasking_store - where tasking writes down what the kernel has
 *
 * The journal, or what a test takes for it; see there.
 *
 * @put: journal_put()
 * @del: journal_del()
 * @failed: journal_failed()
 */
struct tasking_store {
	int64_t (*put)(void *arg, enum journal_kind kind, uint32_t key,
		       const void *data, size_t len);
	int64_t (*del)(void *arg, enum journal_kind kind, uint32_t key);
	bool (*failed)(void *arg, const char **why);
};

enum tasking_transport { TASKING_SSH, TASKING_UDP };

/**
 * tasking_transport_name() - how a request came, as people read it
 * @transport: which
 *
 * Return: "ssh" or "udp".
 */
const char *tasking_transport_name(enum tasking_transport transport);

/**
 * struct tasking_attempt - what somebody tried that was not let in
 * @event: "message-dropped", "login-refused" or "connection-refused"; constant
 * @cause: why; constant
 * @transport: how
 * @peer: address as text
 * @name: what he said to be, or NULL
 * @known: @name is that of a control source
 */
struct tasking_attempt {
	const char *event;
	const char *cause;
	enum tasking_transport transport;
	const char *peer;
	const char *name;
	bool known;
};

/**
 * struct tasking_origin - where a request came from
 * @transport: SSH has authenticated its user; UDP nobody
 * @user: SSH user; NULL over UDP
 * @peer: its address as text, for LIST and the log
 * @address: the same, held against source-addresses; family AF_UNSPEC where
 *	it is not known
 * @service_port: UDP port that it was sent to; 0 over SSH
 */
struct tasking_origin {
	enum tasking_transport transport;
	const char *user;
	const char *peer;
	struct dtcp_outer_addr address;
	uint16_t service_port;
};

/**
 * struct tasking_memory - what of a control source survives dtcpd
 * @window: sequence numbers seen
 * @last_id: Criteria-ID that was given last
 * @criteria: criteria that it has; those that are not restored are lost
 * @version: DTCP version that it used last, 255.255 at most; 0.0 before
 * @unchecked: the last number of @window was not checked (sequence-check), so
 *	it need not survive the machine; not recalled
 */
struct tasking_memory {
	struct dtcp_window window;
	uint32_t last_id;
	uint32_t criteria;
	struct dtcp_version version;
	bool unchecked;
};

/**
 * struct tasking_outlet - what tasking tells others of its own accord
 *
 * @notify: send a notification to a control source: @mixed to its
 *	notification-targets, @upper (the same, header names in upper case) to
 *	those of its SSH channels that asked for it
 * @remember: keep this for the next start; cheap, called for every request
 * @recall: what was kept; false where there is nothing
 * @event: something has happened that an operator may want to know; see
 *	tasking-event.h. @event is the caller's: who keeps it takes a reference
 * @heard: whether anybody listens to events; NULL: somebody does
 * @audit: write a record (object with "event", freed) into the audit log, before
 *	the answer leaves; false: it could not be written
 * @audit_ready: whether it can be; NULL as @audit is: there is no audit log
 * @attempt: note for the audit log what a stranger tried, who may do so often
 */
struct tasking_outlet {
	void (*notify)(void *arg, const struct config_source *source,
		       const struct dtcp_writer *mixed,
		       const struct dtcp_writer *upper);
	void (*remember)(void *arg, const char *source,
			 const struct tasking_memory *m);
	bool (*recall)(void *arg, const char *source,
		       struct tasking_memory *m);
	void (*event)(void *arg, json_t *event);
	bool (*heard)(void *arg);
	bool (*audit)(void *arg, json_t *record);
	bool (*audit_ready)(void *arg);
	void (*attempt)(void *arg, const struct tasking_attempt *attempt);
};

/**
 * tasking_alloc() - start with no criteria
 * @ops: the world
 * @ctx: passed to @ops
 *
 * Return: freed by tasking_free(); NULL when out of memory.
 */
struct tasking *tasking_alloc(const struct tasking_ops *ops, void *ctx);

/**
 * tasking_set_outlet() - say who is told; before the first tasking_configure()
 * @t: tasking
 * @outlet: kept by reference
 * @arg: passed to @outlet
 */
void tasking_set_outlet(struct tasking *t, const struct tasking_outlet *outlet,
			void *arg);

/**
 * tasking_set_store() - have all that is tapped written down
 * @t: tasking
 * @store: kept by reference; NULL: nothing is
 * @arg: passed to @store
 */
void tasking_set_store(struct tasking *t, const struct tasking_store *store,
		       void *arg);

/**
 * tasking_free() - free everything; deletes nothing in the kernel
 * @t: tasking or NULL
 */
void tasking_free(struct tasking *t);

/**
 * tasking_configure() - take a configuration, at start or on reload
 * @t: tasking
 * @c: configuration; kept by reference until the next call
 *
 * Criteria stay that the new configuration still allows: their source and
 * their destinations are there, allowed, and unchanged, and so is the mode of
 * their capture group. The others are deleted and logged. Interfaces,
 * capture-local, limits and thresholds of a group change under the criteria,
 * and so do the limits of a destination. Counters of sources that stay go on.
 *
 * Return: 0 or a negative errno.
 */
int tasking_configure(struct tasking *t, const struct config *c);

/**
 * tasking_request() - carry out one request
 * @t: tasking
 * @o: where it came from
 * @msg: one whole message
 * @len: bytes in @msg
 * @reply: initialised writer; what to send back is appended, signed
 *
 * A message that is not from where it says, not signed, too much (rate-limit)
 * or not new (sequence-check) gets no answer: nothing is appended, the cause is
 * counted and logged (rate-limited, for each source by itself). Over UDP
 * (@reply->limit is not 0) a LIST is answered by several messages, see
 * dtcp_writer_message().
 *
 * Return: whether it was authenticated and carries Flags: SendAsync. Over SSH
 * the notifications of its source go to its channel from then on.
 */
bool tasking_request(struct tasking *t, const struct tasking_origin *o,
		     const char *msg, size_t len, struct dtcp_writer *reply);

/**
 * tasking_unfinished() - note a message that will never be complete
 * @t: tasking
 * @o: where it came from
 *
 * It has no digest: so it is counted, and logged (rate-limited).
 */
void tasking_unfinished(struct tasking *t, const struct tasking_origin *o);

/**
 * tasking_login() - note for the audit log that somebody has logged in
 * @t: tasking
 * @o: who, and where from
 * @method: by what
 */
void tasking_login(struct tasking *t, const struct tasking_origin *o,
		   const char *method);

/**
 * tasking_logout() - note for the audit log that a session has ended
 * @t: tasking
 * @o: whose, and where it came from
 * @why: it has ended
 */
void tasking_logout(struct tasking *t, const struct tasking_origin *o,
		    const char *why);

/**
 * tasking_attempt() - note for the audit log that somebody was not let in
 * @t: tasking
 * @a: what he tried; not kept
 */
void tasking_attempt(struct tasking *t, const struct tasking_attempt *a);

/**
 * tasking_refused() - the same, of a connection
 * @t: tasking
 * @peer: address as text
 * @why: constant
 */
void tasking_refused(struct tasking *t, const char *peer, const char *why);

/**
 * tasking_filter_gone() - the kernel says that a filter is gone
 * @t: tasking
 * @id: filter id
 * @reason: &enum dfc_reason
 * @c: final counters; NULL where the event was lost and nobody knows them
 */
void tasking_filter_gone(struct tasking *t, uint32_t id,
			 enum dfc_reason reason,
			 const struct tasking_counters *c);

/**
 * tasking_dest_dropped() - the kernel says that a destination loses copies
 * @t: tasking
 * @d: its counters
 */
void tasking_dest_dropped(struct tasking *t, const struct tasking_dest *d);

/**
 * tasking_tick() - look at what comes by and by; called once a second
 * @t: tasking
 * @clock: milliseconds of a clock that is never set
 * @memory: memory of this machine in use, in percent; negative: not known
 *
 * Decides soft-limit and hard-limit of destinations, which may end criteria,
 * tells control sources and the log what is lost, and holds rates against the
 * thresholds of capture groups.
 */
void tasking_tick(struct tasking *t, int64_t clock, int memory);

/**
 * tasking_settle() - tell control sources what they lost
 * @t: tasking
 *
 * Filters that are deleted behind our back often go many at a time: their
 * sources are told once, and not for each. So this is called after events of
 * the kernel were passed on.
 */
void tasking_settle(struct tasking *t);

/**
 * tasking_kernel_gone() - the kernel module is gone, and all filters with it
 * @t: tasking; of no more use but for tasking_free()
 *
 * Tells all control sources that had criteria.
 */
void tasking_kernel_gone(struct tasking *t);

/**
 * tasking_filter_ids() - the kernel filters that criteria stand on
 * @t: tasking
 * @id: filled with an array, freed by the caller
 *
 * For resynchronising after lost events: those that a dump does not show are
 * gone.
 *
 * Return: number of ids or -ENOMEM.
 */
long tasking_filter_ids(const struct tasking *t, uint32_t **id);

/**
 * tasking_show() - answer a question of the control socket
 * @t: tasking
 * @what: "criteria", "destinations", "groups", "control-source",
 *	"source-names" or "statistics"
 *
 * Return: a JSON object owned by the caller, NULL for an unknown question.
 */
json_t *tasking_show(const struct tasking *t, const char *what);

/**
 * tasking_clear() - carry out a command of the control socket
 * @t: tasking
 * @what: "sequence-number SOURCE": the next number of the source is accepted,
 *	whatever it is; NULL where nothing was said
 *
 * Return: a JSON object owned by the caller, with "error" if it was not done;
 * NULL when out of memory.
 */
json_t *tasking_clear(struct tasking *t, const char *what);

/**
 * tasking_name() - a name for JSON
 * @name: that came in a request, so it need not be UTF-8
 *
 * Return: a JSON string owned by the caller, escaped where it must be.
 */
json_t *tasking_name(const char *name);

#endif
