/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef LISTEN_H
#define LISTEN_H

#include "wire.h"

/**
 * struct listener - counts the ends of filters
 * @w: socket that has joined the group
 * @gone: filters that are gone, by reason
 * @all: the same, all of them
 * @lost: some events were lost
 */
struct listener {
	struct wire *w;
	uint64_t gone[DFC_REASON_MAX + 1];
	uint64_t all;
	bool lost;
};

/**
 * listen_open() - begin to count
 * @l: filled
 *
 * Return: whether there is such a group.
 */
bool listen_open(struct listener *l);

/**
 * listen_some() - take the events that are there, or wait a moment for some
 * @l: listener
 *
 * Return: whether they were as the contract has it.
 */
bool listen_some(struct listener *l);

/**
 * listen_until() - take events until there were enough
 * @l: listener
 * @all: so many, or some were lost
 *
 * Return: whether there were.
 */
bool listen_until(struct listener *l, uint64_t all);

#endif /* LISTEN_H */
