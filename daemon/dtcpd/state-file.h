/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_STATE_FILE_H
#define DTCPD_STATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dtcpd/state.h"

/*
 * The file: a page with the header, then STATE_RECORDS records of two slots.
 * A record is written by overwriting the slot that is older, so there is one
 * good slot whenever the writing ends; each is in a sector of its own. Numbers
 * are in the byte order of the machine.
 */
#define STATE_VERSION		1
#define STATE_HEADER_SIZE	4096
#define STATE_SLOT_SIZE		512
#define STATE_FILE_SIZE		(STATE_HEADER_SIZE + \
				 2UL * STATE_RECORDS * STATE_SLOT_SIZE)
#define STATE_NAME_SIZE		56
#define STATE_BOOT_SIZE		16

#define STATE_SLOT_STARTED	(1U << 0)
#define STATE_SLOT_OLDEST	(1U << 1)
#define STATE_SLOT_MINOR	8	/* first bit of 8 */
#define STATE_SLOT_MAJOR	16

/**
 * struct state_header - the beginning of the file
 * @magic: "dtcpdst"
 * @version: STATE_VERSION
 * @records: STATE_RECORDS
 * @slot_size: STATE_SLOT_SIZE
 * @clean: it was closed: all of it is on the disk
 * @boot: boot of the machine that wrote it; all zero: not known
 * @crc: of all before
 */
struct state_header {
	char magic[8];
	uint32_t version;
	uint32_t records;
	uint32_t slot_size;
	uint32_t clean;
	uint8_t boot[STATE_BOOT_SIZE];
	uint32_t crc;
};

/**
 * struct state_slot - half a record
 * @name: Csource-ID, terminated
 * @generation: the slot of a record that has the higher one counts
 * @stamp: grows with time; when the record was used last
 * @max: of &struct dtcp_window
 * @seen: likewise
 * @ceiling: no higher number was accepted; see state.h
 * @last_id: of &struct tasking_memory
 * @criteria: likewise
 * @flags: STATE_SLOT_*; in its third and second byte the DTCP version that the
 *	control source used last
 * @crc: of all before
 */
struct state_slot {
	char name[STATE_NAME_SIZE];
	uint64_t generation;
	uint64_t stamp;
	uint64_t max;
	uint64_t seen[DTCP_WINDOW / 64];
	uint64_t ceiling;
	uint32_t last_id;
	uint32_t criteria;
	uint32_t flags;
	uint32_t crc;
};

/**
 * struct state_file - the open file
 * @dir: its directory, locked
 * @fd: the file
 * @image: what is in it, until state_file_forget(); NULL after it
 * @advance: it was written by another boot of the machine and not closed
 */
struct state_file {
	int dir;
	int fd;
	uint8_t *image;
	bool advance;
};

/**
 * state_file_open() - open, make or mend the file
 * @f: filled in
 * @directory: made if it is missing
 * @boot: which boot of the machine this is
 *
 * What is wrong is logged.
 *
 * Return: 0 or a negative errno.
 */
int state_file_open(struct state_file *f, const char *directory,
		    const uint8_t boot[STATE_BOOT_SIZE]);

/**
 * state_file_forget() - all that is in the file was looked at
 * @f: open
 */
void state_file_forget(struct state_file *f);

/**
 * state_file_close() - close; writes nothing
 * @f: open
 */
void state_file_close(struct state_file *f);

/**
 * state_file_mend() - give a file that was cut off its size again
 * @f: open
 *
 * What was cut off is lost.
 *
 * Return: whether it was cut off.
 */
bool state_file_mend(struct state_file *f);

/**
 * state_file_header() - write the header, and everything, to the disk
 * @f: open
 * @boot: of this boot
 * @clean: nothing will be written after this
 *
 * Return: 0 or a negative errno.
 */
int state_file_header(struct state_file *f,
		      const uint8_t boot[STATE_BOOT_SIZE], bool clean);

/**
 * state_slot_newest() - the slot of a record that counts
 * @image: what is in the file
 * @record: 0..STATE_RECORDS - 1
 * @which: filled with 0 or 1, unless it is NULL
 *
 * Return: the slot or NULL: none was ever finished, or both are damaged.
 */
const struct state_slot *state_slot_newest(const uint8_t *image, size_t record,
					   unsigned int *which);

/**
 * state_slot_write() - write one slot
 * @fd: the file
 * @record: 0..STATE_RECORDS - 1
 * @which: slot 0 or 1; the other must be good, or the record be new
 * @slot: what is written; its crc is filled in
 *
 * Return: 0 or a negative errno.
 */
int state_slot_write(int fd, size_t record, unsigned int which,
		     struct state_slot *slot);

#endif
