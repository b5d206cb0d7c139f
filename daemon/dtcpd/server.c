// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/gate.h"
#include "dtcpd/hostkey.h"
#include "dtcpd/listener.h"
#include "dtcpd/log.h"
#include "dtcpd/server.h"
#include "dtcpd/session.h"

#define ACCEPTS_A_TURN 16

/* How they are counted and logged. */
static const struct {
	const char *key;
	const char *text;
} ends[SESSION_ENDS] = {
	[SESSION_DISCONNECTED] = { "disconnected", "disconnected" },
	[SESSION_NO_LOGIN] = { "no-login", "no login in time" },
	[SESSION_ATTEMPTS] = { "login-attempts", "too many login attempts" },
	[SESSION_NO_SUBSYSTEM] = { "no-subsystem", "no subsystem in time" },
	[SESSION_SILENT] = { "silent", "no sign of life" },
	[SESSION_UNREAD] = { "unread", "it does not read its answers" },
	[SESSION_NOT_KEPT] = { "not-kept", "its answer cannot be kept" },
	[SESSION_TOO_LONG] = { "too-long", "a line or message is too long" },
	[SESSION_WINDOW] = { "window", "it sends more than it may" },
	[SESSION_NO_MEMORY] = { "no-memory", "out of memory" },
	[SESSION_LOCKED_OUT] = { "locked-out", "it is locked out" },
	[SESSION_EVICTED] = { "evicted", "it made room for a new one" },
	[SESSION_UNKNOWN] = { "unknown", "no longer configured" },
};

struct client {
	struct session *session;
	struct gate_host host;
	TAILQ_ENTRY(client) link;
};

/**
 * struct server - the SSH server
 * @owner: what sessions see of it; first, so that it is found from there
 * @bind: host keys and algorithms for new sessions
 * @listeners: open sockets; NULL before the first configuration
 * @paused: accepting is put off until the next tick, out of descriptors
 * @gate: who may be there
 * @clients: oldest first
 * @accepted: connections that were let in
 * @ended: sessions, by reason
 */
struct server {
	struct session_owner owner;
	ssh_bind bind;
	struct listener_set *listeners;
	bool paused;
	struct gate gate;
	TAILQ_HEAD(client_list, client) clients;
	json_int_t accepted;
	json_int_t ended[SESSION_ENDS];
};

/**
 * struct server_change - a configuration that is ready to be taken
 * @server: who takes it
 * @config: the configuration
 * @bind: its host keys
 * @listeners: its sockets, in the loop but not waited for
 */
struct server_change {
	struct server *server;
	const struct config *config;
	ssh_bind bind;
	struct listener_set *listeners;
};

static void remove_client(struct server *s, struct client *c)
{
	gate_leave(&s->gate, &c->host, !session_user(c->session));
	TAILQ_REMOVE(&s->clients, c, link);
	session_free(c->session);
	free(c);
}

static void log_out(struct server *s, const struct client *c, const char *why)
{
	const struct tasking_origin o = {
		.user = session_user(c->session),
		.peer = session_peer(c->session),
		.transport = TASKING_SSH,
	};

	tasking_logout(s->owner.tasking, &o, why);
}

static void end_client(struct server *s, struct client *c,
		       enum session_end why)
{
	const char *user = session_user(c->session);
	const char *peer = session_peer(c->session);

	if (user)
		log_msg(LOG_INFO, "session of %s from %s ended: %s", user,
			peer, ends[why].text);
	else
		log_stranger(LOG_SSH, LOG_INFO, "connection from %s ended: %s",
			     peer, ends[why].text);
	if (user)
		log_out(s, c, ends[why].text);
	else if (why != SESSION_DISCONNECTED)
		tasking_refused(s->owner.tasking, peer, ends[why].text);
	s->ended[why]++;
	remove_client(s, c);
}

static struct client *find_client(struct server *s,
				  const struct session *session)
{
	struct client *c;

	for (c = TAILQ_FIRST(&s->clients); c; c = TAILQ_NEXT(c, link)) {
		if (c->session == session)
			break;
	}
	return c;
}

static void on_login(struct session_owner *o, struct session *session)
{
	struct server *s = (struct server *)o;
	struct client *c = find_client(s, session);

	gate_login(&s->gate, &c->host, session_attempts(session));
}

static void on_refused(struct session_owner *o, struct session *session)
{
	struct server *s = (struct server *)o;
	struct client *c = find_client(s, session);

	gate_failed(&s->gate, &c->host, session_peer(session), loop_now());
}

