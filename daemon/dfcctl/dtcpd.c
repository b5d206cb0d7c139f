// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"

/* A daemon that hangs must not make an operator's tool hang. */
#define PATIENCE 2	/* s */

static int connect_to(const char *path)
{
	struct timeval patience = { .tv_sec = PATIENCE };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd, err;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		       sizeof(patience)) ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

static int send_line(int fd, const char *question)
{
	char line[128];
	int len = snprintf(line, sizeof(line), "%s\n", question);

	if (len >= (int)sizeof(line)) {
		errno = EMSGSIZE;
		return -1;
	}
	return send(fd, line, len, MSG_NOSIGNAL) == len ? 0 : -1;
}

struct source {
	int fd;
	int err;
};

static size_t read_some(void *buffer, size_t len, void *data)
{
	struct source *s = data;
	ssize_t n = read(s->fd, buffer, len);

	if (n >= 0)
		return n;
	s->err = errno;
	return (size_t)-1;
}

static json_t *ask(int fd, const char *question)
{
	struct source s = { .fd = fd };
	json_t *answer;

	if (send_line(fd, question))
		return NULL;
	answer = json_load_callback(read_some, &s, JSON_REJECT_DUPLICATES,
				    NULL);
	if (answer && !json_is_object(answer)) {
		json_decref(answer);
		answer = NULL;
	}
	if (!answer)
		errno = s.err ? s.err : EPROTO;
	return answer;
}

json_t *dtcpd_ask(const char *path, const char *question)
{
	int fd = connect_to(path);
	json_t *answer;
	int err;

	if (fd < 0)
		return NULL;
	answer = ask(fd, question);
	err = errno;
	close(fd);
	errno = err;
	return answer;
}

int dtcpd_request(const char *path, const char *request, json_t **answer)
{
	json_t *o = dtcpd_ask(path, request);
	const char *why;
	int status;

	if (!o)
		return error_say(ERROR_USAGE,
				 "dtcpd does not answer on %s: %s; is it "
				 "running?", path, strerror(errno));
	why = json_string_value(json_object_get(o, "error"));
	if (!why) {
		*answer = o;
		return 0;
	}
	status = error_say(ERROR_REFUSED, "dtcpd: %s", why);
	json_decref(o);
	return status;
}

/* Where it cannot be told, it is taken for ours. */
static bool is_other_namespace(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof(peer);
	struct stat ours, theirs;
	char path[64];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) || !peer.pid)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)peer.pid);
	if (stat(path, &theirs) || stat("/proc/self/ns/net", &ours))
		return false;
	return ours.st_dev != theirs.st_dev || ours.st_ino != theirs.st_ino;
}

static json_t *ask_here(const char *path, const char *question)
{
	json_t *answer = NULL;
	int fd = connect_to(path);

	if (fd < 0)
		return NULL;
	if (!is_other_namespace(fd))
		answer = ask(fd, question);
	close(fd);
	return answer;
}

static void add_keys(json_t *row, json_t *extra, const char *except)
{
	const char *key;
	json_t *value;

	json_object_foreach(extra, key, value)
		if (strcmp(key, except) && !json_object_get(row, key))
			json_object_set(row, key, value);
}

static void id_text(const json_t *id, char text[24])
{
	snprintf(text, 24, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
}

void dtcpd_join(json_t *rows, const char *key, json_t *extra,
		const char *extra_key)
{
	json_t *by_id = json_object();
	char id[24];
	json_t *row;
	size_t i;

	json_array_foreach(extra, i, row) {
		id_text(json_object_get(row, extra_key), id);
		json_object_set(by_id, id, row);
	}
	json_array_foreach(rows, i, row) {
		id_text(json_object_get(row, key), id);
		add_keys(row, json_object_get(by_id, id), extra_key);
	}
	json_decref(by_id);
}

void dtcpd_join_filters(const char *path, json_t *filters)
{
	json_t *answer = ask_here(path, "criteria");

	dtcpd_join(filters, "id", json_object_get(answer, "criteria"),
		   "filter");
	json_decref(answer);
}

void dtcpd_join_groups(const char *path, json_t *groups)
{
	json_t *answer = ask_here(path, "groups");

	dtcpd_join(groups, "id", json_object_get(answer, "groups"), "group");
	json_decref(answer);
}

void dtcpd_join_destinations(const char *path, json_t *destinations)
{
	json_t *answer = ask_here(path, "destinations");

	dtcpd_join(destinations, "id", json_object_get(answer, "destinations"),
		   "destination");
	json_decref(answer);
}

void dtcpd_join_statistics(const char *path, json_t *record)
{
	json_t *answer = ask_here(path, "statistics");

	add_keys(record, json_object_get(answer, "statistics"), "");
	json_decref(answer);
}

static int fail(int fd, int err)
{
	close(fd);
	errno = err;
	return -1;
}

int dtcpd_listen(const char *path)
{
	int fd = connect_to(path);

	if (fd < 0)
		return -1;
	if (is_other_namespace(fd))
		return fail(fd, EXDEV);
	if (send_line(fd, "events") || fcntl(fd, F_SETFL, O_NONBLOCK))
		return fail(fd, errno);
	return fd;
}
