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

#include "dtcpd/admission.h"
#include "dtcpd/hostkey.h"
#include "dtcpd/listener.h"
#include "dtcpd/log.h"
#include "dtcpd/server.h"
#include "dtcpd/session.h"

#define ACCEPTS_A_TURN 16

/* IPv4 and IPv6 have limits and connections of their own. */
enum { INET, INET6, FAMILIES };

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
	[SESSION_EVICTED] = { "evicted", "it made room for a new one" },
	[SESSION_UNKNOWN] = { "unknown", "no longer configured" },
};

struct client {
	struct session *session;
	int family;
	uint64_t host;	/* for admission */
	TAILQ_ENTRY(client) link;
};

struct counters {
	json_int_t accepted;
	json_int_t refused_limit;
	json_int_t refused_rate;
	json_int_t refused_limit_share;
	json_int_t refused_rate_share;
	json_int_t logins;
	json_int_t logins_refused;
	json_int_t ended[SESSION_ENDS];
};

/**
 * struct server - the SSH server
 * @owner: what sessions see of it; first, so that it is found from there
 * @bind: host keys and algorithms for new sessions
 * @listeners: open sockets; NULL before the first configuration
 * @paused: accepting is put off until the next tick, out of descriptors
 * @admission: for each family
 * @clients: oldest first
 * @count: for server_show()
 */
struct server {
	struct session_owner owner;
	ssh_bind bind;
	struct listener_set *listeners;
	bool paused;
	struct admission admission[FAMILIES];
	TAILQ_HEAD(client_list, client) clients;
	struct counters count;
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
	admission_leave(&s->admission[c->family], c->host,
			!session_user(c->session));
	TAILQ_REMOVE(&s->clients, c, link);
	session_free(c->session);
	free(c);
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
	if (!user && why != SESSION_DISCONNECTED)
		tasking_refused(s->owner.tasking, peer, ends[why].text);
	s->count.ended[why]++;
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

	s->count.logins++;
	admission_login(&s->admission[c->family], c->host);
}

static void on_refused(struct session_owner *o)
{
	((struct server *)o)->count.logins_refused++;
}

static void on_ended(struct session_owner *o, struct session *session,
		     enum session_end why)
{
	struct server *s = (struct server *)o;

	end_client(s, find_client(s, session), why);
}

static void evict_stranger(struct server *s, int family, uint64_t host)
{
	struct client *c;

	for (c = TAILQ_FIRST(&s->clients); c; c = TAILQ_NEXT(c, link)) {
		if (c->family == family && c->host == host &&
		    !session_user(c->session))
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
static void add_client(struct server *s, int fd, int family, uint64_t host,
		       const struct endpoint *peer)
{
	struct client *c = calloc(1, sizeof(*c));

	set_socket_options(fd);
	if (!c) {
		close(fd);
		admission_leave(&s->admission[family], host, true);
		return;
	}
	c->family = family;
	c->host = host;
	c->session = session_alloc(&s->owner, s->bind, fd, peer);
	if (!c->session) {
		admission_leave(&s->admission[family], host, true);
		free(c);
		return;
	}
	TAILQ_INSERT_TAIL(&s->clients, c, link);
	s->count.accepted++;
}

/* Owns @fd. */
static void refuse_client(struct server *s, int fd,
			  const struct endpoint *peer, json_int_t *counter,
			  const char *why)
{
	char text[ENDPOINT_TEXT];

	(*counter)++;
	endpoint_text(peer, text);
	log_stranger(LOG_SSH, LOG_NOTICE, "%s refused: %s", text, why);
	tasking_refused(s->owner.tasking, text, why);
	close(fd);
}

/* Owns @fd. */
static void judge_client(struct server *s, int fd, int family,
			 const struct endpoint *peer)
{
	struct counters *n = &s->count;
	struct dtcp_outer_addr addr;
	uint64_t host, victim;

	endpoint_address(peer, &addr);
	host = admission_host(&addr);
	switch (admission_enter(&s->admission[family], host, loop_now(),
				&victim)) {
	case ADMISSION_EVICT:
		evict_stranger(s, family, victim);
		break;
	case ADMISSION_OK:
		break;
	case ADMISSION_REFUSED_LIMIT:
		refuse_client(s, fd, peer, &n->refused_limit, "connection-limit");
		return;
	case ADMISSION_REFUSED_RATE:
		refuse_client(s, fd, peer, &n->refused_rate, "rate-limit");
		return;
	case ADMISSION_REFUSED_LIMIT_SHARE:
		refuse_client(s, fd, peer, &n->refused_limit_share,
			      "its share of connection-limit");
		return;
	case ADMISSION_REFUSED_RATE_SHARE:
		refuse_client(s, fd, peer, &n->refused_rate_share,
			      "its share of rate-limit");
		return;
	}
	add_client(s, fd, family, host, peer);
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
	int family = l->addr.any.sa_family == AF_INET6 ? INET6 : INET;
	struct endpoint from;
	int i, fd;

	for (i = 0; i < ACCEPTS_A_TURN; i++) {
		from.len = sizeof(from.in6);
		fd = accept4(l->watch.fd, &from.any, &from.len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0)
			break;
		judge_client(s, fd, family, &from);
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
	s->owner.ended = on_ended;
	TAILQ_INIT(&s->clients);
	admission_init(&s->admission[INET], 1, 1);
	admission_init(&s->admission[INET6], 1, 1);
	return s;
}

void server_free(struct server *s)
{
	struct client *c;

	if (!s)
		return;
	close_listeners(s, s->listeners);
	while ((c = TAILQ_FIRST(&s->clients)))
		remove_client(s, c);
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
	const struct config_ssh *ssh = &change->config->ssh;
	struct server *s = change->server;
	int family;

	close_listeners(s, s->listeners);
	s->listeners = change->listeners;
	watch_listeners(s, EPOLLIN);
	s->paused = false;
	ssh_bind_free(s->bind);
	s->bind = change->bind;
	s->owner.config = change->config;
	for (family = 0; family < FAMILIES; family++)
		admission_limits(&s->admission[family],
				 ssh->connection_limit, ssh->rate_limit);
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

void server_tick(struct server *s)
{
	int64_t now = loop_now();
	struct client *c, *next;
	enum session_end why;

	for (c = TAILQ_FIRST(&s->clients); c; c = next) {
		next = TAILQ_NEXT(c, link);
		why = session_overdue(c->session, now);
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
				    json_integer(s->count.ended[why]));
	return o;
}

json_t *server_show(const struct server *s)
{
	const struct admission *a = s->admission;

	return json_pack("{s{sI sI sI sI sI sI sI sI sI sI sI sI sI so}}", "ssh",
		"connections-inet", (json_int_t)a[INET].sessions,
		"connections-inet6", (json_int_t)a[INET6].sessions,
		"not-logged-in", (json_int_t)a[INET].strangers +
				 (json_int_t)a[INET6].strangers,
		"accepted", s->count.accepted,
		"refused-connection-limit", s->count.refused_limit,
		"refused-rate-limit", s->count.refused_rate,
		"refused-connection-share", s->count.refused_limit_share,
		"refused-rate-share", s->count.refused_rate_share,
		"logins", s->count.logins,
		"logins-refused", s->count.logins_refused,
		"notifications-sent", (json_int_t)s->owner.common.sent,
		"notifications-lost", (json_int_t)s->owner.common.lost,
		"waiting-bytes", (json_int_t)s->owner.backlog.bytes,
		"ended", show_ends(s));
}
