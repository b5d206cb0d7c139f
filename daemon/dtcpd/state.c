// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/state-private.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

static struct state_record *find(const struct state *s, const char *name)
{
	uint32_t hash = table_hash(0, name, strlen(name));
	struct table_node *n;
	struct state_record *r;

	for (n = table_find(&s->names, hash); n; n = table_find_next(n)) {
		r = table_entry(n, struct state_record, node);
		if (!strcmp(r->slot.name, name))
			return r;
	}
	return NULL;
}

static void add(struct state *s, struct state_record *r)
{
	r->used = true;
	table_add(&s->names, &r->node,
		  table_hash(0, r->slot.name, strlen(r->slot.name)));
}

static void failed(struct state *s, int err)
{
	log_limited(LOG_ERR,
		    "state-directory: cannot write: %s; if the machine stops now, old requests can be repeated",
		    strerror(err));
	s->failed = true;
}

void state_put(struct state *s, struct state_record *r)
{
	int err;

	r->slot.generation++;
	r->slot.stamp = s->stamp;
	r->which = !r->which;
	err = state_slot_write(s->file.fd, (size_t)(r - s->record), r->which,
			       &r->slot);
	if (err)
		failed(s, -err);
	r->dirty = true;
}

/* Both slots, so that either of them alone says the same. */
static void put_twice(struct state *s, struct state_record *r)
{
	state_put(s, r);
	state_put(s, r);
}

/* The disk must know it before anybody else does. */
static void put_down(struct state *s, struct state_record *r)
{
	size_t i;

	put_twice(s, r);
	for (i = 0; i < STATE_RECORDS; i++)
		if (state_margin_short(&s->record[i])) {
			state_margin_raise(&s->record[i],
					   s->record[i].slot.max);
			put_twice(s, &s->record[i]);
		}
	if (s->flush.sync(s->file.fd))
		failed(s, errno);
}

/*
 * The machine stopped without closing the file: what was accepted after the
 * last flush is not known, but that it was not above the ceiling.
 */
static void advance(struct state *s, struct state_record *r)
{
	if (r->slot.flags & STATE_SLOT_STARTED) {
		r->slot.max = r->slot.ceiling;
		memset(r->slot.seen, 0xff, sizeof(r->slot.seen));
		r->slot.flags |= STATE_SLOT_OLDEST;
		r->slot.ceiling += STATE_MARGIN_MIN;
	}
	r->slot.last_id += STATE_ID_STEP;
	put_twice(s, r);
}

/* False for a second record of a name; there is none unless a disk lies. */
static bool load(struct state *s, size_t i)
{
	struct state_record *r = &s->record[i];
	const struct state_slot *slot;

	slot = state_slot_newest(s->file.image, i, &r->which);
	if (!slot || find(s, slot->name))
		return false;
	r->slot = *slot;
	r->tick_max = slot->max;
	r->durable = slot->ceiling;
	r->pending = slot->ceiling;
	r->margin = slot->ceiling - slot->max;
	r->safe = slot->flags & STATE_SLOT_STARTED;
	if (s->stamp < slot->stamp)
		s->stamp = slot->stamp;
	add(s, r);
	return true;
}

static int load_all(struct state *s)
{
	size_t i, n = 0;

	for (i = 0; i < STATE_RECORDS; i++)
		n += load(s, i);
	state_file_forget(&s->file);
	s->stamp++;
	if (s->file.advance && n) {
		log_msg(LOG_WARNING,
			"what the state file says may be a second old: sequence numbers count as used up to the ceiling of each control source, whose next %u requests (more if it was fast) may get no answer",
			STATE_MARGIN_MIN);
		for (i = 0; i < STATE_RECORDS; i++)
			if (s->record[i].used)
				advance(s, &s->record[i]);
	}
	for (i = 0; i < STATE_RECORDS; i++) {
		s->record[i].durable = s->record[i].slot.ceiling;
		s->record[i].pending = s->record[i].slot.ceiling;
		s->record[i].tick_max = s->record[i].slot.max;
		s->record[i].dirty = false;
	}
	return state_file_header(&s->file, s->boot, false);
}

