// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "dtcp/secret.h"

void secret_default(struct secret *s)
{
	s->len = strlen(SECRET_DEFAULT_KEY);
	memcpy(s->key, SECRET_DEFAULT_KEY, s->len);
}

int secret_read(struct secret *s, const char *path, struct trouble *t)
{
	char text[DTCP_KEY_MAX + 3];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return trouble_set(t, "%s: %s", path, strerror(errno));
	/* Unbuffered, or stdio would keep a copy of the key. */
	setvbuf(f, NULL, _IONBF, 0);
	n = fread(text, 1, sizeof(text), f);
	if (ferror(f)) {
		fclose(f);
		return trouble_set(t, "%s: cannot be read", path);
	}
	fclose(f);
	if (n && text[n - 1] == '\n')
		n--;
	if (n && text[n - 1] == '\r')
		n--;
	if (!n || n > DTCP_KEY_MAX)
		return trouble_set(t, "%s: expected a shared key of 1..%d "
				   "bytes", path, DTCP_KEY_MAX);
	memcpy(s->key, text, n);
	s->len = n;
	explicit_bzero(text, sizeof(text));
	return 0;
}

static int read_line(int fd, char *answer, size_t room)
{
	size_t n = 0;

	while (n < room) {
		ssize_t got = read(fd, answer + n, 1);

		if (got <= 0)
			return -1;
		if (answer[n] == '\n') {
			answer[n] = '\0';
			return 0;
		}
		n++;
	}
	return -1;
}

int secret_ask(const char *prompt, char *answer, size_t room)
{
	int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
	struct termios before, quiet;
	int err;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &before)) {
		close(fd);
		return -1;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s", prompt);
	err = read_line(fd, answer, room);
	dprintf(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &before);
	close(fd);
	return err;
}
