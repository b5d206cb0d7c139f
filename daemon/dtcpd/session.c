// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <libssh/callbacks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/auth.h"
#include "dtcpd/log.h"
#include "dtcpd/session.h"

#define LOGIN_TIME	30000	/* ms, key exchange and authentication */
#define SUBSYSTEM_TIME	30000	/* ms, without a channel that speaks DTCP */
#define SILENCE_TIME	60000	/* ms, until a sign of life is asked for */
#define REPLY_TIME	120000	/* ms, until it must be there */
#define READING_TIME	60000	/* ms, to read READING_LEAST if that matters */
#define READING_LEAST	(1U << 20)
#define ATTEMPTS_MAX	6
#define CHANNELS_MAX	8
#define REQUESTS_A_TURN	32
#define CHANNELS_A_TURN	(2 * CHANNELS_MAX)

struct entry {
	struct subsystem *subsystem;
	STAILQ_ENTRY(entry) link;
};

/**
 * struct session - one SSH connection
 * @owner: the server
 * @ssh: libssh's session
 * @event: holds @ssh alone, see &struct loop
 * @cb: callbacks of @ssh; they only note what happened. Nothing is written in
 *	them: libssh would poll the socket again below itself
 * @watch: its socket
 * @turn: goes on with requests once others had their turn
 * @origin: @user, @peer and its address
 * @user: who has logged in, NULL before that
 * @peer: address as text
 * @channels: in the order they were opened
 * @nchannels: number of them
 * @attempts: logins refused
 * @due: loop_now() when login or subsystem must be there; 0: none is due
 * @traffic: counted by libssh
 * @heard_packets: packets received when the peer was last seen to be alive
 * @heard: when that was
 * @asked: a sign of life has been asked for
 * @backlog: answers of its channels
 * @wait: for the journal, while answers are held
 * @held: requests may be there that wait until @backlog has room
 * @read_bytes: bytes sent when it was last seen to read
 * @read: when that was
 */
struct session {
	struct session_owner *owner;
	ssh_session ssh;
	ssh_event event;
	struct ssh_server_callbacks_struct cb;
	struct loop_watch watch;
	struct loop_task turn;
	struct tasking_origin origin;
	char *user;
	char peer[ENDPOINT_TEXT];
	STAILQ_HEAD(entry_list, entry) channels;
	unsigned int nchannels;
	unsigned int attempts;
	int64_t due;
	struct ssh_counter_struct traffic;
	uint64_t heard_packets;
	int64_t heard;
	bool asked;
	struct backlog_part backlog;
	struct holding_wait wait;
	bool held;
	uint64_t read_bytes;
	int64_t read;
};

static int login(struct session *s, const char *user, const char *method)
{
	s->user = strdup(user);
	if (!s->user)
		return SSH_AUTH_DENIED;
	s->origin.user = s->user;
	s->backlog.user = s->user;
	s->due = loop_now() + SUBSYSTEM_TIME;
	log_msg(LOG_INFO, "%s logged in from %s with %s", user, s->peer,
		method);
	tasking_login(s->owner->tasking, &s->origin, method);
	s->owner->login(s->owner, s);
	return SSH_AUTH_SUCCESS;
}

static int refuse(struct session *s, const char *user, const char *method)
{
	s->attempts++;
	s->owner->refused(s->owner, s);
	tasking_attempt(s->owner->tasking, &(struct tasking_attempt){
		.event = "login-refused", .cause = method,
		.transport = TASKING_SSH, .peer = s->peer, .name = user,
		.known = config_source_find(s->owner->config, user, NULL),
	});
	log_stranger(LOG_SSH, LOG_NOTICE,
		     "login of \"%.64s\" from %s refused: %s", user, s->peer,
		     method);
	return SSH_AUTH_DENIED;
}

static bool may_try(const struct session *s)
{
	return s->attempts < ATTEMPTS_MAX && s->owner->may_try(s->owner, s);
}

