/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_DTCPD_H
#define DFCCTL_DTCPD_H

#include <jansson.h>

#define DTCPD_CONTROL_SOCKET "/run/dtcpd/control"

/**
 * dtcpd_ask() - put a question to dtcpd's control socket
 * @path: control socket
 * @question: such as "criteria"
 *
 * Return: the answer, a JSON object owned by the caller; NULL with errno:
 * what connecting said (ENOENT, ECONNREFUSED: dtcpd does not run), EAGAIN:
 * no answer in two seconds, EPROTO: that was no JSON object, EMSGSIZE: the
 * question is longer than dtcpd takes.
 */
json_t *dtcpd_ask(const char *path, const char *question);

/**
 * dtcpd_request() - ask for what a command cannot do without
 * @path: control socket
 * @request: as the question of dtcpd_ask()
 * @answer: filled with a JSON object owned by the caller on success
 *
 * Return: 0, or an exit status after saying what is wrong: nobody answers, or
 * dtcpd refused.
 */
int dtcpd_request(const char *path, const char *request, json_t **answer);

/**
 * dtcpd_join_filters() - add what dtcpd knows of filters
 * @path: control socket
 * @filters: array of filters as the kernel told them
 *
 * Adds control source, Criteria-ID and names of content destinations to the
 * filters that criteria stand on. Adds nothing when dtcpd does not answer, or
 * lives in another network namespace: ids mean something else there.
 */
void dtcpd_join_filters(const char *path, json_t *filters);

/**
 * dtcpd_join_destinations() - add what dtcpd knows of destinations
 * @path: control socket
 * @destinations: array of destinations as the kernel told them
 *
 * Adds name and capture group; otherwise as dtcpd_join_filters().
 */
void dtcpd_join_destinations(const char *path, json_t *destinations);

/**
 * dtcpd_join_groups() - add what dtcpd knows of groups
 * @path: control socket
 * @groups: array of groups as the kernel told them
 *
 * Adds the name of the capture group; otherwise as dtcpd_join_filters().
 */
void dtcpd_join_groups(const char *path, json_t *groups);

/**
 * dtcpd_join_statistics() - add what dtcpd knows of the namespace
 * @path: control socket
 * @record: counters of the namespace as the kernel told them
 *
 * Adds messages of DTCP; otherwise as dtcpd_join_filters().
 */
void dtcpd_join_statistics(const char *path, json_t *record);

/**
 * dtcpd_listen() - ask for dtcpd's events
 * @path: control socket
 *
 * Return: a socket that does not block, from which one JSON object a line can
 * be read, closed by the caller; -1 with errno: as dtcpd_ask(), or EXDEV: that
 * dtcpd lives in another network namespace.
 */
int dtcpd_listen(const char *path);

/**
 * dtcpd_join() - join two arrays of objects
 * @rows: array; objects in it get the keys of @extra
 * @key: key of an id in @rows
 * @extra: array
 * @extra_key: key of the same id in @extra; is not copied
 */
void dtcpd_join(json_t *rows, const char *key, json_t *extra,
		const char *extra_key);

#endif
