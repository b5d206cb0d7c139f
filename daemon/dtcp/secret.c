// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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

/* What a key may be, and a line end, and one byte that is too many. */
#define TEXT_MAX (DTCP_KEY_MAX + 3)

/* Those that the terminal or its end sends to who waits at a prompt. */
static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGTSTP };

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught;

static int take(struct secret *s, const char *text, size_t n,
		const char *where, struct trouble *t)
{
	if (!n || n > DTCP_KEY_MAX)
		return trouble_set(t, "%s: expected a shared key of 1..%d "
				   "bytes", where, DTCP_KEY_MAX);
	memcpy(s->key, text, n);
	s->len = n;
	return 0;
}

int secret_set(struct secret *s, const char *key, const char *where,
	       struct trouble *t)
{
	return take(s, key, strlen(key), where, t);
}

static int use_text(struct secret *s, const char *text, size_t n,
		    const char *path, struct trouble *t)
{
	if (n && text[n - 1] == '\n')
		n--;
	if (n && text[n - 1] == '\r')
		n--;
	return take(s, text, n, path, t);
}

int secret_read(struct secret *s, const char *path, struct trouble *t)
{
	FILE *f = fopen(path, "re");
	char text[TEXT_MAX];
	size_t n;
	int err;

	if (!f)
		return trouble_set(t, "%s: %s", path, strerror(errno));
	/* Unbuffered, or stdio would keep a copy of the key. */
	setvbuf(f, NULL, _IONBF, 0);
	n = fread(text, 1, sizeof(text), f);
	err = ferror(f) ? trouble_set(t, "%s: cannot be read", path) :
	      use_text(s, text, n, path, t);
	fclose(f);
	explicit_bzero(text, sizeof(text));
	return err;
}

static void on_signal(int number)
{
	caught = number;
}

/* Signals wait until somebody reads, and then are only noted. */
static void catch_signals(struct sigaction before[SIGNALS], sigset_t *mask)
{
	struct sigaction note = { .sa_handler = on_signal };
	sigset_t held;
	size_t i;

	caught = 0;
	sigemptyset(&note.sa_mask);
	sigemptyset(&held);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&held, signals[i]);
	sigprocmask(SIG_BLOCK, &held, mask);
	for (i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &note, NULL);
	}
}

/* The signal does what it was sent for, now that there is echo again. */
static void release_signals(const struct sigaction before[SIGNALS],
			    const sigset_t *mask)
{
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &before[i], NULL);
	if (caught)
		raise(caught);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

static int read_line(int fd, char *answer, size_t room,
		     const sigset_t *mask)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t n = 0;

	while (n < room) {
		/* Signals get in here only: none is missed before reading. */
		if (ppoll(&wait, 1, NULL, mask) < 0 || caught ||
		    read(fd, answer + n, 1) != 1)
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
	struct sigaction actions[SIGNALS];
	struct termios before, quiet;
	sigset_t mask;
	int err;

	if (fd < 0)
		return -1;
	if (tcgetattr(fd, &before)) {
		close(fd);
		return -1;
	}
	catch_signals(actions, &mask);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &quiet);
	dprintf(fd, "%s", prompt);
	err = read_line(fd, answer, room, &mask);
	if (err)
		explicit_bzero(answer, room);
	dprintf(fd, "\n");
	tcsetattr(fd, TCSAFLUSH, &before);
	close(fd);
	release_signals(actions, &mask);
	return err;
}
