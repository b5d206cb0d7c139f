// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <zlib.h>

#include "dtcpd/log.h"
#include "dtcpd/state-file.h"

#define FILE_NAME	"state"
#define NEW_NAME	"state.new"
#define BAD_NAME	"state.bad"
#define MAGIC		"dtcpdst"

static uint32_t checksum(const struct state_header *h)
{
	return (uint32_t)crc32(0, (const void *)h,
			       offsetof(struct state_header, crc));
}

static int write_all(int fd, const void *data, size_t len, off_t at)
{
	ssize_t done = pwrite(fd, data, len, at);

	if (done == (ssize_t)len)
		return 0;
	return done < 0 ? -errno : -ENOSPC;
}

int state_file_header(struct state_file *f,
		      const uint8_t boot[STATE_BOOT_SIZE], bool clean)
{
	struct state_header h = {
		.magic = MAGIC,
		.version = STATE_VERSION,
		.records = STATE_RECORDS,
		.slot_size = STATE_SLOT_SIZE,
		.clean = clean,
	};
	int err;

	memcpy(h.boot, boot, sizeof(h.boot));
	h.crc = checksum(&h);
	/* What the header says must be true before it says so. */
	err = fsync(f->fd) ? -errno : write_all(f->fd, &h, sizeof(h), 0);
	return err ? err : fsync(f->fd) ? -errno : 0;
}

static int open_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0 || errno != ENOENT)
		return fd < 0 ? -errno : fd;
	if (mkdir(path, 0700))
		return -errno;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static const char another_user[] =
	"it belongs to another user than dtcpd runs as now, expected the same: by systemd that is dtcpd";

static int lock_directory(const char *path)
{
	int fd = open_directory(path);
	const char *why = NULL;
	struct stat st;

	if (fd == -EACCES && !stat(path, &st) && st.st_uid != geteuid())
		why = another_user;
	else if (fd < 0)
		why = strerror(-fd);
	else if (fstat(fd, &st))
		why = strerror(errno);
	else if (st.st_uid != geteuid())
		why = another_user;
	else if (st.st_mode & 022)
		why = "others may write it, expected mode 700";
	else if (flock(fd, LOCK_EX | LOCK_NB))
		why = errno == EWOULDBLOCK ? "another dtcpd uses it" :
		      strerror(errno);
	if (!why)
		return fd;
	log_msg(LOG_ERR, "state-directory %s: %s", path, why);
	if (fd >= 0)
		close(fd);
	return -EACCES;
}

/* Zeros are written and not only promised: a full disk cannot matter later. */
static int fill(struct state_file *f)
{
	static const uint8_t unknown[STATE_BOOT_SIZE];
	uint8_t block[STATE_HEADER_SIZE] = { 0 };
	off_t at;
	int err;

	for (at = 0; at < (off_t)STATE_FILE_SIZE; at += sizeof(block)) {
		err = write_all(f->fd, block, sizeof(block), at);
		if (err)
			return err;
	}
	return state_file_header(f, unknown, false);
}

static int make(struct state_file *f)
{
	int err;

	f->fd = openat(f->dir, NEW_NAME, O_RDWR | O_CREAT | O_TRUNC |
		       O_NOFOLLOW | O_CLOEXEC, 0600);
	if (f->fd < 0)
		return -errno;
	err = fill(f);
	if (err) {
		close(f->fd);
		f->fd = -1;
		unlinkat(f->dir, NEW_NAME, 0);
	}
	return err;
}

/* The new file is whole before it gets the name that counts. */
static int name_new(struct state_file *f)
{
	if (renameat(f->dir, NEW_NAME, f->dir, FILE_NAME) || fsync(f->dir))
		return -errno;
	return 0;
}

/* A record both slots of which were written and neither is good. */
static bool is_damaged(const uint8_t *file, size_t record)
{
	static const uint8_t empty[STATE_SLOT_SIZE];
	const uint8_t *second = file + STATE_HEADER_SIZE +
				(2 * record + 1) * STATE_SLOT_SIZE;

	return !state_slot_newest(file, record, NULL) &&
	       memcmp(second, empty, sizeof(empty));
}

static size_t count_damaged(const uint8_t *file)
{
	size_t i, n = 0;

	for (i = 0; i < STATE_RECORDS; i++)
		n += is_damaged(file, i);
	return n;
}

/* Why a file cannot be used as it is; NULL: it can. */
static const char *judge(const struct state_header *h, const uint8_t *file,
			 off_t size, char *why, size_t room)
{
	size_t damaged;

	if (memcmp(h->magic, MAGIC, sizeof(h->magic)) ||
	    h->crc != checksum(h))
		return "its header is damaged";
	if (h->version != STATE_VERSION || h->records != STATE_RECORDS ||
	    h->slot_size != STATE_SLOT_SIZE) {
		snprintf(why, room, "it has format %u, expected %u",
			 h->version, STATE_VERSION);
		return why;
	}
	if (size != (off_t)STATE_FILE_SIZE) {
		snprintf(why, room, "it has %lld bytes, expected %lu",
			 (long long)size, STATE_FILE_SIZE);
		return why;
	}
	damaged = count_damaged(file);
	if (!damaged)
		return NULL;
	snprintf(why, room, "%zu records are damaged", damaged);
	return why;
}

