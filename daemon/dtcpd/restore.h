/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_RESTORE_H
#define DTCPD_RESTORE_H

#include "dtcpd/tasking.h"

/*
 * Takes over what an earlier dtcpd has left in the kernel and in the journal.
 * Rows make groups, destinations and criteria as if dtcpd had never ended; the
 * kernel is asked which of them it has; what it has and no row knows was never
 * acknowledged, and goes; then the configuration is taken as on a reload.
 *
 * Where the kernel has begun anew since, criteria are added once more, under
 * the ids that they had.
 */
struct restore;

/**
 * restore_begin() - before the journal is read
 * @t: tasking with its outlet and before its first configuration
 * @c: configuration that it will get; kept by reference
 *
 * Return: ended by restore_end(), or NULL when out of memory.
 */
struct restore *restore_begin(struct tasking *t, const struct config *c);

/**
 * restore_row() - take one row of the journal
 * @r: restore; groups come before destinations, and these before criteria
 * @row: row
 *
 * A criterion whose row cannot be understood is lost.
 *
 * Return: true; false when out of memory.
 */
bool restore_row(void *r, const struct journal_row *row);

/**
 * restore_damaged() - note that rows are missing
 * @r: restore
 */
void restore_damaged(struct restore *r);

/**
 * restore_finish() - ask the kernel, and take the configuration
 * @r: restore
 * @tag: of what is ours in the kernel
 *
 * The store of tasking is there by now if it is to have one. Control sources
 * are told what they have lost.
 *
 * Return: 0, or a negative errno after logging why; then nothing is tapped that
 * was not before, and what was may have ended.
 */
int restore_finish(struct restore *r, uint32_t tag);

/**
 * restore_end() - free what was needed meanwhile
 * @r: restore or NULL
 */
void restore_end(struct restore *r);

/**
 * restore_knows() - whether the journal tells what was lost
 * @r: restore
 *
 * Return: false if there was none, or an earlier dtcpd has kept none: then all
 * that was there is lost.
 */
bool restore_knows(const struct restore *r);

#endif
