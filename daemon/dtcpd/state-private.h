/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_STATE_PRIVATE_H
#define DTCPD_STATE_PRIVATE_H

#include "dtcpd/state.h"
#include "dtcpd/state-file.h"
#include "dtcpd/state-flush.h"
#include "dtcpd/table.h"

/**
 * struct state_record - a record of the file, and what is known of it
 * @node: in the table of names, while it is used
 * @slot: what was written last
 * @which: where: slot 0 or 1 of the record
 * @used: the record is in use
 * @touched: asked for or written since the start
 * @dirty: written since the last tick
 * @margin: how far its ceiling is ahead
 * @tick_max: max at the last tick
 * @durable: ceiling that is on the disk for certain; valid if @safe
 * @pending: ceiling that is there once the flush is done
 * @safe: the disk knows that the window has started
 */
struct state_record {
	struct table_node node;
	struct state_slot slot;
	unsigned int which;
	bool used;
	bool touched;
	bool dirty;
	bool safe;
	uint64_t margin;
	uint64_t tick_max;
	uint64_t durable;
	uint64_t pending;
};

/**
 * struct state - what outlives dtcpd
 * @file: the file
 * @boot: which boot of the machine this is
 * @flush: writes it to the disk
 * @names: records in use
 * @failed: something could not be written
 * @stamp: of what is used now; grows with each start and tick
 * @record: all records
 */
struct state {
	struct state_file file;
	uint8_t boot[STATE_BOOT_SIZE];
	struct state_flush flush;
	struct table names;
	bool failed;
	uint64_t stamp;
	struct state_record record[STATE_RECORDS];
};

/**
 * state_open_boot() - state_open() in a boot of one's own
 * @directory: state-directory
 * @boot: which boot of the machine this is
 *
 * Return: as state_open().
 */
struct state *state_open_boot(const char *directory,
			      const uint8_t boot[STATE_BOOT_SIZE]);

/**
 * state_margin_adapt() - set ceilings by how fast sources have been
 * @s: state; no flush is going on
 *
 * Return: whether anything has to be written to the disk.
 */
bool state_margin_adapt(struct state *s);

/**
 * state_margin_done() - a flush that was started after it is done
 * @s: state
 */
void state_margin_done(struct state *s);

/**
 * state_margin_covers() - whether the disk's ceiling is high enough
 * @r: record, not yet changed
 * @w: window that is to be remembered
 *
 * Return: false: the ceiling must be raised first.
 */
bool state_margin_covers(const struct state_record *r,
			 const struct dtcp_window *w);

/**
 * state_margin_raise() - choose a ceiling above a new highest number
 * @r: record; its slot is changed, and is to be written, twice, and flushed
 * @max: highest number
 */
void state_margin_raise(struct state_record *r, uint64_t max);

/**
 * state_margin_follow() - go on with a number that nobody waits for
 * @r: record; its slot is changed, and is to be written, twice, not flushed
 * @max: highest number, not checked
 *
 * The next number that is checked does wait, unless a flush comes before.
 */
void state_margin_follow(struct state_record *r, uint64_t max);

/**
 * state_margin_short() - whether a record comes close to its ceiling
 * @r: record
 *
 * Return: whether it is wise to raise it while the disk is waited for anyway.
 */
bool state_margin_short(const struct state_record *r);

/**
 * state_put() - write a record's slot in place of its older one
 * @s: state
 * @r: record of it
 */
void state_put(struct state *s, struct state_record *r);

#endif