static bool on_try(struct session_owner *o, const struct session *session)
{
	struct server *s = (struct server *)o;
	struct client *c = find_client(s, session);

	return !gate_is_locked(&s->gate, &c->host, loop_now());
}

static void on_ended(struct session_owner *o, struct session *session,
		     enum session_end why)
{
	struct server *s = (struct server *)o;

	end_client(s, find_client(s, session), why);
}

static void evict_stranger(struct server *s, const struct gate_host *host)
{
	struct client *c;

	for (c = TAILQ_FIRST(&s->clients); c; c = TAILQ_NEXT(c, link)) {
		if (c->host.family == host->family &&
		    c->host.host == host->host && !session_user(c->session))
			break;
	}
	if (c)
		end_client(s, c, SESSION_EVICTED);
}

/* TCP notices in two minutes that the peer's machine is gone. */
static void set_socket_options(int fd)
{
	int on = 1, idle = 60, interval = 15, count = 4;

	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval,
		   sizeof(interval));
	setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Owns @fd. */
static void add_client(struct server *s, int fd, const struct gate_host *host,
		       const struct endpoint *peer)
{
	struct client *c = calloc(1, sizeof(*c));

	set_socket_options(fd);
	if (!c) {
		close(fd);
		gate_leave(&s->gate, host, true);
		return;
	}
	c->host = *host;
	c->session = session_alloc(&s->owner, s->bind, fd, peer);
	if (!c->session) {
		gate_leave(&s->gate, host, true);
		free(c);
		return;
	}
	TAILQ_INSERT_TAIL(&s->clients, c, link);
	s->accepted++;
}

/* Owns @fd. */
static void judge_client(struct server *s, int fd, const struct endpoint *peer)
{
	struct gate_host host, victim;
	enum gate_verdict verdict;
	char text[ENDPOINT_TEXT];
	bool evict;

	gate_host(&host, s->owner.config, peer);
	verdict = gate_enter(&s->gate, &host, loop_now(), &victim, &evict);
	if (evict)
		evict_stranger(s, &victim);
	if (verdict == GATE_OPEN) {
		add_client(s, fd, &host, peer);
		return;
	}
	endpoint_text(peer, text);
	log_stranger(LOG_SSH, LOG_NOTICE, "%s refused: %s", text,
		     gate_why(verdict));
	tasking_refused(s->owner.tasking, text, gate_why(verdict));
	close(fd);
}

static void watch_listeners(struct server *s, uint32_t events)
{
	size_t i;

	for (i = 0; i < s->listeners->n; i++)
		loop_set(s->owner.loop, &s->listeners->at[i].watch, events);
}

/* Level-triggered, so it would spin until there is memory again. */
static void pause_accepting(struct server *s)
{
	log_limited(LOG_ERR, "accept: %s", strerror(errno));
	s->paused = true;
	watch_listeners(s, 0);
}

