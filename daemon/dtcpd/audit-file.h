/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_AUDIT_FILE_H
#define DTCPD_AUDIT_FILE_H

#include <sys/types.h>

#include "dfc-audit/chain.h"
#include "dtcpd/state-flush.h"

/**
 * struct audit_file - a file that lines are appended to
 * @path: owned
 * @fd: the file, locked against others
 * @size: bytes of whole lines
 * @flush: writes it to the disk
 * @dirty: lines have been written since the last flush began
 */
struct audit_file {
	char *path;
	int fd;
	off_t size;
	struct state_flush flush;
	bool dirty;
};

/**
 * struct audit_tail - how a file ended that was there
 * @head: of its last line; @head.seq 0: it was empty
 * @torn: owned; what stood behind its last line end, and was cut off; or NULL
 * @torn_len: bytes in @torn
 */
struct audit_tail {
	struct chain_head head;
	char *torn;
	size_t torn_len;
};

/**
 * audit_file_open() - open or make a file, mode 0600
 * @path: file
 * @key: key that its lines are written with
 * @tail: filled in; @tail->torn is the caller's
 *
 * A last line without its end is cut off. A file whose last line is not one of
 * an audit log, or was changed, is refused: nothing may be appended to it.
 *
 * Return: freed by audit_file_close(); NULL, and it is logged what is wrong.
 */
struct audit_file *audit_file_open(const char *path,
				   const struct chain_key *key,
				   struct audit_tail *tail);

/**
 * audit_file_close() - write it to the disk and close it
 * @f: file or NULL
 */
void audit_file_close(struct audit_file *f);

/**
 * audit_file_append() - append a whole line, or nothing
 * @f: file
 * @line: with its end
 *
 * Return: 0 or a negative errno.
 */
int audit_file_append(struct audit_file *f, const char *line);

/**
 * audit_file_is_there() - whether the file is still the one at its path
 * @f: file
 */
bool audit_file_is_there(const struct audit_file *f);

/**
 * audit_file_tick() - have what was appended written to the disk
 * @f: file
 *
 * Waits for nothing: a thread does it. Failures are logged.
 */
void audit_file_tick(struct audit_file *f);

/**
 * audit_head_read() - read where the chain ended when dtcpd last kept it
 * @path: file
 * @head: filled in; seq 0 if there is none, or, which is logged, it is damaged
 */
void audit_head_read(const char *path, struct chain_head *head);

/**
 * audit_head_write() - keep where the chain ends
 * @path: file, replaced as a whole
 * @head: what is kept
 *
 * Return: 0 or a negative errno.
 */
int audit_head_write(const char *path, const struct chain_head *head);

#endif
