/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdint.h>

/* Exit status that kselftest takes for a skipped test. */
#define TAP_SKIP 4

/**
 * tap_plan() - begin the output
 * @count: number of results that will come
 */
void tap_plan(unsigned int count);

/**
 * tap_result() - tell one result
 * @ok: whether the check held
 * @name: what was checked
 */
void tap_result(bool ok, const char *name);

/**
 * tap_note() - add a comment to the output
 * @format: as for printf(), one line without its end
 */
void tap_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * tap_differs() - compare two numbers, and note it when they differ
 * @file: source file of the comparison
 * @line: its line
 * @what: what is compared
 * @expected: value that it should have
 * @actual: value that it has
 *
 * Return: whether they differ.
 */
bool tap_differs(const char *file, int line, const char *what,
		 uint64_t expected, uint64_t actual);

/**
 * tap_skip() - say that no check can be made here
 * @reason: why
 *
 * Return: exit status, which is that of a failure if DFC_NO_SKIP=1.
 */
int tap_skip(const char *reason);

/**
 * tap_end() - end the output
 *
 * Return: exit status, 0 if all checks were made and held, otherwise 1.
 */
int tap_end(void);

/* Both leave the test with what they found; it then has failed. */
#define CHECK(condition) do { \
	if (!(condition)) { \
		tap_note("%s:%d: not so: %s", __FILE__, __LINE__, #condition); \
		return false; \
	} \
} while (0)

#define CHECK_EQUAL(expected, actual) do { \
	if (tap_differs(__FILE__, __LINE__, #actual, expected, actual)) \
		return false; \
} while (0)

#endif /* TAP_H */
