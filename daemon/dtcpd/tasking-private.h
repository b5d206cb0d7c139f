/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_PRIVATE_H
#define DTCPD_TASKING_PRIVATE_H

#include "dtcpd/criterion.h"
#include "dtcpd/destination.h"
#include "dtcpd/group.h"
#include "dtcpd/source.h"
#include "dtcpd/tasking.h"

struct restore;

/**
 * struct tasking - who may tap what, and who does
 * @ops: the world
 * @ctx: passed to @ops
 * @outlet: who is told; NULL: nobody
 * @outlet_arg: passed to @outlet
 * @store: where it is written down what the kernel has; NULL: nowhere
 * @store_arg: passed to @store
 * @ids_kept: no filter id above it was given, as far as @store has it
 * @past: what the start has found; NULL afterwards, and without it
 * @restarted: why criteria of anybody are lost that every source is told of;
 *	NULL: none are
 * @config: the configuration in force; NULL before the first
 * @sources: &struct source by name
 * @filters: &struct criterion by kernel filter id
 * @groups: &struct group
 * @dests: &struct destination
 * @dest_ids: the same, by kernel id
 * @shortfalls: &struct shortfall of duplicates.c, by kernel filter id
 * @unlisted: &struct unlisted
 * @last_filter: kernel filter id that was given last
 * @last_group: kernel group id that was given last
 * @last_dest: kernel destination id that was given last
 * @drops: all messages without an answer, by cause
 * @messages: all that came, over UDP and SSH
 * @dropped: those without an answer, by the second
 * @strangers: lines of the log about messages of no source that is known
 * @kernel_gone: the module is, and everybody has been told
 */
struct tasking {
	const struct tasking_ops *ops;
	void *ctx;
	const struct tasking_outlet *outlet;
	void *outlet_arg;
	const struct tasking_store *store;
	void *store_arg;
	uint32_t ids_kept;
	struct restore *past;
	const char *restarted;
	const struct config *config;
	struct table sources;
	struct table filters;
	struct table groups;
	struct table dests;
	struct table dest_ids;
	struct table shortfalls;
	struct table unlisted;
	uint32_t last_filter;
	uint32_t last_group;
	uint32_t last_dest;
	uint64_t drops[SOURCE_DROPS];
	uint64_t messages;
	struct rate dropped;
	struct rate strangers;
	bool kernel_gone;
};

/**
 * tasking_number_fn - add something to the kernel
 * @arg: of tasking_number()
 * @id: kernel id
 *
 * Return: 0, -EEXIST if that id is taken, or another negative errno.
 */
typedef int tasking_number_fn(void *arg, uint32_t id);

/**
 * tasking_number() - add something to the kernel under an id that is free
 * @last: id that was given last; the one that was tried last afterwards
 * @ours: table hashed by id of those that are passed over unasked; or NULL
 * @add: adds it
 * @arg: passed to @add
 *
 * Others may use ids of this namespace too: theirs are passed over, but not
 * any number of them.
 *
 * Return: what @add returned last.
 */
int tasking_number(uint32_t *last, const struct table *ours,
		   tasking_number_fn *add, void *arg);

/**
 * struct letter - a message on its way to become a request
 * @m: the message
 * @csource: who it says it is from; empty where it says nothing
 * @seq: its sequence number
 * @source: who it is from
 */
struct letter {
	struct dtcp_message m;
	char csource[DTCP_NAME_MAX + 1];
	uint64_t seq;
	struct source *source;
};

/**
 * tasking_admit() - judge whether a message is answered at all
 * @l: filled in
 * @t: tasking
 * @o: where it came from
 * @msg: the message; @l points into it
 * @len: bytes in @msg
 *
 * Cheap things first, and nothing is understood of it before source, digest
 * and sequence number are good. What is wrong is counted and logged.
 *
 * Return: whether it is a request of @l->source.
 */
bool tasking_admit(struct letter *l, struct tasking *t,
		   const struct tasking_origin *o, const char *msg, size_t len);

/**
 * tasking_remember() - have kept what must survive dtcpd
 * @t: tasking
 * @s: source that asked for something, or whose criteria changed
 */
