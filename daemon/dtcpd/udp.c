// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/datagram.h"
#include "dtcpd/log.h"
#include "dtcpd/outbox.h"
#include "dtcpd/table.h"
#include "dtcpd/udp.h"

/*
 * Requests are begun while no more bytes of answers wait in a socket. What is
 * begun is answered, whatever the size: that much can wait, and one answer.
 */
#define WAITING_MAX	DTCP_MESSAGE_MAX
#define REQUESTS_A_TURN	32

/* Why a datagram got no answer. */
enum drop {
	DROP_TOO_LONG,
	DROP_INCOMPLETE,
	DROP_UNANSWERABLE,
	DROP_NOT_AUTHENTIC,	/* tasking counts why */
	DROPS
};

static const struct {
	const char *key;
	const char *text;	/* NULL: logged by tasking */
} drops[DROPS] = {
	[DROP_TOO_LONG] = { "too-long", "a line or the message is too long" },
	[DROP_INCOMPLETE] = { "incomplete", "no end of a message" },
	[DROP_UNANSWERABLE] = { "unanswerable",
		"sent to a group, or from port 0" },
	[DROP_NOT_AUTHENTIC] = { "not-authenticated", NULL },
};

struct counters {
	json_int_t received;
	json_int_t answered;
	json_int_t drops[DROPS];
	json_int_t no_room;	/* requests that the sockets had no room for */
	json_int_t sent;	/* datagrams of closed sockets */
	json_int_t lost;	/* those not sent */
};

/**
 * struct udp - DTCP over UDP
 * @loop: the loop
 * @tasking: who answers
 * @holding: what answers wait for; NULL: nothing
 * @room: memory to receive into, for one port at a time
 * @ports: &struct port by @local
 * @waiting: bytes in all outboxes
 * @count: for udp_show()
 */
struct udp {
	struct loop *loop;
	struct tasking *tasking;
	struct holding *holding;
	struct datagram_room *room;
	struct table ports;
	size_t waiting;
	struct counters count;
};

/**
 * struct port - a service-port at one address
 * @node: in &struct udp
 * @udp: what it belongs to
 * @watch: its socket
 * @local: address and port
 * @number: the port
 * @out: answers that wait; nothing is received while any could be sent
 * @turn, @wait: to go on with those
 * @no_room: what the kernel last said of requests that it had no room for
 * @wanted: by the configuration that is being prepared
 * @fresh: opened for it
 */
struct port {
	struct table_node node;
	struct udp *udp;
	struct loop_watch watch;
	struct endpoint local;
	uint16_t number;
	struct outbox out;
	struct loop_task turn;
	struct holding_wait wait;
	uint32_t no_room;
	bool wanted;
	bool fresh;
};

struct udp_change {
	struct udp *udp;
};

static struct port *port_of(struct table_node *n)
{
	return table_entry(n, struct port, node);
}

static void drop(struct port *p, const struct datagram *d, enum drop why)
{
	char peer[ENDPOINT_TEXT];

	p->udp->count.drops[why]++;
	if (!drops[why].text)
		return;
	endpoint_text(&d->way.peer, peer);
	log_stranger(LOG_UDP, LOG_NOTICE,
		     "datagram from %s to port %u dropped: %s", peer,
		     p->number, drops[why].text);
}

static void put_answer(struct port *p, const struct datagram *d,
		       struct dtcp_writer *answer, int64_t position)
{
	size_t len = answer->len;
	char peer[ENDPOINT_TEXT];

	p->udp->count.answered++;
	if (!answer->failed && !outbox_add(&p->out, &d->way, answer,
					   position)) {
		p->udp->waiting += len;
		return;
	}
	p->udp->count.lost += outbox_messages(answer);
	endpoint_text(&d->way.peer, peer);
	log_limited(LOG_WARNING, "answer to %s over UDP lost: out of memory",
		    peer);
}

static void ask_tasking(struct port *p, const struct datagram *d, size_t len)
{
	struct tasking_origin o = { .transport = TASKING_UDP,
				    .service_port = p->number };
	int64_t before = holding_position(p->udp->holding), position;
	char peer[ENDPOINT_TEXT];
	struct dtcp_writer answer;

	endpoint_text(&d->way.peer, peer);
	o.peer = peer;
	endpoint_address(&d->way.peer, &o.address);
	dtcp_writer_init(&answer, false);
	answer.limit = UDP_ANSWER_MAX;
	tasking_request(p->udp->tasking, &o, d->text, len, &answer);
	position = holding_position(p->udp->holding);
	if (answer.len || answer.failed)
		put_answer(p, d, &answer, position == before ? 0 : position);
	else
		drop(p, d, DROP_NOT_AUTHENTIC);
	dtcp_writer_fini(&answer);
}