static void on_connection(void *arg, uint32_t events)
{
	struct listener *l = arg;
	struct server *s = l->owner;
	struct endpoint from;
	int i, fd;

	for (i = 0; i < ACCEPTS_A_TURN; i++) {
		from.len = sizeof(from.in6);
		fd = accept4(l->watch.fd, &from.any, &from.len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			break;
		judge_client(s, fd, &from);
	}
	if (i == 0 && (errno == EMFILE || errno == ENFILE ||
		       errno == ENOBUFS || errno == ENOMEM))
		pause_accepting(s);
}

/* The first @added are in the loop. */
static void free_listeners(struct server *s, struct listener_set *set,
			   size_t added)
{
	size_t i;

	for (i = 0; i < added; i++)
		loop_del(s->owner.loop, &set->at[i].watch);
	listener_close(set);
	free(set);
}

static void close_listeners(struct server *s, struct listener_set *set)
{
	if (set)
		free_listeners(s, set, set->n);
}

/* In the loop from now on, as adding may fail, but without events. */
static struct listener_set *open_listeners(struct server *s,
					   const struct config *c)
{
	struct listener_set *set = calloc(1, sizeof(*set));
	struct listener *l;
	size_t i;

	if (!set)
		log_msg(LOG_ERR, "out of memory");
	if (!set || listener_open(set, &c->ssh, s->listeners)) {
		free(set);
		return NULL;
	}
	for (i = 0; i < set->n; i++) {
		l = &set->at[i];
		l->owner = s;
		l->watch.fn = on_connection;
		l->watch.arg = l;
		if (loop_add(s->owner.loop, &l->watch, 0)) {
			log_msg(LOG_ERR, "cannot watch a listening socket");
			free_listeners(s, set, i);
			return NULL;
		}
	}
	return set;
}

struct server *server_alloc(struct loop *l, struct tasking *t,
			    struct holding *h)
{
	struct server *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->owner.loop = l;
	s->owner.common = (struct subsystem_common){ .loop = l, .holding = h };
	s->owner.tasking = t;
	s->owner.login = on_login;
	s->owner.refused = on_refused;
	s->owner.may_try = on_try;
	s->owner.ended = on_ended;
	TAILQ_INIT(&s->clients);
	gate_init(&s->gate);
	return s;
}

void server_free(struct server *s)
{
	struct client *c;

	if (!s)
		return;
	close_listeners(s, s->listeners);
	while ((c = TAILQ_FIRST(&s->clients))) {
		if (session_user(c->session))
			log_out(s, c, "dtcpd ends");
		remove_client(s, c);
	}
	ssh_bind_free(s->bind);
	free(s);
}

static void drop_unknown(struct server *s)
{
	struct client *c, *next;
	const char *user;

	for (c = TAILQ_FIRST(&s->clients); c; c = next) {
		next = TAILQ_NEXT(c, link);
		user = session_user(c->session);
		if (user && !config_source_find(s->owner.config, user, NULL))
			end_client(s, c, SESSION_UNKNOWN);
	}
}

struct server_change *server_prepare(struct server *s, const struct config *c)
{
	struct server_change *change = calloc(1, sizeof(*change));

	if (!change) {
		log_msg(LOG_ERR, "out of memory");
		return NULL;
	}
	change->server = s;
	change->config = c;
	change->bind = hostkey_load(&c->ssh);
	if (change->bind)
		change->listeners = open_listeners(s, c);
	if (change->listeners)
		return change;
	server_discard(change);
	return NULL;
}

void server_discard(struct server_change *change)
{
	close_listeners(change->server, change->listeners);
	ssh_bind_free(change->bind);
	free(change);
}

void server_commit(struct server_change *change)
{
	struct server *s = change->server;

	close_listeners(s, s->listeners);
	s->listeners = change->listeners;
	watch_listeners(s, EPOLLIN);
	s->paused = false;
	ssh_bind_free(s->bind);
	s->bind = change->bind;
	s->owner.config = change->config;
	gate_limits(&s->gate, &change->config->ssh);
	drop_unknown(s);
	free(change);
}

void server_notify(struct server *s, const struct config_source *source,
		   const struct dtcp_writer *text)
{
	const char *user;
	struct client *c;

	TAILQ_FOREACH(c, &s->clients, link) {
		user = session_user(c->session);
		if (user && !strcmp(user, source->name))
			session_notify(c->session, text,
				       source->ssh_notifications);
	}
}

void server_flush(struct server *s)
{
	struct client *c;

	TAILQ_FOREACH(c, &s->clients, link)
		session_flush(c->session);
}

/* Who is locked out and has not logged in may not stay to go on guessing. */
static enum session_end why_over(const struct server *s,
				 const struct client *c, int64_t now)
{
	if (!session_user(c->session) &&
	    gate_is_locked(&s->gate, &c->host, now))
		return SESSION_LOCKED_OUT;
	return session_overdue(c->session, now);
}

void server_tick(struct server *s)
{
	int64_t now = loop_now();
	struct client *c, *next;
	enum session_end why;

	for (c = TAILQ_FIRST(&s->clients); c; c = next) {
		next = TAILQ_NEXT(c, link);
		why = why_over(s, c, now);
		if (why != SESSION_GOES_ON)
			end_client(s, c, why);
	}
	if (s->paused) {
		s->paused = false;
		watch_listeners(s, EPOLLIN);
	}
}

static json_t *show_ends(const struct server *s)
{
	json_t *o = json_object();
	int why;

	for (why = SESSION_DISCONNECTED; why < SESSION_ENDS; why++)
		json_object_set_new(o, ends[why].key,
				    json_integer(s->ended[why]));
	return o;
}

json_t *server_show(const struct server *s)
{
	json_t *o = json_pack("{sI}", "accepted", s->accepted), *more;

	gate_show(&s->gate, loop_now(), o);
	more = json_pack("{sI sI sI so}",
		"notifications-sent", (json_int_t)s->owner.common.sent,
		"notifications-lost", (json_int_t)s->owner.common.lost,
		"waiting-bytes", (json_int_t)s->owner.backlog.bytes,
		"ended", show_ends(s));
	json_object_update(o, more);
	json_decref(more);
	return json_pack("{so}", "ssh", o);
}