static int on_password(ssh_session ssh, const char *user,
		       const char *password, void *arg)
{
	struct session *s = arg;

	if (!may_try(s))
		return SSH_AUTH_DENIED;
	if (!auth_password(s->owner->config, user, password))
		return refuse(s, user, "password");
	return login(s, user, "a password");
}

/* Asked twice: whether the key would do, then with the proof of owning it. */
static int on_pubkey(ssh_session ssh, const char *user,
		     struct ssh_key_struct *key, char state, void *arg)
{
	struct session *s = arg;

	if (!may_try(s))
		return SSH_AUTH_DENIED;
	if ((state != SSH_PUBLICKEY_STATE_NONE &&
	     state != SSH_PUBLICKEY_STATE_VALID) ||
	    !auth_key(s->owner->config, user, key))
		return refuse(s, user, "public key");
	if (state == SSH_PUBLICKEY_STATE_NONE)
		return SSH_AUTH_SUCCESS;
	return login(s, user, "a public key");
}

/* Without it libssh would look for a Kerberos key by itself. */
static ssh_string on_gssapi(ssh_session ssh, const char *user, int noids,
			    ssh_string *oids, void *arg)
{
	return NULL;
}

static ssh_channel on_channel(ssh_session ssh, void *arg)
{
	struct session *s = arg;
	struct entry *e;

	if (s->nchannels == CHANNELS_MAX)
		return NULL;
	e = malloc(sizeof(*e));
	if (!e)
		return NULL;
	e->subsystem = subsystem_alloc(ssh, s->owner->tasking, &s->origin,
				       &s->owner->common);
	if (!e->subsystem) {
		free(e);
		return NULL;
	}
	STAILQ_INSERT_TAIL(&s->channels, e, link);
	s->nchannels++;
	return subsystem_handle(e->subsystem);
}

static void remove_channel(struct session *s, struct entry *e)
{
	STAILQ_REMOVE(&s->channels, e, entry, link);
	s->nchannels--;
	subsystem_free(e->subsystem);
	free(e);
}

static enum session_end why_broken(int err)
{
	switch (err) {
	case -EMSGSIZE:
		return SESSION_TOO_LONG;
	case -EPROTO:
		return SESSION_WINDOW;
	default:
		return SESSION_NO_MEMORY;
	}
}

static bool has_room(const struct session *s)
{
	return backlog_has_room(&s->owner->backlog, &s->backlog);
}

static void count_waiting(struct session *s)
{
	size_t bytes = 0;
	struct entry *e;

	STAILQ_FOREACH(e, &s->channels, link)
		bytes += subsystem_waiting(e->subsystem);
	backlog_set(&s->owner->backlog, &s->backlog, bytes);
}

/* Without room it only sends what is there. */
static int work_channel(struct session *s, struct entry *e,
			unsigned int *budget)
{
	unsigned int none = 0;
	bool room = has_room(s);
	int state;

	state = subsystem_work(e->subsystem, room ? budget : &none);
	count_waiting(s);
	if (subsystem_held(e->subsystem))
		holding_await(s->owner->common.holding, &s->wait);
	if (state != SUBSYSTEM_HAS_WORK)
		return state;
	if (room)
		loop_post(s->owner->loop, &s->turn);
	else
		s->held = true;
	return state;
}

/* What other sessions leave room for is found in session_overdue(). */
static void go_on_if_held(struct session *s)
{
	if (!s->held || !has_room(s))
		return;
	s->held = false;
	loop_post(s->owner->loop, &s->turn);
}

static enum session_end work_channels(struct session *s)
{
	uint64_t received = s->traffic.in_packets;
	unsigned int budget = REQUESTS_A_TURN, visits = CHANNELS_A_TURN;
	struct entry *e, *next;
	bool open = false;
	int state;