struct state *state_open_boot(const char *directory,
			      const uint8_t boot[STATE_BOOT_SIZE])
{
	struct state *s = calloc(1, sizeof(*s));
	int err;

	if (!s || table_init(&s->names)) {
		log_msg(LOG_ERR, "out of memory");
		free(s);
		return NULL;
	}
	memcpy(s->boot, boot, sizeof(s->boot));
	if (state_file_open(&s->file, directory, boot))
		goto free_state;
	err = load_all(s);
	if (err) {
		log_msg(LOG_ERR, "state-directory %s: %s", directory,
			strerror(-err));
		goto close_file;
	}
	state_flush_init(&s->flush, s->file.fd);
	return s;

close_file:
	state_file_close(&s->file);
free_state:
	table_fini(&s->names);
	free(s);
	return NULL;
}

/* Of 32 hexadecimal digits and dashes; all zero, as no boot is, on failure. */
static void read_boot(uint8_t boot[STATE_BOOT_SIZE])
{
	FILE *f = fopen(BOOT_ID, "re");
	unsigned int byte;
	size_t i;

	memset(boot, 0, STATE_BOOT_SIZE);
	for (i = 0; f && i < STATE_BOOT_SIZE; i++) {
		if (fscanf(f, "%*[-]") < 0 || fscanf(f, "%2x", &byte) != 1)
			break;
		boot[i] = (uint8_t)byte;
	}
	if (f)
		fclose(f);
}

struct state *state_open(const char *directory)
{
	uint8_t boot[STATE_BOOT_SIZE];

	read_boot(boot);
	return state_open_boot(directory, boot);
}

/* What the kernel could not write it does not try to write again by itself. */
static void put_all(struct state *s)
{
	size_t i;

	s->failed = false;
	for (i = 0; i < STATE_RECORDS; i++)
		if (s->record[i].used)
			put_twice(s, &s->record[i]);
}

/* Clean is the file only if all of it is on the disk. */
static void finish(struct state *s)
{
	int err = 0;

	state_flush_wait(&s->flush);
	state_flush_poll(&s->flush, &err);
	if (err || s->failed)
		put_all(s);
	err = state_file_header(&s->file, s->boot, !s->failed);
	if (!err)
		return;
	failed(s, -err);
	/* The header may be what did not get there, or did so only just. */
	state_file_header(&s->file, s->boot, false);
}

void state_close(struct state *s)
{
	if (!s)
		return;
	finish(s);
	state_flush_fini(&s->flush);
	state_file_close(&s->file);
	table_fini(&s->names);
	free(s);
}

/* A free record, or the one that nobody has asked for longest. */
static struct state_record *choose(struct state *s)
{
	struct state_record *r, *oldest = NULL;
	size_t i;

	for (i = 0; i < STATE_RECORDS; i++) {
		r = &s->record[i];
		if (!r->used)
			return r;
		if (!oldest || r->touched < oldest->touched ||
		    (r->touched == oldest->touched &&
		     r->slot.stamp < oldest->slot.stamp))
			oldest = r;
	}
	log_limited(LOG_WARNING,
		    "state-directory: more than %u control sources; sequence numbers of %s are forgotten",
		    STATE_RECORDS, oldest->slot.name);
	table_del(&s->names, &oldest->node);
	return oldest;
}

static struct state_record *create(struct state *s, const char *name)
{
	struct state_record *r = choose(s);
	uint64_t generation = r->slot.generation;
	unsigned int which = r->which;

	memset(r, 0, sizeof(*r));
	r->slot.generation = generation;
	r->which = which;
	snprintf(r->slot.name, sizeof(r->slot.name), "%s", name);
	add(s, r);
	return r;
}

