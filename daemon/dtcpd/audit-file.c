// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/audit-file.h"
#include "dtcpd/log.h"

#define TAIL_MAX	(2 * CHAIN_LINE_MAX)	/* the last two lines fit */

static bool refuse(const struct audit_file *f, const char *why)
{
	log_msg(LOG_ERR, "audit-log %s: %s", f->path, why);
	return false;
}

/* Where the last whole line before @end begins; 0: at the begin of @text. */
static size_t line_before(const char *text, size_t end)
{
	const char *newline = end < 2 ? NULL : memrchr(text, '\n', end - 1);

	return newline ? (size_t)(newline - text) + 1 : 0;
}

/* The last line must be good, and follow from the one before. */
static bool check_end(const struct audit_file *f, const char *text, size_t end,
		      const struct chain_key *key, struct chain_head *head)
{
	size_t last = line_before(text, end), before;
	const struct chain_head nothing = { 0 };
	struct chain_head from = { 0 };

	if (last) {
		before = line_before(text, last);
		chain_check(&nothing, key, text + before, last - 1 - before,
			    &from, NULL);
	}
	switch (chain_check(&from, key, text + last, end - 1 - last, head,
			    NULL)) {
	case CHAIN_GOOD:
	case CHAIN_MISSING:	/* noted when it was written */
		return true;
	case CHAIN_NO_LINE:
		return refuse(f, "its last line is none of an audit log; move it away to begin another");
	default:
		return refuse(f, "its last line was changed, or written with another audit-key-file; move it away to begin another");
	}
}

static bool cut_torn(struct audit_file *f, const char *text, size_t len,
		     off_t offset, size_t end, struct audit_tail *tail)
{
	f->size = offset + (off_t)end;
	if (end == len)
		return true;
	tail->torn = strndup(text + end, len - end);
	tail->torn_len = len - end;
	if (!tail->torn || ftruncate(f->fd, f->size))
		return refuse(f, "its torn last line cannot be cut off");
	log_msg(LOG_WARNING,
		"audit-log %s: the last line was torn, %zu bytes are cut off",
		f->path, len - end);
	return true;
}

static bool read_tail(struct audit_file *f, off_t size,
		      const struct chain_key *key, struct audit_tail *tail)
{
	size_t len = size < (off_t)TAIL_MAX ? (size_t)size : TAIL_MAX, end;
	off_t offset = size - (off_t)len;
	char *text = malloc(len + 1);
	const char *newline;
	bool good = false;

	if (!text || pread(f->fd, text, len, offset) != (ssize_t)len) {
		free(text);
		return refuse(f, "it cannot be read");
	}
	newline = memrchr(text, '\n', len);
	end = newline ? (size_t)(newline - text) + 1 : 0;
	if (!end && offset)
		good = refuse(f, "it is no audit log");
	else if (!end || check_end(f, text, end, key, &tail->head))
		good = cut_torn(f, text, len, offset, end, tail);
	free(text);
	return good;
}

static bool open_locked(struct audit_file *f, struct stat *st)
{
	f->fd = open(f->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC |
		     O_NOFOLLOW | O_NONBLOCK, 0600);
	if (f->fd < 0 || fstat(f->fd, st))
		return refuse(f, strerror(errno));
	if (!S_ISREG(st->st_mode))
		return refuse(f, "it is no regular file");
	if (flock(f->fd, LOCK_EX | LOCK_NB))
		return refuse(f, "somebody else writes it");
	return true;
}

static void free_file(struct audit_file *f)
{
	if (f && f->fd >= 0)
		close(f->fd);
	if (f)
		free(f->path);
	free(f);
}

struct audit_file *audit_file_open(const char *path,
				   const struct chain_key *key,
				   struct audit_tail *tail)
{
	struct audit_file *f = calloc(1, sizeof(*f));
	struct stat st;

	memset(tail, 0, sizeof(*tail));
	if (f) {
		f->fd = -1;
		f->path = strdup(path);
	}
	if (f && f->path && open_locked(f, &st) &&
	    read_tail(f, st.st_size, key, tail)) {
		state_flush_init(&f->flush, f->fd);
		return f;
	}
	free_file(f);
	free(tail->torn);
	tail->torn = NULL;
	return NULL;
}

void audit_file_close(struct audit_file *f)
{
	if (!f)
		return;
	state_flush_fini(&f->flush);
	if (f->dirty && fdatasync(f->fd))
		log_msg(LOG_ERR, "audit-log %s: %s", f->path, strerror(errno));
	free_file(f);
}

int audit_file_append(struct audit_file *f, const char *line)
{
	size_t len = strlen(line);
	ssize_t n = write(f->fd, line, len);
	int err = n < 0 ? -errno : -ENOSPC;

	if (n == (ssize_t)len) {
		f->size += n;
		f->dirty = true;
		return 0;
	}
	if (n > 0 && ftruncate(f->fd, f->size))
		log_msg(LOG_ERR, "audit-log %s: a torn line cannot be cut off: %s",
			f->path, strerror(errno));
	return err;
}

bool audit_file_is_there(const struct audit_file *f)
{
	struct stat there, open;

	return !stat(f->path, &there) && !fstat(f->fd, &open) &&
	       there.st_dev == open.st_dev && there.st_ino == open.st_ino;
}

void audit_file_tick(struct audit_file *f)
{
	enum state_flush_stage stage;
	int err = 0;

	stage = state_flush_poll(&f->flush, &err);
	if (stage == STATE_FLUSH_BUSY)
		return;
	if (stage == STATE_FLUSH_DONE && err)
		log_msg(LOG_ERR, "audit-log %s: lines may not be on the disk: %s",
			f->path, strerror(err));
	if (!f->dirty)
		return;
	f->dirty = false;
	state_flush_start(&f->flush);
}

void audit_head_read(const char *path, struct chain_head *head)
{
	*head = chain_start;
	if (chain_head_read(path, head) == -EINVAL)
		log_msg(LOG_WARNING,
			"%s does not say where the audit log ended: whether its end is missing is not known",
			path);
}

int audit_head_write(const char *path, const struct chain_head *head)
{
	char text[CHAIN_HEAD_LEN + 2], new[PATH_MAX];
	int fd, len, err = 0;

	if (snprintf(new, sizeof(new), "%s.new", path) >= (int)sizeof(new))
		return -ENAMETOOLONG;
	len = snprintf(text, sizeof(text), "%llu:%s\n",
		       (unsigned long long)head->seq, head->hash);
	if (len >= (int)sizeof(text))
		return -EOVERFLOW;
	fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		  0600);
	if (fd < 0)
		return -errno;
	if (write(fd, text, (size_t)len) != len)
		err = -ENOSPC;
	close(fd);
	if (!err && rename(new, path))
		err = -errno;
	return err;
}