	for (e = STAILQ_FIRST(&s->channels); e && visits--; e = next) {
		state = work_channel(s, e, &budget);
		/* Not before: a channel may be added while this one works. */
		next = STAILQ_NEXT(e, link);
		if (state < 0)
			return why_broken(state);
		if (state == SUBSYSTEM_ENDED)
			remove_channel(s, e);
		else if (subsystem_is_open(e->subsystem))
			open = true;
	}
	go_on_if_held(s);
	/* libssh may read while it writes, for a channel that had its turn. */
	if (e || s->traffic.in_packets != received)
		loop_post(s->owner->loop, &s->turn);
	if (open || e)
		s->due = 0;
	else if (!s->due)
		s->due = loop_now() + SUBSYSTEM_TIME;
	return SESSION_GOES_ON;
}

static enum session_end why_dead(const struct session *s)
{
	int status = ssh_get_status(s->ssh);

	if (!ssh_is_connected(s->ssh) ||
	    (status & (SSH_CLOSED | SSH_CLOSED_ERROR)))
		return SESSION_DISCONNECTED;
	if (s->attempts >= ATTEMPTS_MAX)
		return SESSION_ATTEMPTS;
	return SESSION_GOES_ON;
}

/*
 * Nothing is read while bytes wait to be written: else a peer that sends and
 * does not read would have its answers pile up here.
 */
static void watch_socket(struct session *s)
{
	uint32_t events = 0;

	if (ssh_get_poll_flags(s->ssh) & SSH_WRITE_PENDING)
		events |= EPOLLOUT;
	if (!(ssh_get_status(s->ssh) & SSH_WRITE_PENDING))
		events |= EPOLLIN;
	loop_set(s->owner->loop, &s->watch, events);
}

static void work(struct session *s)
{
	enum session_end why = why_dead(s);

	if (why == SESSION_GOES_ON)
		why = work_channels(s);
	if (why == SESSION_GOES_ON)
		why = why_dead(s);
	if (why != SESSION_GOES_ON)
		s->owner->ended(s->owner, s, why);
	else
		watch_socket(s);
}

static void on_socket(void *arg, uint32_t events)
{
	struct session *s = arg;

	ssh_event_dopoll(s->event, 0);
	work(s);
}

static void on_turn(void *arg)
{
	work(arg);
}

/* Sends our banner and lets libssh go on by itself from then on. */
static int start(struct session *s)
{
	ssh_set_blocking(s->ssh, 0);
	ssh_set_auth_methods(s->ssh, SSH_AUTH_METHOD_PUBLICKEY |
			     SSH_AUTH_METHOD_PASSWORD);
	s->cb.userdata = s;
	s->cb.auth_password_function = on_password;
	s->cb.auth_pubkey_function = on_pubkey;
	s->cb.gssapi_select_oid_function = on_gssapi;
	s->cb.channel_open_request_session_function = on_channel;
	ssh_callbacks_init(&s->cb);
	ssh_set_server_callbacks(s->ssh, &s->cb);
	ssh_set_counters(s->ssh, NULL, &s->traffic);
	if (ssh_handle_key_exchange(s->ssh) == SSH_ERROR ||
	    ssh_event_add_session(s->event, s->ssh) ||
	    loop_add(s->owner->loop, &s->watch, EPOLLIN | EPOLLOUT))
		return -1;
	return 0;
}

static int attach(struct session *s, ssh_bind bind, int fd)
{
	if (s->ssh && s->event &&
	    !ssh_options_set(s->ssh, SSH_OPTIONS_COMPRESSION, "no") &&
	    !ssh_bind_accept_fd(bind, s->ssh, fd))
		return 0;
	/* It becomes libssh's somewhere in the middle of that. */
	if (!s->ssh || ssh_get_fd(s->ssh) != fd)
		close(fd);
	return -1;
}