void state_remember(struct state *s, const char *source,
		    const struct tasking_memory *m)
{
	struct state_record *r = find(s, source);
	bool is_new = !r, covered;

	if (!r)
		r = create(s, source);
	covered = state_margin_covers(r, &m->window);
	if (!covered && m->unchecked)
		state_margin_follow(r, m->window.max);
	else if (!covered)
		state_margin_raise(r, m->window.max);
	r->touched = true;
	r->slot.flags = (m->window.started ? STATE_SLOT_STARTED : 0) |
			(m->window.oldest ? STATE_SLOT_OLDEST : 0) |
			(uint8_t)m->version.minor << STATE_SLOT_MINOR |
			(uint8_t)m->version.major << STATE_SLOT_MAJOR;
	r->slot.max = m->window.max;
	memcpy(r->slot.seen, m->window.seen, sizeof(r->slot.seen));
	r->slot.last_id = m->last_id;
	r->slot.criteria = m->criteria;
	if (!m->window.started)
		r->safe = false;
	if (!covered && !m->unchecked)
		put_down(s, r);
	else if (!covered || is_new)
		put_twice(s, r);
	else
		state_put(s, r);
}

bool state_recall(struct state *s, const char *source, struct tasking_memory *m)
{
	struct state_record *r = find(s, source);

	if (!r)
		return false;
	r->touched = true;
	memset(m, 0, sizeof(*m));
	m->window.started = r->slot.flags & STATE_SLOT_STARTED;
	m->window.oldest = r->slot.flags & STATE_SLOT_OLDEST;
	m->window.max = r->slot.max;
	memcpy(m->window.seen, r->slot.seen, sizeof(m->window.seen));
	m->last_id = r->slot.last_id;
	m->criteria = r->slot.criteria;
	m->version.minor = (uint8_t)(r->slot.flags >> STATE_SLOT_MINOR);
	m->version.major = (uint8_t)(r->slot.flags >> STATE_SLOT_MAJOR);
	return true;
}

/*
 * Somebody else's doing: cut off, it is written anew at the next tick; removed,
 * it serves until the end, and not longer.
 */
static void check_file(struct state *s)
{
	struct stat st;

	if (state_file_mend(&s->file)) {
		log_limited(LOG_WARNING,
			    "state-directory: the state file was cut off, it is written again");
		s->failed = true;
	}

	if (!fstat(s->file.fd, &st) && !st.st_nlink)
		log_limited(LOG_WARNING,
			    "state-directory: the state file was removed, sequence numbers will be forgotten when dtcpd ends");
}

void state_tick(struct state *s)
{
	int err = 0;

	switch (state_flush_poll(&s->flush, &err)) {
	case STATE_FLUSH_BUSY:
		return;
	case STATE_FLUSH_DONE:
		if (err)
			failed(s, err);
		else if (!s->failed)
			state_margin_done(s);
		break;
	default:
		break;
	}
	s->stamp++;
	if (s->failed)
		put_all(s);
	if (!state_margin_adapt(s))
		return;
	check_file(s);
	state_flush_start(&s->flush);
}

static bool explain(char *why, size_t room, const char *what)
{
	snprintf(why, room, "%s, expected a directory of this user's own that can be written",
		 what);
	return false;
}

static bool try_parent(const char *directory, char *why, size_t room)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", directory);
	if (!access(dirname(path), W_OK | X_OK))
		return true;
	return explain(why, room, strerror(errno));
}

bool state_try(const char *directory, char *why, size_t room)
{
	struct stat st;

	if (stat(directory, &st))
		return errno == ENOENT ? try_parent(directory, why, room) :
		       explain(why, room, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return explain(why, room, strerror(ENOTDIR));
	if (st.st_uid != geteuid())
		return explain(why, room, "it belongs to another user");
	if (st.st_mode & 022)
		return explain(why, room, "others may write it");
	if (access(directory, W_OK | X_OK))
		return explain(why, room, strerror(errno));
	return true;
}
