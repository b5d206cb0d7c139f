/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * The SSH server in a process of its own, with a stand-in for tasking behind
 * it. Included by one test each, after cmocka.h.
 */

#ifndef SERVER_SUBJECT_H
#define SERVER_SUBJECT_H

#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "dtcpd/server.h"
#include "dtcpd/ticker.h"

#define REQUEST "NOOP DTCP/0.7\r\nAuthentication-Info: " \
		"0123456789abcdef0123456789abcdef01234567\r\n\r\n"
#define BIG_REQUEST "LIST DTCP/0.7\r\nAuthentication-Info: " \
		    "0123456789abcdef0123456789abcdef01234567\r\n\r\n"
#define HUGE_REQUEST "HUGE DTCP/0.7\r\nAuthentication-Info: " \
		     "0123456789abcdef0123456789abcdef01234567\r\n\r\n"
#define SILENT_REQUEST "DROP DTCP/0.7\r\nAuthentication-Info: " \
		       "0123456789abcdef0123456789abcdef01234567\r\n\r\n"
#define ASKING_REQUEST "ADD DTCP/0.7\r\nAuthentication-Info: " \
		       "0123456789abcdef0123456789abcdef01234567\r\n\r\n"
/* Changes the journal: its answer waits for that. */
#define KEPT_REQUEST "KEEP DTCP/0.7\r\nAuthentication-Info: " \
		     "0123456789abcdef0123456789abcdef01234567\r\n\r\n"
#define NOTICE	"DTCP/0.7 131 NoOp Notification\r\n\r\n"
#define MANY	20000	/* notices, far more than may wait */
#define BIG	20000
#define HUGE	(17 << 20)	/* two are more than may wait of one source */
#define LIMIT	8

static char dir[] = "/tmp/server_test.XXXXXX";
static char host_key[64], keys[64];
static ssh_key mine, other;
static struct config_source source[] = { { .name = "ftap1" },
					 { .name = "ftap2" } };
static struct config_group group = { .name = "g1", .source = source,
				     .nsource = 2 };
static struct config config = {
	.ssh = { .listen = { "127.0.0.1" }, .nlisten = 1,
		 .host_key = { host_key }, .nhost_key = 1,
		 .connection_limit = LIMIT, .rate_limit = 250,
		 .lockout_attempts = 1000, .lockout_period = 1 },
	.group = &group, .ngroup = 1,
};
static pid_t child;
static int orders;	/* to the child: one letter, see on_order() */
static int done;	/* from the child: the letter, or what came of it */

static unsigned int count, huge, most;	/* most: requests of one turn */
static long cost, spent;	/* seconds that a request pretends to take */
static struct loop loop;

static struct journal *journal;	/* has no thread: written by order */
static struct holding holding;
static struct server *server;
static struct server_change *change;

/* In place of libc's: requests take as long as they pretend to. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += spent;
	return err;
}

static inline void notify(unsigned int user)
{
	struct dtcp_writer w = { .buf = NOTICE, .len = strlen(NOTICE) };

	server_notify(server, &source[user], &w);
}

/* While they take long, no two turns begin at the same time. */
static inline void count_turns(void)
{
	static unsigned int n;
	static int64_t turn;

	n = loop.began == turn ? n + 1 : 1;
	turn = loop.began;
	if (n > most)
		most = n;
	spent += cost;
}

/*
 * Numbers its answers; some are long, and some requests get none. One asks
 * for notifications, and has one sent at once.
 */
bool tasking_request(struct tasking *t, const struct tasking_origin *o,
		     const char *msg, size_t len, struct dtcp_writer *reply)
{
	size_t room = msg[0] == 'L' ? BIG : msg[0] == 'H' ? HUGE : 40;
	uint8_t peer[4];
	char *at;

	assert_int_equal(o->transport, TASKING_SSH);
	assert_int_equal(o->address.family, AF_INET);
	assert_int_equal(inet_pton(AF_INET, o->peer, peer), 1);
	assert_memory_equal(o->address.addr, peer, sizeof(peer));
	if (msg[0] == 'D')
		return false;
	if (msg[0] == 'K')
		assert_true(journal_put(journal, JOURNAL_CRITERION, count, "",
					0) > 0);
	notify(0);
	count_turns();
	huge += msg[0] == 'H';
	reply->room = reply->len + room + 1;
	reply->buf = realloc(reply->buf, reply->room);
	at = reply->buf + reply->len;
	memset(at, '.', room);
	at[room] = '\0';
	memcpy(at + sprintf(at, "%s %s %u", o->user, o->peer, ++count), ".", 1);
	at[room - 1] = '\n';
	reply->len += room;
	return msg[0] == 'A';
}

void tasking_unfinished(struct tasking *t, const struct tasking_origin *o)
{
	count += 1000;
}