struct session *session_alloc(struct session_owner *o, ssh_bind bind, int fd,
			      const struct endpoint *peer)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s) {
		close(fd);
		return NULL;
	}
	s->owner = o;
	s->watch = (struct loop_watch){ fd, 0, on_socket, s };
	s->turn = (struct loop_task){ .fn = on_turn, .arg = s };
	s->wait.task = &s->turn;
	endpoint_text(peer, s->peer);
	endpoint_address(peer, &s->origin.address);
	s->origin.transport = TASKING_SSH;
	s->origin.peer = s->peer;
	STAILQ_INIT(&s->channels);
	backlog_join(&o->backlog, &s->backlog);
	s->heard = s->read = loop_now();
	s->due = s->heard + LOGIN_TIME;
	s->ssh = ssh_new();
	s->event = ssh_event_new();
	if (attach(s, bind, fd) || start(s)) {
		log_stranger(LOG_SSH, LOG_ERR, "cannot serve %s: %s", s->peer,
			     s->ssh ? ssh_get_error(s->ssh) : "out of memory");
		session_free(s);
		return NULL;
	}
	return s;
}

void session_free(struct session *s)
{
	struct entry *e;

	loop_del(s->owner->loop, &s->watch);
	loop_cancel(s->owner->loop, &s->turn);
	holding_cancel(&s->wait);
	while ((e = STAILQ_FIRST(&s->channels)))
		remove_channel(s, e);
	backlog_leave(&s->owner->backlog, &s->backlog);
	if (s->ssh) {
		ssh_event_remove_session(s->event, s->ssh);
		if (ssh_is_connected(s->ssh))
			ssh_disconnect(s->ssh);
	}
	ssh_event_free(s->event);
	ssh_free(s->ssh);
	free(s->user);
	free(s);
}

const char *session_user(const struct session *s)
{
	return s->user;
}

const char *session_peer(const struct session *s)
{
	return s->peer;
}

unsigned int session_attempts(const struct session *s)
{
	return s->attempts;
}

void session_notify(struct session *s, const struct dtcp_writer *text,
		    bool all)
{
	struct entry *e;

	STAILQ_FOREACH(e, &s->channels, link) {
		if (subsystem_notify(e->subsystem, text, all))
			loop_post(s->owner->loop, &s->turn);
	}
}

void session_flush(struct session *s)
{
	unsigned int none = 0;
	struct entry *e;

	STAILQ_FOREACH(e, &s->channels, link)
		subsystem_work(e->subsystem, &none);
	count_waiting(s);
}

static enum session_end check_alive(struct session *s, int64_t now)
{
	if (s->traffic.in_packets != s->heard_packets) {
		s->heard_packets = s->traffic.in_packets;
		s->heard = now;
		s->asked = false;
	}
	if (now - s->heard < SILENCE_TIME)
		return SESSION_GOES_ON;
	if (now - s->heard >= SILENCE_TIME + REPLY_TIME)
		return SESSION_SILENT;
	if (!s->asked) {
		uint64_t sent = s->traffic.out_packets;

		s->asked = true;
		/* The first call may just collect the reply before this. */
		ssh_send_keepalive(s->ssh);
		if (s->traffic.out_packets == sent)
			ssh_send_keepalive(s->ssh);
		loop_post(s->owner->loop, &s->turn);
	}
	return SESSION_GOES_ON;
}

/* Only where others of its control source have to wait for it. */
static bool is_unread(struct session *s, int64_t now)
{
	if (s->backlog.bytes <= BACKLOG_SHARE ||
	    !backlog_is_full(&s->owner->backlog) ||
	    s->traffic.out_bytes - s->read_bytes >= READING_LEAST) {
		s->read_bytes = s->traffic.out_bytes;
		s->read = now;
	}
	return now - s->read >= READING_TIME;
}

static bool is_held_long(const struct session *s, int64_t now)
{
	struct entry *e;
	int64_t since;

	STAILQ_FOREACH(e, &s->channels, link) {
		since = subsystem_held(e->subsystem);
		if (since && now - since >= HOLDING_TIME)
			return true;
	}
	return false;
}

enum session_end session_overdue(struct session *s, int64_t now)
{
	go_on_if_held(s);
	if (is_held_long(s, now))
		return SESSION_NOT_KEPT;
	if (is_unread(s, now))
		return SESSION_UNREAD;
	if (s->due && now >= s->due)
		return s->user ? SESSION_NO_SUBSYSTEM : SESSION_NO_LOGIN;
	return s->user ? check_alive(s, now) : SESSION_GOES_ON;
}
