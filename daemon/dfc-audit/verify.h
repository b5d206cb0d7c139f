/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_AUDIT_VERIFY_H
#define DFC_AUDIT_VERIFY_H

#include <stdio.h>

#include "dfc-audit/chain.h"

/**
 * verify_report_fn - told of what is wrong
 * @arg: of struct verify
 * @file: name of the file
 * @line: from 1; 0: the file as a whole
 * @what: a sentence
 */
typedef void verify_report_fn(void *arg, const char *file, uint64_t line,
			      const char *what);

/**
 * struct verify - a log that is verified, file by file, the oldest first
 * @key: key that it was written with
 * @wanted: a line that somebody kept, to be met; @wanted.seq 0: none
 * @report: told of what is wrong
 * @arg: passed to @report
 * @head: last line; all zero at first
 * @first: number of the first line; 0 before it
 * @lines: lines that are lines of an audit log
 * @faults: what is wrong, counted
 */
struct verify {
	struct chain_key key;
	struct chain_head wanted;
	verify_report_fn *report;
	void *arg;
	struct chain_head head;
	uint64_t first;
	uint64_t lines;
	uint64_t faults;
};

/**
 * verify_file() - verify a file
 * @v: all zero but for what the caller sets: @v->key to @v->arg
 * @name: of the file, for reports
 * @in: where it is read from
 *
 * Return: 0, or the errno with which it could not be read.
 */
int verify_file(struct verify *v, const char *name, FILE *in);

/**
 * verify_end() - say what can only be said after the last file
 * @v: verify
 * @name: of the last file
 */
void verify_end(struct verify *v, const char *name);

#endif
