/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_JOURNAL_SALVAGE_H
#define DTCPD_JOURNAL_SALVAGE_H

#include <limits.h>
#include <stddef.h>

/*
 * Files in state-directory beside `journal` and `journal-wal`, which SQLite
 * keeps while the journal is open:
 *
 *	journal.bad, journal.bad-wal	a damaged one, as it was found
 *	journal.new			a new one in the making; of no worth
 *	journal.copy, journal.copy-wal	what is read from; of no worth
 *	journal.next			a new one that is whole, and takes the
 *					place of a damaged one; only until then
 */

/**
 * journal_salvage() - make a new journal out of what can be read of one
 * @directory: state-directory, its real path
 * @rows: set to how many were read
 *
 * The damaged one, which is not open, is not written; it is not replaced yet.
 * A missing one counts as damaged, if its WAL is there.
 *
 * Return: SQLITE_OK, then there is a whole journal.next.
 */
int journal_salvage(const char *directory, size_t *rows);

/**
 * journal_salvage_settle() - put journal.next in the place of the journal
 * @directory: state-directory, its real path
 *
 * Nothing is done where there is none. Ended at any moment, it is completed
 * when it is called again.
 *
 * Return: 1 if it was done, 0, or a negative errno.
 */
int journal_salvage_settle(const char *directory);

/**
 * journal_path() - name a file of state-directory
 * @path: filled in
 * @directory: its real path
 * @name: of the file
 *
 * Return: 0 or -ENAMETOOLONG.
 */
int journal_path(char path[PATH_MAX], const char *directory, const char *name);

/**
 * journal_sync() - have names of a directory on the disk
 * @directory: its real path
 *
 * Return: 0 or a negative errno.
 */
int journal_sync(const char *directory);

#endif