/* What is cheap to know comes first. There is a source with this port. */
static void judge(struct port *p, const struct datagram *d, int flaw)
{
	long len;

	p->udp->count.received++;
	if (flaw != DATAGRAM_GOOD) {
		drop(p, d, flaw == DATAGRAM_TOO_LONG ? DROP_TOO_LONG :
		     DROP_UNANSWERABLE);
		return;
	}
	len = dtcp_message_frame(d->text, d->len);
	if (len <= 0)
		drop(p, d, len ? DROP_TOO_LONG : DROP_INCOMPLETE);
	else
		ask_tasking(p, d, (size_t)len);
}

/* Returns whether there was one. */
static bool take(struct port *p)
{
	uint32_t no_room = p->no_room;
	struct datagram d;
	int flaw;

	flaw = datagram_receive(p->udp->room, p->watch.fd, &d, &no_room);
	p->udp->count.no_room += no_room - p->no_room;
	p->no_room = no_room;
	if (flaw >= 0)
		judge(p, &d, flaw);
	/* Whatever the network tells of datagrams sent before: go on. */
	else if (flaw != -EAGAIN && flaw != -ECONNREFUSED)
		log_limited(LOG_WARNING, "UDP port %u: %s", p->number,
			    strerror(-flaw));
	return flaw >= 0;
}

/* What one request costs nobody knows before. */
static void receive(struct port *p)
{
	unsigned int budget = REQUESTS_A_TURN;

	while (budget-- && p->out.bytes <= WAITING_MAX && take(p) &&
	       !loop_turn_is_over(p->udp->loop))
		;
}

static void send_answers(void *arg)
{
	struct port *p = arg;
	struct udp *u = p->udp;
	size_t before = p->out.bytes;
	bool sent = outbox_send(&p->out, p->watch.fd,
				holding_committed(u->holding));

	u->waiting -= before - p->out.bytes;
	if (sent && p->out.bytes)
		holding_await(u->holding, &p->wait);
	loop_set(u->loop, &p->watch, !sent ? EPOLLOUT :
		 p->out.bytes <= WAITING_MAX ? EPOLLIN : 0);
}

/*
 * Requests are not taken while answers wait: they stay in the socket, and who
 * asks faster than can be answered fills no memory here.
 */
static void on_socket(void *arg, uint32_t events)
{
	struct port *p = arg;

	if (!outbox_is_ready(&p->out, holding_committed(p->udp->holding)))
		receive(p);
	send_answers(p);
}

static void close_port(struct port *p)
{
	struct udp *u = p->udp;

	u->waiting -= p->out.bytes;
	u->count.sent += (json_int_t)p->out.sent;
	u->count.lost += (json_int_t)p->out.lost;
	loop_del(u->loop, &p->watch);
	loop_cancel(u->loop, &p->turn);
	holding_cancel(&p->wait);
	close(p->watch.fd);
	outbox_fini(&p->out);
	table_del(&u->ports, &p->node);
	free(p);
}

static uint32_t hash(const struct endpoint *e)
{
	return table_hash(0, &e->any, e->len);
}

static struct port *find_port(const struct udp *u, const struct endpoint *e)
{
	struct table_node *n;

	for (n = table_find(&u->ports, hash(e)); n; n = table_find_next(n)) {
		if (port_of(n)->local.len == e->len &&
		    !memcmp(&port_of(n)->local.any, &e->any, e->len))
			return port_of(n);
	}
	return NULL;
}

static void share_port(struct udp *u, uint16_t number, bool share)
{
	struct table_node *n;

	for (n = table_first(&u->ports); n; n = table_next(&u->ports, n)) {
		if (port_of(n)->number == number)
			datagram_share(port_of(n)->watch.fd, share);
	}
}

/* "0.0.0.0" and an address of its own may follow each other, or be both. */
static int open_socket(struct udp *u, const struct endpoint *e,
		       uint16_t number)
{
	int fd = datagram_open(e, false);

	if (fd != -EADDRINUSE)
		return fd;
	share_port(u, number, true);
	fd = datagram_open(e, true);
	share_port(u, number, false);
	return fd;
}

/* In the loop from now on, as adding may fail, but without events. */
static int open_port(struct udp *u, const struct endpoint *e, uint16_t number)
{
	struct port *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	p->watch.fd = open_socket(u, e, number);
	p->watch.fn = on_socket;
	p->watch.arg = p;
	p->turn = (struct loop_task){ .fn = send_answers, .arg = p };
	p->wait.task = &p->turn;
	err = p->watch.fd < 0 ? p->watch.fd : loop_add(u->loop, &p->watch, 0);
	if (err) {
		if (p->watch.fd >= 0)
			close(p->watch.fd);
		free(p);
		return err;
	}
	p->udp = u;
	p->local = *e;
	p->number = number;
	p->wanted = true;
	p->fresh = true;
	outbox_init(&p->out);
	table_add(&u->ports, &p->node, hash(e));
	return 0;
}