void tasking_remember(struct tasking *t, const struct source *s);

/**
 * tasking_recall() - take up what was remembered of a control source
 * @t: tasking
 * @s: source, new
 */
void tasking_recall(struct tasking *t, struct source *s);

/**
 * tasking_note_restart() - have every source told if any has lost something
 * @t: tasking at its first configuration: it was lost by the restart
 */
void tasking_note_restart(struct tasking *t);

/**
 * struct exchange - one authenticated request on its way to an answer
 * @t: tasking
 * @source: who asks
 * @peer: its address as text
 * @transport: how it came
 * @m: the message
 * @r: the message understood; of a refused one only @r.method and @r.seq
 * @e: why it is refused
 * @version: version to answer with
 * @reply: the answer
 * @again: it was granted before: network devices may come later
 * @broken: of tasking_add_again(): the kernel has refused for reasons of its own
 * @begun: bytes of @reply before the answer
 * @sentence: memory for @e.why
 */
struct exchange {
	struct tasking *t;
	struct source *source;
	const char *peer;
	enum tasking_transport transport;
	const struct dtcp_message *m;
	struct dtcp_request r;
	struct dtcp_error e;
	struct dtcp_version version;
	struct dtcp_writer *reply;
	bool again;
	bool broken;
	size_t begun;
	char sentence[256];
};

/**
 * exchange_refuse() - note why a request is refused
 * @x: exchange
 * @code: response code
 * @header: name of the offending header, to be echoed; or NULL
 * @why: constant sentence for the log
 *
 * Return: @code.
 */
unsigned int exchange_refuse(struct exchange *x, unsigned int code,
			     const char *header, const char *why);

/**
 * exchange_kernel_refused() - note that the kernel refused, 500
 * @x: exchange
 * @what: what it was asked to do; its own sentence is added
 *
 * Return: 500.
 */
unsigned int exchange_kernel_refused(struct exchange *x, const char *what);

/**
 * exchange_not_kept() - note that the journal cannot take it, 500
 * @x: exchange
 * @why: what journal_failed() said; NULL: it is asked
 *
 * Return: 500.
 */
unsigned int exchange_not_kept(struct exchange *x, const char *why);

/**
 * exchange_begin() - begin the answer: status line and sequence number
 * @x: exchange
 * @code: response code
 */
void exchange_begin(struct exchange *x, unsigned int code);

/**
 * exchange_end() - end the answer: time and digest
 * @x: exchange, begun
 *
 * Done for a method by its caller; LIST does it too, between the parts of a
 * list that is longer than one message may be.
 */
void exchange_end(struct exchange *x);

/* Bytes that exchange_end() adds. */
#define EXCHANGE_END	(11 + 23 + 2 + DTCP_WRITER_SIGNATURE)

/**
 * exchange_log() - log what becomes of a request, unless no-syslog
 * @x: exchange
 * @priority: as log_msg()
 * @fmt: as log_msg()
 */
void exchange_log(const struct exchange *x, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#define EXCHANGE_TARGET_MAX 512

/**
 * exchange_target() - what an ADD taps, for the end of its line in the log
 * @x: exchange
 * @text: filled in; cut where it is longer
 *
 * Return: @text: a colon and the filter headers if log-criteria is on, else
 * nothing.
 */
const char *exchange_target(const struct exchange *x,
			    char text[EXCHANGE_TARGET_MAX]);

/*
 * Methods. Each checks, acts, and then begins the answer and writes its
 * parameters; or it leaves the answer alone and returns the code that refuses
 * it, with nothing done. tasking_add_undo() takes back what tasking_add() has
 * just granted, but for the answer.
 */
unsigned int tasking_add(struct exchange *x);
void tasking_add_undo(struct exchange *x);
unsigned int tasking_delete(struct exchange *x);
/* As tasking_add(), but it begins no answer: see restore.c. */
unsigned int tasking_add_again(struct exchange *x, struct criterion *c,
			       uint32_t total);
unsigned int tasking_refresh(struct exchange *x);
unsigned int tasking_list(struct exchange *x);

#endif