/* For the audit log; that it says who it was. */
void tasking_login(struct tasking *t, const struct tasking_origin *o,
		   const char *method)
{
	assert_non_null(o->user);
	assert_non_null(o->peer);
}

void tasking_logout(struct tasking *t, const struct tasking_origin *o,
		    const char *why)
{
	assert_non_null(o->user);
	assert_non_null(o->peer);
}

void tasking_attempt(struct tasking *t, const struct tasking_attempt *a)
{
	assert_string_equal(a->event, "login-refused");
	/* Configured names are not always known: a reload takes one away. */
	assert_true(!a->known || !strncmp(a->name, "ftap", 4));
}

void tasking_refused(struct tasking *t, const char *peer, const char *why)
{
	uint8_t address[4];

	assert_int_equal(inet_pton(AF_INET, peer, address), 1);
}

static inline void on_tick(void *arg)
{
	server_tick(arg);
}

static inline char prepare(const struct config *c)
{
	change = server_prepare(server, c);
	return change ? 'y' : 'n';
}

static inline char counted(const char *key)
{
	json_t *o = server_show(server);
	json_t *ssh = json_object_get(o, "ssh"), *n = json_object_get(ssh, key);
	char digit;

	if (!n)
		n = json_object_get(json_object_get(ssh, "ended"), key);
	digit = '0' + (char)(json_integer_value(n) > 9 ? 9 :
			     json_integer_value(n));
	json_decref(o);
	return digit;
}

static inline void notify_many(void)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		notify(0);
}

/* From now on a request takes a second, or none again: was it one a turn? */
static inline char slow_down(bool slow)
{
	cost = slow;
	if (slow)
		most = 0;
	return slow ? 'w' : most == 1 ? 'y' : 'n';
}

static inline void die(void)
{
	notify(0);
	server_flush(server);
	kill(getpid(), SIGKILL);
}

/*
 * (b)roken host key, another source's (o)nly, (r)ight again: each is prepared;
 * (c)ommit, (d)iscard. (n)otify ftap1, ftap(2), ftap1 (m)any times; (l)ost any?
 * to (a)ll channels from now on, only to those that (s)aid so. (w)ork slowly,
 * (q)uickly. How many (h)uge answers were made, and sessions (e)nded as they
 * were not read? A minute (p)asses. (k)illed right after a last notification.
 * The (j)ournal is written. Did a session end as its answer was not (K)ept? Were
 * (N)o more requests carried out than answers may be held, but many? (C)ount of
 * requests carried out, modulo 256.
 */
static inline void on_order(void *arg, uint32_t events)
{
	static struct config_group alone;
	static struct config broken, only;
	char order;

	if (read(orders, &order, 1) != 1)
		_exit(1);
	alone = group;
	alone.source = &source[1];
	alone.nsource = 1;
	only = broken = config;
	only.group = &alone;
	broken.ssh.host_key[0] = keys;
	if (order == 'c')
		server_commit(change);
	else if (order == 'd')
		server_discard(change);
	else if (order == 'k')
		die();
	else if (order == 'n' || order == '2')
		notify(order == '2');
	else if (order == 'm')
		notify_many();
	else if (order == 'l')
		order = counted("notifications-lost");
	else if (order == 'w' || order == 'q')
		order = slow_down(order == 'w');
	else if (order == 'h')
		order = '0' + (char)huge;
	else if (order == 'e')
		order = counted("unread");
	else if (order == 'j')
		assert_int_equal(journal_wait(journal), 0);
	else if (order == 'K')
		order = counted("not-kept");
	else if (order == 'C')
		order = (char)count;
	else if (order == 'N')
		order = count < HOLDING_MAX / 40 ? 'w' :
			count < HOLDING_MAX / 40 + 500 ? 'y' : 'n';
	else if (order == 'p')
		spent += 61;
	else if (order == 'a' || order == 's')
		source[0].ssh_notifications = order == 'a';
	else
		order = prepare(order == 'b' ? &broken : order == 'o' ? &only :
				&config);
	if (write(done, &order, 1) != 1)
		_exit(1);
}

static inline void serve(int ready)
{
	struct loop_watch watch = { .fd = orders, .fn = on_order };
	enum journal_found found;
	struct ticker ticker;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	loop_init(&loop);
	journal = journal_open(dir, &found);
	if (!journal || holding_open(&holding, &loop, journal))
		_exit(1);
	server = server_alloc(&loop, NULL, &holding);
	if (prepare(&config) != 'y' || loop_add(&loop, &watch, EPOLLIN) ||
	    ticker_open(&ticker, &loop, on_tick, server))
		_exit(1);
	server_commit(change);
	close(ready);
	loop_run(&loop);
}

#endif
