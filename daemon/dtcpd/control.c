// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "dfc-netlink/stamp.h"
#include "dtcpd/control.h"
#include "dtcpd/log.h"

#define CLIENTS_MAX	16
#define PATIENCE	10000	/* ms without progress */
#define REQUEST_MAX	256
#define LISTENERS_MAX	8		/* so that there is room for requests */
#define WAITING_MAX	(256U << 10)	/* bytes of events for one of them */

/**
 * struct client - one request, or one who listens to events
 * @control: who asks whom
 * @watch: its socket
 * @request: line received so far
 * @len: bytes in @request
 * @listens: to events, from now on until it goes
 * @answer: owned; NULL until there is one
 * @rest: what is still to be written of it
 * @left: bytes in @rest
 * @due: loop_now() when something must have moved; of one that listens only
 *	while @left is not 0
 */
struct client {
	struct control *control;
	struct loop_watch watch;
	char request[REQUEST_MAX];
	size_t len;
	bool listens;
	char *answer;
	const char *rest;
	size_t left;
	int64_t due;
	LIST_ENTRY(client) link;
};

struct control {
	struct loop *loop;
	struct loop_watch watch;
	struct sockaddr_un addr;
	control_answer_fn *answer;
	void *ctx;
	unsigned int nclients;
	unsigned int nlisteners;
	LIST_HEAD(client_list, client) clients;
};

static void remove_client(struct client *c)
{
	struct control *control = c->control;

	loop_del(control->loop, &c->watch);
	close(c->watch.fd);
	LIST_REMOVE(c, link);
	control->nclients--;
	control->nlisteners -= c->listens;
	free(c->answer);
	free(c);
	/* Others may wait in the backlog. */
	loop_set(control->loop, &control->watch, EPOLLIN);
}

/* Returns whether the client is to be waited for. */
static bool write_answer(struct client *c)
{
	ssize_t n;

	n = send(c->watch.fd, c->rest, c->left, MSG_NOSIGNAL);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->rest += n;
	c->left -= (size_t)n;
	c->due = loop_now() + PATIENCE;
	return c->left > 0;
}

static char *answer_to(const struct control *control, char *request)
{
	char *argument = strchr(request, ' ');
	json_t *o;
	char *text;

	if (argument)
		*argument++ = '\0';
	if (!strcmp(request, "events"))
		o = json_pack("{ss}", "error", argument ?
			      "events takes no argument" :
			      "too many listen to events already");
	else
		o = control->answer(control->ctx, request, argument);
	if (!o)
		o = json_pack("{s:s}", "error", "unknown request, expected "
			      "criteria, destinations, groups, "
			      "control-source, source-names, statistics, "
			      "audit, ssh, udp, events or clear");
	text = json_dumps(o, JSON_COMPACT);
	json_decref(o);
	return text;
}

/* An event as a line, freed by the caller. */
static char *event_line(json_t *event)
{
	json_t *o = json_pack("{so}", "time", dfc_stamp_now());
	char *text, *line = NULL;

	json_object_update(o, event);
	text = json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(15));
	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(text);
	json_decref(o);
	return line;
}

/* Returns whether there was room for it. */
static bool append(struct client *c, const char *text, size_t len)
{
	char *all;

	if (c->left + len > WAITING_MAX)
		return false;
	all = malloc(c->left + len);
	if (!all)
		return false;
	if (c->left)
		memcpy(all, c->rest, c->left);
	else
		c->due = loop_now() + PATIENCE;
	memcpy(all + c->left, text, len);
	free(c->answer);
	c->answer = all;
	c->rest = all;
	c->left += len;
	return true;
}

static void drop_slow(struct client *c)
{
	log_limited(LOG_WARNING, "control-socket: who listens to events does "
		    "not read them and is disconnected");
	remove_client(c);
}

/* Returns whether the client is to be waited for. */
static bool write_events(struct client *c)
{
	bool alive = true;

	if (c->left)
		alive = write_answer(c) || !c->left;
	loop_set(c->control->loop, &c->watch,
		 EPOLLIN | (c->left ? EPOLLOUT : 0));
	return alive;
}

/* Returns whether the client is to be waited for. */
static bool start_listening(struct client *c)
{
	json_t *event = json_pack("{ss}", "event", "listening");
	char *line = event_line(event);
	bool done = line && append(c, line, strlen(line));

	json_decref(event);
	free(line);
	if (!done)
		return false;
	c->listens = true;
	c->control->nlisteners++;
	return write_events(c);
}

/* It has nothing more to say; what it says is passed over. */
static bool hear_listener(struct client *c)
{
	char said[REQUEST_MAX];
	ssize_t n = recv(c->watch.fd, said, sizeof(said), 0);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	return n && write_events(c);
}

bool control_heard(const struct control *c)
{
	return c && c->nlisteners;
}

void control_publish(struct control *c, json_t *event)
{
	struct client *client, *next;
	char *line;

	if (!control_heard(c))
		return;
	line = event_line(event);
	for (client = LIST_FIRST(&c->clients); client; client = next) {
		next = LIST_NEXT(client, link);
		if (!client->listens)
			continue;
		if (!line || !append(client, line, strlen(line)))
			drop_slow(client);
		else if (!write_events(client))
			remove_client(client);
	}
	free(line);
}

