/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef FAULTS_H
#define FAULTS_H

#include "wire.h"

/**
 * struct fault - a command whose allocations fail, one after another
 * @name: what it does
 * @begin: makes what it needs
 * @put: writes the request
 * @undo: makes all as it was after @begin, by the socket that had @put; NULL if
 *	the command changes nothing
 * @fresh: each try needs a namespace that had none before
 */
struct fault {
	const char *name;
	bool (*begin)(struct wire *w);
	void (*put)(struct wire *w);
	bool (*undo)(struct wire *w);
	bool fresh;
};

extern const struct fault faults[];
extern const unsigned int faults_count;

/**
 * faults_main() - try them all
 *
 * Return: exit status.
 */
int faults_main(void);

#endif /* FAULTS_H */
