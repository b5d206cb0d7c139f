/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_ASSOCIATION_H
#define DTCPD_ASSOCIATION_H

#include <jansson.h>

#include "dtcpd/config.h"

/*
 * The security associations of dtcpd.conf in the kernel: a state each, and a
 * policy for each kind of copies that a destination gets. Only those that a
 * destination uses are installed. All that is installed goes when dtcpd ends;
 * what it left behind when it was killed goes at its next start, which knows
 * it by the file `associations` of state-directory.
 *
 * What is wrong is logged, without keys.
 */
struct associations;
struct associations_change;

/**
 * associations_open() - remove what was left behind
 * @directory: state-directory, which only this process uses
 *
 * Return: freed by associations_close(), or NULL.
 */
struct associations *associations_open(const char *directory);

/**
 * associations_close() - remove all that is installed, keep the numbers
 * @as: associations or NULL
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
