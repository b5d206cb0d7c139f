// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcp-proto/line.h"
#include "dtcp-proto/value.h"
#include "dtcp/sequence.h"

#define DIGITS_MAX 20

static int find_base(char *base, size_t room, struct trouble *t)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = getenv("HOME");
	const struct passwd *pw;

	/* A relative path is to be ignored, says the specification of XDG. */
	if (state && *state == '/') {
		snprintf(base, room, "%s/dtcp", state);
		return 0;
	}
	if (!home || !*home) {
		pw = getpwuid(getuid());
		if (!pw || !pw->pw_dir || *pw->pw_dir != '/')
			return trouble_set(t, "HOME is not set; expected "
					   "XDG_STATE_HOME, a directory for "
					   "sequence numbers, or "
					   "--sequence-file");
		home = pw->pw_dir;
	}
	snprintf(base, room, "%s/.local/state/dtcp", home);
	return 0;
}

static size_t put_safe(char *out, size_t room, const char *text)
{
	size_t n = 0;

	for (; *text && n + 4 < room; text++) {
		unsigned char c = (unsigned char)*text;
		bool safe = isalnum(c) || strchr("._:-", c);

		n += (size_t)snprintf(out + n, room - n, safe ? "%c" : "%%%02X",
				      c);
	}
	return n;
}

int sequence_path(char *path, size_t room, const char *csource,
		  const char *router, struct trouble *t)
{
	char base[PATH_MAX], source[256], at[512];
	int n;

	if (find_base(base, sizeof(base), t))
		return -1;
	source[put_safe(source, sizeof(source), csource)] = '\0';
	at[put_safe(at, sizeof(at), router)] = '\0';
	n = snprintf(path, room, "%s/%s@%s", base, source, at);
	if (n < 0 || (size_t)n >= room)
		return trouble_set(t, "%s: path too long", base);
	return 0;
}

static int make_parents(const char *path)
{
	char *copy = strdup(path), *slash;
	int err = copy ? 0 : -ENOMEM;

	for (slash = copy; !err && (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		if (mkdir(copy, 0700) && errno != EEXIST)
			err = -errno;
		*slash = '/';
	}
	free(copy);
	return err;
}

/* Reads the last number; 1 if there is none yet. */
static int read_last(int fd, uint64_t *last)
{
	char text[DIGITS_MAX + 2];
	ssize_t n = pread(fd, text, sizeof(text), 0);

	if (n < 0)
		return -errno;
	if (!n)
		return 1;
	while (n && text[n - 1] == '\n')
		n--;
	return dtcp_value_unsigned((struct dtcp_text){ text, (size_t)n },
				   UINT64_MAX, last);
}

/* All digits in one write, so that the file never holds half a number. */
static int write_last(int fd, uint64_t last)
{
	char text[DIGITS_MAX + 2];

	snprintf(text, sizeof(text), "%020" PRIu64 "\n", last);
	if (pwrite(fd, text, sizeof(text) - 1, 0) != sizeof(text) - 1)
		return -(errno ? errno : ENOSPC);
	if (ftruncate(fd, sizeof(text) - 1))
		return -errno;
	/* A number that a power cut takes back would be used twice. */
	return fdatasync(fd) && errno != EINVAL ? -errno : 0;
}

static int advance(int fd, uint64_t start, uint64_t *seq)
{
	uint64_t last;
	int got;

	if (flock(fd, LOCK_EX))
		return -errno;
	got = read_last(fd, &last);
	if (got < 0)
		return got;
	*seq = got ? start : last + 1;
	return write_last(fd, *seq);
}

int sequence_next(const char *path, uint64_t start, uint64_t *seq,
		  struct trouble *t)
{
	int err = make_parents(path);
	int fd;

	if (err)
		return trouble_set(t, "%s: cannot make its directory: %s", path,
				   strerror(-err));
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return trouble_set(t, "%s: %s", path, strerror(errno));
	errno = 0;
	err = advance(fd, start, seq);
	close(fd);
	if (err == -EINVAL)
		return trouble_set(t, "%s: expected one number; remove the "
				   "file to start from the clock", path);
	if (err)
		return trouble_set(t, "%s: %s", path, strerror(-err));
	return 0;
}
