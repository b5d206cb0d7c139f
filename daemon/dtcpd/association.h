/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ASSOCIATION_H
#define DTCPD_ASSOCIATION_H

#include <jansson.h>

#include "dtcpd/config.h"

/*
 * The security associations of dtcpd.conf in the kernel: a state each, and a
 * policy for each kind of copies that a destination gets. Only those that a
 * destination uses are installed. What dtcpd leaves in the kernel the next
 * start knows by the file `associations` of state-directory: where taps are
 * kept (restart), it stays installed, and is taken over as far as the
 * configuration still has it; else it goes when dtcpd ends, or, after that was
 * killed, at the next start.
 *
 * What is wrong is logged, without keys.
 */
struct associations;
struct associations_change;

/**
 * associations_open() - begin with what was left behind
 * @directory: state-directory, which only this process uses
 * @keep: it is left to the first associations_prepare(), and
 *	associations_close() leaves all in the kernel; else it is removed
 *
 * Return: freed by associations_close(), or NULL.
 */
struct associations *associations_open(const char *directory, bool keep);

/**
 * associations_close() - remove all that is installed, keep the numbers
 * @as: associations or NULL; nothing is removed if they are to be kept
 *
 * Copies must have ended: where an operator's policy lets them, they would
 * leave another way now.
 */
void associations_close(struct associations *as);

/**
 * associations_prepare() - install what is new in a configuration
 * @as: associations
 * @c: configuration; is not kept
 *
 * Key files are read. What is unchanged stays untouched. The state of an
 * association that keeps its spi and remote address but not the rest is
 * replaced by associations_commit() only.
 *
 * Return: ended by associations_commit() or associations_discard(); NULL:
 * everything is as it was.
 */
struct associations_change *associations_prepare(struct associations *as,
						 const struct config *c);

/**
 * associations_commit() - go over to a new configuration
 * @change: of associations_prepare()
 *
 * What is not in it any more is removed.
 */
void associations_commit(struct associations_change *change);

/**
 * associations_discard() - remove what was prepared
 * @change: of associations_prepare()
 */
void associations_discard(struct associations_change *change);

/**
 * associations_tick() - follow the sequence numbers, once a second
 * @as: associations
 *
 * Where the disk does not take a ceiling in time, the association is removed:
 * copies are dropped then.
 */
void associations_tick(struct associations *as);

/**
 * associations_show() - add to destinations whether theirs is installed
 * @as: associations
 * @c: configuration
 * @answer: of tasking_show() about destinations
 *
 * Adds "security-association" and "association-state", which is "installed",
 * "missing" or "used-up".
 */
void associations_show(const struct associations *as, const struct config *c,
		       json_t *answer);

#endif
