// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/lock.h"
#include "dtcpd/log.h"

static int make_directory(const char *file)
{
	char path[PATH_MAX];
	const char *dir;

	snprintf(path, sizeof(path), "%s", file);
	dir = dirname(path);
	if (!mkdir(dir, 0755)) {
		/* Whatever the umask is: dfcctl must get through. */
		chmod(dir, 0755);
		return 0;
	}
	if (errno == EEXIST)
		return 0;
	log_msg(LOG_ERR, "cannot make the directory %s of control-socket: %s",
		dir, strerror(errno));
	return -errno;
}

static void report_holder(int fd, const char *path)
{
	char text[16] = "";
	long pid;

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		text[0] = '\0';
	pid = strtol(text, NULL, 10);
	if (pid > 0)
		log_msg(LOG_ERR,
			"another dtcpd (pid %ld) is running (lock %s)",
			pid, path);
	else
		log_msg(LOG_ERR, "another dtcpd is running (lock %s)", path);
}

static int write_pid(int fd)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) || pwrite(fd, text, (size_t)len, 0) != len)
		return -1;
	return 0;
}

static int lock_file(int fd, const char *path)
{
	int err;

	if (flock(fd, LOCK_EX | LOCK_NB)) {
		err = errno;
		if (err == EWOULDBLOCK)
			report_holder(fd, path);
		else
			log_msg(LOG_ERR, "cannot lock %s: %s", path,
				strerror(err));
		return -err;
	}
	if (write_pid(fd)) {
		err = errno;
		log_msg(LOG_ERR, "cannot write %s: %s", path, strerror(err));
		return err ? -err : -EIO;
	}
	return 0;
}

int lock_take(const char *control_socket)
{
	char path[PATH_MAX];
	int fd, err;

	err = make_directory(control_socket);
	if (err)
		return err;
	snprintf(path, sizeof(path), "%s.lock", control_socket);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		err = errno;
		log_msg(LOG_ERR, "cannot open the lock %s: %s", path,
			strerror(err));
		return -err;
	}
	err = lock_file(fd, path);
	if (err) {
		close(fd);
		return err;
	}
	return fd;
}

/*
 * The file stays: a dtcpd that starts just now may have opened it already,
 * and would then hold a lock on a file that the next one does not find.
 */
void lock_release(int fd)
{
	close(fd);
}
