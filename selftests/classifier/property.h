/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef PROPERTY_H
#define PROPERTY_H

#include <linux/types.h>

/*
 * Holds the classifier against brute force: random filters come and go, and
 * for random packets both must find the same ones in the same order. Two
 * classifiers take turns, for they share the flow cache. In the kernel as in
 * user space; there is one at a time.
 */

/**
 * property_name() - tell what a trial tries
 * @i: number of the trial, from 0
 *
 * Return: words, or NULL if there are no more trials.
 */
const char *property_name(unsigned int i);

/**
 * property_holds() - run a trial
 * @i: its number
 * @all: packets to look up in all trials together; this one has its part,
 *	and some always have as many as they need
 *
 * Says what it did, and if it fails, why. Goes on from &random_state.
 *
 * Context: may sleep; in the kernel a fatal signal ends it.
 * Return: whether classifier and brute force agreed.
 */
bool property_holds(unsigned int i, unsigned long all);

#endif /* PROPERTY_H */