/* All records that are good go into the new file, whatever else is wrong. */
static int salvage(struct state_file *f, size_t *saved)
{
	const struct state_slot *from;
	struct state_slot slot;
	int err = 0;
	size_t i;

	*saved = 0;
	for (i = 0; i < STATE_RECORDS && !err; i++) {
		from = state_slot_newest(f->image, i, NULL);
		if (!from)
			continue;
		slot = *from;
		err = state_slot_write(f->fd, *saved, 0, &slot);
		if (!err)
			err = state_slot_write(f->fd, (*saved)++, 1, &slot);
	}
	return err;
}

static int read_all(struct state_file *f)
{
	size_t have = 0;
	ssize_t n;

	memset(f->image, 0, STATE_FILE_SIZE);
	while ((n = pread(f->fd, f->image + have, STATE_FILE_SIZE - have,
			  (off_t)have)) > 0)
		have += (size_t)n;
	return n < 0 ? -errno : 0;
}

static int replace(struct state_file *f, const char *directory,
		   const char *why)
{
	size_t saved;
	int err;

	close(f->fd);
	err = make(f);
	if (!err)
		err = salvage(f, &saved);
	if (!err)
		err = read_all(f);
	if (err)
		return err;
	/* There is a file of the right name all the time. */
	unlinkat(f->dir, BAD_NAME, 0);
	if (fsync(f->fd) ||
	    linkat(f->dir, FILE_NAME, f->dir, BAD_NAME, 0))
		return -errno;
	log_msg(LOG_ERR,
		"%s/" FILE_NAME ": %s; moved to " BAD_NAME ", %zu control sources saved; of others the first sequence number is taken, whatever it is",
		directory, why, saved);
	/* How old it is nobody knows. */
	f->advance = true;
	return name_new(f);
}

static int make_first(struct state_file *f, const char *directory)
{
	int err = make(f);

	if (!err)
		err = name_new(f);
	if (!err)
		log_msg(LOG_NOTICE,
			"%s/" FILE_NAME " made: no sequence numbers are known from before",
			directory);
	return err;
}

static bool is_same_boot(const uint8_t *a, const uint8_t *b)
{
	static const uint8_t unknown[STATE_BOOT_SIZE];

	return !memcmp(a, b, STATE_BOOT_SIZE) &&
	       memcmp(a, unknown, STATE_BOOT_SIZE);
}

static int use_old(struct state_file *f, const char *directory,
		   const uint8_t boot[STATE_BOOT_SIZE])
{
	const struct state_header *h = (const void *)f->image;
	const char *why;
	struct stat st;
	char text[64];
	int err;

	if (fstat(f->fd, &st))
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	err = read_all(f);
	if (err)
		return err;
	why = judge(h, f->image, st.st_size, text, sizeof(text));
	if (why)
		return replace(f, directory, why);
	f->advance = !h->clean && !is_same_boot(h->boot, boot);
	return 0;
}

static int open_file(struct state_file *f, const char *directory,
		     const uint8_t boot[STATE_BOOT_SIZE])
{
	f->image = calloc(1, STATE_FILE_SIZE);
	if (!f->image)
		return -ENOMEM;
	f->fd = openat(f->dir, FILE_NAME, O_RDWR | O_NOFOLLOW | O_CLOEXEC |
		       O_NONBLOCK);
	if (f->fd < 0)
		return errno == ENOENT ? make_first(f, directory) : -errno;
	return use_old(f, directory, boot);
}

int state_file_open(struct state_file *f, const char *directory,
		    const uint8_t boot[STATE_BOOT_SIZE])
{
	int err;

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	f->dir = lock_directory(directory);
	if (f->dir < 0)
		return f->dir;
	err = open_file(f, directory, boot);
	if (!err)
		return 0;
	log_msg(LOG_ERR, "%s/" FILE_NAME ": %s", directory, strerror(-err));
	state_file_close(f);
	return err;
}

void state_file_forget(struct state_file *f)
{
	free(f->image);
	f->image = NULL;
}

void state_file_close(struct state_file *f)
{
	state_file_forget(f);
	if (f->fd >= 0)
		close(f->fd);
	close(f->dir);
}

bool state_file_mend(struct state_file *f)
{
	struct stat st;

	return !fstat(f->fd, &st) && st.st_size < (off_t)STATE_FILE_SIZE &&
	       !ftruncate(f->fd, (off_t)STATE_FILE_SIZE);
}
