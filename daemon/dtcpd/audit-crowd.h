/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_AUDIT_CROWD_H
#define DTCPD_AUDIT_CROWD_H

#include <jansson.h>
#include <stdint.h>

#include "dtcpd/tasking.h"

#define CROWD_MAX	64	/* of those that are told apart by address */
#define CROWD_CAUSES	32
#define CROWD_NAME	64

/* Attempts with one cause, from one address, or from all others. */
struct crowd_entry {
	const char *event;
	const char *cause;
	enum tasking_transport transport;
	char peer[64];			/* empty: several */
	char name[CROWD_NAME + 1];	/* of the first; empty: it had none */
	bool known;			/* the name is of a control source */
	uint64_t count;
	json_t *first;			/* when; owned */
};

/**
 * struct crowd - attempts of strangers, until they are written down
 * @entry: oldest first
 * @n: number of them
 * @other: for whom there was no room, by cause
 * @nother: number of them
 */
struct crowd {
	struct crowd_entry entry[CROWD_MAX];
	size_t n;
	struct crowd_entry other[CROWD_CAUSES];
	size_t nother;
};

/**
 * crowd_add() - count an attempt
 * @c: crowd, all zero at first
 * @a: attempt; strings are copied, but for @a->event and @a->cause
 */
void crowd_add(struct crowd *c, const struct tasking_attempt *a);

/**
 * crowd_take() - take the oldest out
 * @c: crowd
 *
 * Return: what is to be written, owned by the caller; NULL: there is nothing.
 */
json_t *crowd_take(struct crowd *c);

#endif
