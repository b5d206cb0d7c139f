/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_PRIVATE_H
#define DTCPD_TASKING_PRIVATE_H

#include "dtcpd/criterion.h"
#include "dtcpd/destination.h"
#include "dtcpd/source.h"
#include "dtcpd/tasking.h"

/**
 * struct tasking - who may tap what, and who does
 * @ops: the world
 * @ctx: passed to @ops
 * @outlet: who is told; NULL: nobody
 * @outlet_arg: passed to @outlet
 * @config: the configuration in force; NULL before the first
 * @sources: &struct source by name
 * @filters: &struct criterion by kernel filter id
 * @dests: &struct destination
 * @unlisted: &struct unlisted
 * @last_filter: kernel filter id that was given last
 * @last_dest: kernel destination id that was given last
 * @drops: messages without an answer, of all SSH users
 */
struct tasking {
	const struct tasking_ops *ops;
	void *ctx;
	const struct tasking_outlet *outlet;
	void *outlet_arg;
	const struct config *config;
	struct table sources;
	struct table filters;
	struct table dests;
	struct table unlisted;
	uint32_t last_filter;
	uint32_t last_dest;
	uint64_t drops[SOURCE_DROPS];
};

/**
 * struct exchange - one authenticated request on its way to an answer
 * @t: tasking
 * @source: who asks
 * @peer: its address as text
 * @m: the message
 * @r: the message understood; of a refused one only @r.method and @r.seq
 * @e: why it is refused
 * @version: version to answer with
 * @reply: the answer
 * @sentence: memory for @e.why
 */
struct exchange {
	struct tasking *t;
	struct source *source;
	const char *peer;
	const struct dtcp_message *m;
	struct dtcp_request r;
	struct dtcp_error e;
	struct dtcp_version version;
	struct dtcp_writer *reply;
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
 * exchange_begin() - begin the answer: status line and sequence number
 * @x: exchange
 * @code: response code
 */
void exchange_begin(struct exchange *x, unsigned int code);

/*
 * Methods. Each checks, acts, and then begins the answer and writes its
 * parameters; or it leaves the answer alone and returns the code that refuses
 * it, with nothing done.
 */
unsigned int tasking_add(struct exchange *x);
unsigned int tasking_delete(struct exchange *x);
unsigned int tasking_refresh(struct exchange *x);
unsigned int tasking_list(struct exchange *x);

#endif