/* Returns 1 if there is a socket, 0 if the family is missing. */
static int want_port(struct udp *u, const char *address, uint16_t number)
{
	struct endpoint e;
	struct port *p;
	int err;

	err = endpoint_parse(&e, address, number);
	p = err ? NULL : find_port(u, &e);
	if (p)
		p->wanted = true;
	else if (!err)
		err = open_port(u, &e, number);
	if (!err)
		return 1;
	if (endpoint_is_missing(&e, err)) {
		log_msg(LOG_WARNING, "not listening on %s UDP port %u: %s",
			address, number, strerror(-err));
		return 0;
	}
	log_msg(LOG_ERR, "cannot listen on %s UDP port %u: %s", address,
		number, strerror(-err));
	return err;
}

static int want_source(struct udp *u, const struct config_udp *c,
		       const struct config_source *s)
{
	int got = 0, n = 0;
	size_t i;

	if (!s->service_port)
		return 0;
	for (i = 0; got >= 0 && i < c->nlisten; i++) {
		got = want_port(u, c->listen[i], s->service_port);
		n += got;
	}
	if (got >= 0 && !n) {
		log_msg(LOG_ERR, "no address left for service-port %u of %s",
			s->service_port, s->name);
		return -EADDRNOTAVAIL;
	}
	return got < 0 ? got : 0;
}

static int want_all(struct udp *u, const struct config *c)
{
	const struct config_group *g;
	size_t i, j;
	int err = 0;

	for (i = 0; i < c->ngroup; i++) {
		g = &c->group[i];
		for (j = 0; !err && j < g->nsource; j++)
			err = want_source(u, &c->udp, &g->source[j]);
	}
	return err;
}

struct udp *udp_alloc(struct loop *l, struct tasking *t, struct holding *h)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->loop = l;
	u->tasking = t;
	u->holding = h;
	u->room = datagram_room_alloc();
	if (u->room && !table_init(&u->ports))
		return u;
	datagram_room_free(u->room);
	free(u);
	return NULL;
}

void udp_free(struct udp *u)
{
	if (!u)
		return;
	while (u->ports.count)
		close_port(port_of(table_first(&u->ports)));
	table_fini(&u->ports);
	datagram_room_free(u->room);
	free(u);
}

struct udp_change *udp_prepare(struct udp *u, const struct config *c)
{
	struct udp_change *change = calloc(1, sizeof(*change));

	if (!change) {
		log_msg(LOG_ERR, "out of memory");
		return NULL;
	}
	change->udp = u;
	if (!want_all(u, c))
		return change;
	udp_discard(change);
	return NULL;
}

/* Ends a change: closes either what it opened or what it does not want. */
static void settle(struct udp_change *change, bool taken)
{
	struct udp *u = change->udp;
	struct table_node *n, *next;
	struct port *p;

	for (n = table_first(&u->ports); n; n = next) {
		next = table_next(&u->ports, n);
		p = port_of(n);
		if (taken ? !p->wanted : p->fresh) {
			close_port(p);
			continue;
		}
		if (p->fresh)
			loop_set(u->loop, &p->watch, EPOLLIN);
		p->wanted = false;
		p->fresh = false;
	}
	free(change);
}

void udp_commit(struct udp_change *change)
{
	settle(change, true);
}

void udp_discard(struct udp_change *change)
{
	settle(change, false);
}

void udp_tick(struct udp *u)
{
	struct table_node *n;
	struct port *p;

	for (n = table_first(&u->ports); n; n = table_next(&u->ports, n)) {
		p = port_of(n);
		u->waiting -= outbox_expire(&p->out,
					    holding_committed(u->holding));
		send_answers(p);
	}
}

static json_t *show_drops(const struct udp *u)
{
	json_t *o = json_object();
	int why;

	for (why = 0; why < DROPS; why++)
		json_object_set_new(o, drops[why].key,
				    json_integer(u->count.drops[why]));
	return o;
}

json_t *udp_show(const struct udp *u)
{
	json_int_t sent = u->count.sent, lost = u->count.lost;
	struct table_node *n;

	for (n = table_first(&u->ports); n; n = table_next(&u->ports, n)) {
		sent += (json_int_t)port_of(n)->out.sent;
		lost += (json_int_t)port_of(n)->out.lost;
	}
	return json_pack("{s{sI sI sI so sI sI sI sI}}", "udp",
			 "sockets", (json_int_t)u->ports.count,
			 "received", u->count.received,
			 "answered", u->count.answered,
			 "dropped", show_drops(u),
			 "receive-buffer-full", u->count.no_room,
			 "answer-datagrams-sent", sent,
			 "answer-datagrams-lost", lost,
			 "waiting-bytes", (json_int_t)u->waiting);
}
