/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_AUDIT_H
#define DTCPD_AUDIT_H

#include <jansson.h>
#include <stdbool.h>

#include "dtcpd/config.h"
#include "dtcpd/tasking.h"

struct audit;
struct audit_change;

/*
 * The audit log: who asked for what, what became of it, and what dtcpd did by
 * itself; Documentation/audit.md says what is in it, dfc-audit/chain.h how a
 * line is made. Nothing in the configuration of a control source has a say.
 */

/**
 * audit_open() - go on with the log, or begin it
 * @c: configuration, with the paths; not kept
 *
 * What was torn off, or is missing since the last time, is noted in the log.
 * What is wrong is logged.
 *
 * Return: freed by audit_close(), or NULL.
 */
struct audit *audit_open(const struct config *c);

/**
 * audit_key_try() - see whether a file can be audit-key-file
 * @path: file
 * @why: filled with what is wrong and what was expected
 * @room: bytes in @why
 *
 * Return: whether it can.
 */
bool audit_key_try(const char *path, char *why, size_t room);

/**
 * audit_close() - write what is left, to the disk too
 * @a: audit log or NULL
 */
void audit_close(struct audit *a);

/**
 * audit_write() - write a record, through to the file
 * @a: audit log
 * @record: object with "event", freed; NULL (out of memory) is a failure
 *
 * The first failure is logged. How many records could not be written is written
 * before the next one that can.
 *
 * Return: whether it is in the file.
 */
bool audit_write(struct audit *a, json_t *record);

/**
 * audit_ready() - whether records can be written
 * @a: audit log
 *
 * After a failure it tries to write how many were lost.
 */
bool audit_ready(struct audit *a);

/**
 * audit_attempt() - count what a stranger tried
 * @a: audit log
 * @attempt: not kept
 *
 * Written by the next ticks: at most 64 lines at once, and one a second.
 */
void audit_attempt(struct audit *a, const struct tasking_attempt *attempt);

/**
 * audit_tick() - write strangers' attempts, have the disk written, see that the
 *	file is there; about once a second
 * @a: audit log
 */
void audit_tick(struct audit *a);

/**
 * audit_show() - where the chain ends, for the control socket
 * @a: audit log
 *
 * Return: {"audit":{"path","sequence","hash","lost"}} owned by the caller, NULL
 * when out of memory.
 */
json_t *audit_show(const struct audit *a);

/**
 * audit_prepare() - make ready for a configuration, on reload
 * @a: audit log
 * @c: configuration; not kept
 *
 * If the file has another path, or is no longer the one that is there (somebody
 * has moved it), the new one is opened. What is wrong is logged.
 *
 * Return: freed by audit_commit() or audit_discard(); NULL if the configuration
 * cannot be taken.
 */
struct audit_change *audit_prepare(struct audit *a, const struct config *c);

/**
 * audit_commit() - go on in the new file, if there is one; cannot fail
 * @change: of audit_prepare(), freed
 */
void audit_commit(struct audit_change *change);

/**
 * audit_discard() - leave everything as it was
 * @change: of audit_prepare(), freed
 */
void audit_discard(struct audit_change *change);

#endif