/* Whole answers end with a line end, so that a cut one can be told. */
static bool give_answer(struct client *c)
{
	char *text, *with_end;

	c->request[strcspn(c->request, "\r\n")] = '\0';
	if (!strcmp(c->request, "events") &&
	    c->control->nlisteners < LISTENERS_MAX)
		return start_listening(c);
	text = answer_to(c->control, c->request);
	if (!text)
		return false;
	with_end = realloc(text, strlen(text) + 2);
	if (!with_end) {
		free(text);
		return false;
	}
	strcat(with_end, "\n");
	c->answer = with_end;
	c->rest = with_end;
	c->left = strlen(with_end);
	loop_set(c->control->loop, &c->watch, EPOLLOUT);
	return write_answer(c);
}

/* Returns whether the client is to be waited for. */
static bool read_request(struct client *c)
{
	size_t room = sizeof(c->request) - 1 - c->len;
	ssize_t n;

	n = recv(c->watch.fd, c->request + c->len, room, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	c->len += (size_t)n;
	c->request[c->len] = '\0';
	if (memchr(c->request, '\n', c->len))
		return give_answer(c);
	/* A line that was cut off may mean something else: it is not done. */
	return n > 0 && c->len < sizeof(c->request) - 1;
}

static void on_client(void *arg, uint32_t events)
{
	struct client *c = arg;

	if (!(c->listens ? hear_listener(c) :
	      c->answer ? write_answer(c) : read_request(c)))
		remove_client(c);
}

static void add_client(struct control *control, int fd)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c) {
		close(fd);
		return;
	}
	c->control = control;
	c->watch = (struct loop_watch){ fd, 0, on_client, c };
	c->due = loop_now() + PATIENCE;
	if (loop_add(control->loop, &c->watch, EPOLLIN)) {
		close(fd);
		free(c);
		return;
	}
	LIST_INSERT_HEAD(&control->clients, c, link);
	control->nclients++;
}

static void on_connection(void *arg, uint32_t events)
{
	struct control *c = arg;
	int fd;

	fd = accept4(c->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0)
		add_client(c, fd);
	/* Out of descriptors: not before one is free again, or a tick later. */
	if (c->nclients == CLIENTS_MAX ||
	    (fd < 0 && (errno == EMFILE || errno == ENFILE)))
		loop_set(c->loop, &c->watch, 0);
}

static int remove_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ENOTSOCK;
	return unlink(path) ? -errno : 0;
}

static int bind_socket(int fd, const struct sockaddr_un *addr)
{
	mode_t mask = umask(0177);
	int err = 0;

	if (bind(fd, (const struct sockaddr *)addr, sizeof(*addr)))
		err = -errno;
	umask(mask);
	if (!err && listen(fd, CLIENTS_MAX))
		err = -errno;
	return err;
}

static int open_socket(struct control *c, const char *path)
{
	int err;

	if (strlen(path) >= sizeof(c->addr.sun_path))
		return -ENAMETOOLONG;
	c->addr.sun_family = AF_UNIX;
	strcpy(c->addr.sun_path, path);
	err = remove_stale(path);
	if (err)
		return err;
	c->watch.fd = socket(AF_UNIX,
			     SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->watch.fd < 0)
		return -errno;
	err = bind_socket(c->watch.fd, &c->addr);
	if (!err)
		err = loop_add(c->loop, &c->watch, EPOLLIN);
	if (err)
		close(c->watch.fd);
	return err;
}

struct control *control_open(struct loop *l, const char *path,
			     control_answer_fn *answer, void *ctx)
{
	struct control *c = calloc(1, sizeof(*c));
	int err = -ENOMEM;

	if (c) {
		c->loop = l;
		c->answer = answer;
		c->ctx = ctx;
		c->watch.fn = on_connection;
		c->watch.arg = c;
		LIST_INIT(&c->clients);
		err = open_socket(c, path);
	}
	if (err) {
		log_msg(LOG_ERR, "control-socket %s: %s", path,
			strerror(-err));
		free(c);
		return NULL;
	}
	return c;
}

void control_close(struct control *c)
{
	struct client *client;

	if (!c)
		return;
	while ((client = LIST_FIRST(&c->clients)))
		remove_client(client);
	loop_del(c->loop, &c->watch);
	close(c->watch.fd);
	unlink(c->addr.sun_path);
	free(c);
}

void control_tick(struct control *c)
{
	struct client *client, *next;
	int64_t now = loop_now();

	for (client = LIST_FIRST(&c->clients); client; client = next) {
		next = LIST_NEXT(client, link);
		if (now < client->due || (client->listens && !client->left))
			continue;
		if (client->listens)
			drop_slow(client);
		else
			remove_client(client);
	}
	if (c->nclients < CLIENTS_MAX)
		loop_set(c->loop, &c->watch, EPOLLIN);
}
