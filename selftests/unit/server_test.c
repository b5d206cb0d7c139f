// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The SSH server in a process of its own, with a stand-in for tasking behind
// it, and libssh's client in front of it.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <crypt.h>
#include <libssh/libssh.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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
		 .connection_limit = LIMIT, .rate_limit = 250 },
	.group = &group, .ngroup = 1,
};
static pid_t child;
static int orders;	/* to the child: one letter, see on_order() */
static int done;	/* from the child: the letter, or what came of it */

static unsigned int count, huge, most;	/* most: requests of one turn */
static long cost, spent;	/* seconds that a request pretends to take */
static struct loop loop;

static struct server *server;
static struct server_change *change;

/* In place of libc's: requests take as long as they pretend to. */
int clock_gettime(clockid_t id, struct timespec *ts)
{
	int err = (int)syscall(SYS_clock_gettime, id, ts);

	ts->tv_sec += spent;
	return err;
}

static void notify(unsigned int user)
{
	struct dtcp_writer w = { .buf = NOTICE, .len = strlen(NOTICE) };

	server_notify(server, &source[user], &w);
}

/* While they take long, no two turns begin at the same time. */
static void count_turns(void)
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

static void on_tick(void *arg)
{
	server_tick(arg);
}

static char prepare(const struct config *c)
{
	change = server_prepare(server, c);
	return change ? 'y' : 'n';
}

static char counted(const char *key)
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

static void notify_many(void)
{
	unsigned int i;

	for (i = 0; i < MANY; i++)
		notify(0);
}

/* From now on a request takes a second, or none again: was it one a turn? */
static char slow_down(bool slow)
{
	cost = slow;
	if (slow)
		most = 0;
	return slow ? 'w' : most == 1 ? 'y' : 'n';
}

static void die(void)
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
 */
static void on_order(void *arg, uint32_t events)
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

static void serve(int ready)
{
	struct loop_watch watch = { .fd = orders, .fn = on_order };
	struct ticker ticker;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	loop_init(&loop);
	server = server_alloc(&loop, NULL);
	if (prepare(&config) != 'y' || loop_add(&loop, &watch, EPOLLIN) ||
	    ticker_open(&ticker, &loop, on_tick, server))
		_exit(1);
	server_commit(change);
	close(ready);
	loop_run(&loop);
}

static uint16_t free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&in, len);
	getsockname(fd, (struct sockaddr *)&in, &len);
	close(fd);
	return ntohs(in.sin_port);
}

static int make_files(void)
{
	static struct crypt_data data;
	char *base64;
	FILE *f;

	if (!mkdtemp(dir) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &mine) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &other) ||
	    ssh_pki_export_pubkey_base64(mine, &base64))
		return -1;
	snprintf(host_key, sizeof(host_key), "%s/host_key", dir);
	snprintf(keys, sizeof(keys), "%s/keys", dir);
	ssh_pki_export_privkey_file(other, NULL, NULL, NULL, host_key);
	chmod(host_key, 0600);
	f = fopen(keys, "w");
	fprintf(f, "ssh-ed25519 %s\n", base64);
	fclose(f);
	chmod(keys, 0644);
	ssh_string_free_char(base64);
	source[0].authorized_keys = keys;
	source[1].password = strdup(crypt_r("ftap2123", "$6$x", &data));
	source[0].password = strdup(crypt_r("ftap1123", "$6$x", &data));
	return 0;
}

static int setup(void **state)
{
	int ready[2], order[2], answer[2];
	char c;

	if (make_files() || pipe(ready) || pipe(order) || pipe(answer))
		return -1;
	config.ssh.port = free_port();
	child = fork();
	orders = order[child ? 1 : 0];
	done = answer[child ? 0 : 1];
	if (!child) {
		close(ready[0]);
		serve(ready[1]);
	}
	close(ready[1]);
	return read(ready[0], &c, 1) ? -1 : close(ready[0]);
}

static int teardown(void **state)
{
	int status;

	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	unlink(host_key);
	unlink(keys);
	rmdir(dir);
	ssh_key_free(mine);
	ssh_key_free(other);
	free(source[0].password);
	free(source[1].password);
	return WIFSIGNALED(status) ? 0 : -1;
}

/* Where connections come from; NULL: 127.0.0.1. */
static const char *my_address;

static ssh_session connect_as(const char *user)
{
	ssh_session s = ssh_new();
	unsigned int port = config.ssh.port;
	long timeout = 20;
	bool no = false;

	ssh_options_set(s, SSH_OPTIONS_HOST, "127.0.0.1");
	ssh_options_set(s, SSH_OPTIONS_PORT, &port);
	ssh_options_set(s, SSH_OPTIONS_USER, user);
	if (my_address)
		ssh_options_set(s, SSH_OPTIONS_BINDADDR, my_address);
	ssh_options_set(s, SSH_OPTIONS_TIMEOUT, &timeout);
	ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no);
	assert_int_equal(ssh_connect(s), SSH_OK);
	return s;
}

static void disconnect(ssh_session s)
{
	ssh_disconnect(s);
	ssh_free(s);
}

/* What was on its way may still be answered. */
static void assert_over(ssh_session s)
{
	while (ssh_channel_open_session(ssh_channel_new(s)) == SSH_OK)
		;
	assert_true(!ssh_is_connected(s) ||
		    (ssh_get_status(s) & (SSH_CLOSED | SSH_CLOSED_ERROR)));
}

static ssh_session login(void)
{
	ssh_session s = connect_as("ftap1");

	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_SUCCESS);
	return s;
}

static ssh_channel open_session(ssh_session s)
{
	ssh_channel c = ssh_channel_new(s);

	assert_int_equal(ssh_channel_open_session(c), SSH_OK);
	return c;
}

static ssh_channel open_subsystem(ssh_session s)
{
	ssh_channel c = open_session(s);

	assert_int_equal(ssh_channel_request_subsystem(c, "flow-tap-dtcp"),
			 SSH_OK);
	return c;
}

static void send_text(ssh_channel c, const char *text)
{
	assert_int_equal(ssh_channel_write(c, text, (uint32_t)strlen(text)),
			 strlen(text));
}

static unsigned int read_number(ssh_channel c, uint32_t room)
{
	unsigned int number;
	char text[64];

	assert_int_equal(ssh_channel_read_timeout(c, text, room, 0, 20000),
			 40);
	text[40] = '\0';
	assert_int_equal(sscanf(text, "ftap1 127.0.0.%*u %u.", &number), 1);
	assert_int_equal(text[39], '\n');
	return number;
}

/* One read gets one whole answer, and there is no more. */
static unsigned int read_answer(ssh_channel c)
{
	return read_number(c, 64);
}

/* One of many answers. */
static unsigned int read_part(ssh_channel c)
{
	return read_number(c, 40);
}

static void assert_works(void)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);

	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static void one_read(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first;

	send_text(c, REQUEST);
	first = read_answer(c);
	send_text(c, REQUEST);
	assert_int_equal(read_answer(c), first + 1);
	disconnect(s);
}

static void cut_anywhere(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	size_t i;

	for (i = 1; i < strlen(REQUEST); i++) {
		assert_int_equal(ssh_channel_write(c, REQUEST, (uint32_t)i), i);
		send_text(c, &REQUEST[i]);
		read_answer(c);
	}
	disconnect(s);
}

/* More than is worked on in one turn, and nothing that comes after it. */
static void pipelined(void **state)
{
	static char text[500 * (sizeof(REQUEST) - 1) + 1];
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first, i;

	for (i = 0; i < 500; i++)
		strcpy(text + i * strlen(REQUEST),
		       i < 499 ? SILENT_REQUEST : REQUEST);
	send_text(c, text);
	read_answer(c);
	for (i = 0; i < 500; i++)
		strcpy(text + i * strlen(REQUEST), REQUEST);
	send_text(c, text);
	first = read_part(c);
	for (i = 1; i < 500; i++)
		assert_int_equal(read_part(c), first + i);
	disconnect(s);
}

static void logins(void **state)
{
	ssh_session s = connect_as("ftap1");
	int i;

	assert_int_equal(ssh_userauth_none(s, NULL), SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_list(s, NULL),
			 SSH_AUTH_METHOD_PUBLICKEY | SSH_AUTH_METHOD_PASSWORD);
	assert_int_equal(ssh_userauth_publickey(s, NULL, other),
			 SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_password(s, NULL, "wrong"),
			 SSH_AUTH_DENIED);
	assert_int_equal(ssh_userauth_password(s, NULL, "ftap1123"),
			 SSH_AUTH_SUCCESS);
	disconnect(s);
	s = connect_as("nobody");
	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_DENIED);
	for (i = 0; i < 4; i++)
		assert_int_equal(ssh_userauth_password(s, NULL, "ftap1123"),
				 SSH_AUTH_DENIED);
	ssh_userauth_password(s, NULL, "ftap1123");
	ssh_userauth_password(s, NULL, "ftap1123");
	assert_over(s);
	disconnect(s);
}

/* What the server refuses; the connection outlives it. */
static void nothing_else(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_session(s), forward = ssh_channel_new(s);

	assert_int_equal(ssh_channel_request_exec(c, "id"), SSH_ERROR);
	assert_int_equal(ssh_channel_request_shell(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_pty(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_env(c, "A", "b"), SSH_ERROR);
	assert_int_equal(ssh_channel_request_sftp(c), SSH_ERROR);
	assert_int_equal(ssh_channel_request_x11(c, 0, NULL, NULL, 0),
			 SSH_ERROR);
	assert_int_equal(ssh_channel_open_forward(forward, "127.0.0.1", 22,
						  "127.0.0.1", 22), SSH_ERROR);
	assert_int_equal(ssh_channel_listen_forward(s, NULL, 0, NULL),
			 SSH_ERROR);
	c = open_subsystem(s);
	assert_int_equal(ssh_channel_request_subsystem(c, "flow-tap-dtcp"),
			 SSH_ERROR);
	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static void end_of_file(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first;
	char text[128];
	int len = 0, n;

	send_text(c, REQUEST);
	first = read_answer(c);
	send_text(c, REQUEST REQUEST REQUEST "\r\n");
	ssh_channel_send_eof(c);
	do {
		n = ssh_channel_read_timeout(c, text + len,
					     (uint32_t)(sizeof(text) - len),
					     0, 20000);
		assert_true(n >= 0);
		len += n;
	} while (n > 0);
	assert_int_equal(len, 120);
	assert_int_equal(ssh_channel_get_exit_status(c), 0);
	c = open_subsystem(s);
	send_text(c, "NOOP DTCP/0.7\r\n");
	ssh_channel_send_eof(c);
	assert_int_equal(ssh_channel_read_timeout(c, text, sizeof(text), 0,
						  20000), 0);
	assert_int_equal(ssh_channel_get_exit_status(c), 1);
	c = open_subsystem(s);
	send_text(c, REQUEST);
	assert_int_equal(read_answer(c), first + 1004);
	disconnect(s);
}

static void too_long(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	char line[9001];

	memset(line, 'A', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	send_text(c, line);
	assert_over(s);
	disconnect(s);
}

static int connect_raw(const char *text, size_t len)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(config.ssh.port);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(write(fd, text, len), len);
	return fd;
}

/* More silent strangers than there may be connections. */
static void stalled_clients(void **state)
{
	static const char half[] = "SSH-2.0-x\r\n\0\0\1\0\4\x14";
	struct timeval patience = { 10, 0 };
	int fd[3 * LIMIT], i;
	char text[64];

	for (i = 0; i < 3 * LIMIT; i += 3) {
		fd[i] = connect_raw("", 0);
		fd[i + 1] = connect_raw("SSH-2", 5);
		fd[i + 2] = connect_raw(half, sizeof(half) - 1);
		assert_works();
	}
	/* The oldest ones had to make room. */
	setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	while (read(fd[0], text, sizeof(text)) > 0)
		;
	assert_int_equal(read(fd[0], text, sizeof(text)), 0);
	for (i = 0; i < 3 * LIMIT; i++)
		close(fd[i]);
}

/* Sends far more than all buffers hold, reads nothing, then all of it. */
static void reader_that_stops(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	size_t sent = 2000, total = sent * BIG, got = 0, i;
	static char text[65536];
	int n;

	for (i = 0; i < sent; i++)
		send_text(c, BIG_REQUEST);
	assert_works();
	assert_works();
	while (got < total) {
		n = ssh_channel_read_timeout(c, text, sizeof(text), 0, 20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(got, total);
	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static void assert_no_room(void)
{
	int fd = connect_raw("", 0);
	char c;

	assert_true(read(fd, &c, 1) <= 0);
	close(fd);
}

/* One host gets three quarters; for another there is still room. */
static void connection_limit(void **state)
{
	ssh_session s[LIMIT];
	char address[32];
	int i;

	for (i = 0; i < LIMIT; i++) {
		if (i == LIMIT * 3 / 4)
			assert_no_room();
		if (i >= LIMIT * 3 / 4) {
			snprintf(address, sizeof(address), "127.0.0.%d", i);
			my_address = address;
		}
		s[i] = login();
	}
	my_address = NULL;
	assert_no_room();
	disconnect(s[0]);
	/* The server may not have seen it yet. */
	usleep(200000);
	my_address = "127.0.0.99";
	assert_works();
	my_address = NULL;
	for (i = 1; i < LIMIT; i++)
		disconnect(s[i]);
}

static char order(char what)
{
	assert_int_equal(write(orders, &what, 1), 1);
	assert_int_equal(read(done, &what, 1), 1);
	return what;
}

static void read_notice(ssh_channel c)
{
	char text[64];
	size_t len = strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, (uint32_t)len, 0,
						  20000), len);
	assert_memory_equal(text, NOTICE, len);
}

/* Nothing but its answer comes on a channel that did not ask. */
static void assert_quiet(ssh_channel c)
{
	send_text(c, REQUEST);
	read_answer(c);
}

/* On channels that asked for them, after the answer to who asks. */
static void notifications(void **state)
{
	ssh_session s = login(), other_session = login();
	ssh_channel asked = open_subsystem(s), c = open_subsystem(s);
	ssh_channel too = open_subsystem(other_session);

	assert_int_equal(order('n'), 'n');
	assert_quiet(asked);
	send_text(asked, ASKING_REQUEST);
	read_part(asked);
	read_notice(asked);
	assert_int_equal(order('n'), 'n');
	assert_int_equal(order('2'), '2');
	read_notice(asked);
	assert_quiet(c);
	read_notice(asked);
	send_text(too, ASKING_REQUEST);
	read_part(too);
	read_notice(too);
	read_notice(asked);
	assert_int_equal(order('n'), 'n');
	read_notice(too);
	read_notice(asked);
	assert_int_equal(order('l'), '0');
	disconnect(s);
	disconnect(other_session);
}

static void notify_all_channels(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s), closed = open_session(s);

	assert_int_equal(order('a'), 'a');
	assert_int_equal(order('n'), 'n');
	read_notice(c);
	send_text(c, REQUEST);
	read_part(c);
	read_notice(c);
	assert_int_equal(order('s'), 's');
	assert_int_equal(order('n'), 'n');
	assert_quiet(c);
	assert_int_equal(ssh_channel_read_nonblocking(closed, &(char){ 0 }, 1,
						      0), 0);
	disconnect(s);
}

/* Others have their turn between requests that take long. */
static void requests_that_take_long(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int first, i;

	assert_int_equal(order('w'), 'w');
	send_text(c, REQUEST REQUEST REQUEST REQUEST REQUEST REQUEST);
	first = read_part(c);
	for (i = 1; i < 6; i++)
		assert_int_equal(read_part(c), first + i);
	assert_int_equal(order('q'), 'y');
	disconnect(s);
}

static void read_huge(ssh_channel c)
{
	static char text[1 << 20];
	size_t got = 0;
	int n;

	while (got < HUGE) {
		n = ssh_channel_read_timeout(c, text, sizeof(text), 0, 20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	assert_int_equal(got, HUGE);
	assert_int_equal(text[n - 1], '\n');
}

/* Who reads nothing stops no other control source. */
static void assert_other_works(void)
{
	ssh_session s = connect_as("ftap2");
	ssh_channel c;
	char text[64];

	assert_int_equal(ssh_userauth_password(s, NULL, "ftap2123"),
			 SSH_AUTH_SUCCESS);
	c = open_subsystem(s);
	send_text(c, REQUEST);
	assert_int_equal(ssh_channel_read_timeout(c, text, sizeof(text), 0,
						  20000), 40);
	disconnect(s);
}

/* A session has one long answer made, a control source two: then it is full. */
static void long_answers_unread(void **state)
{
	ssh_session s[3] = { login(), login(), login() };
	ssh_channel c[5];
	int i;

	for (i = 0; i < 5; i++) {
		c[i] = open_subsystem(s[i < 3 ? 0 : i - 2]);
		send_text(c[i], HUGE_REQUEST);
		assert_other_works();
	}
	assert_int_equal(order('h'), '2');
	for (i = 0; i < 5; i++)
		read_huge(c[i]);
	assert_int_equal(order('h'), '5');
	send_text(c[4], REQUEST);
	read_answer(c[4]);
	assert_int_equal(order('e'), '0');
	for (i = 0; i < 3; i++)
		disconnect(s[i]);
}

/* Its own other sessions do not wait for ever, and no more end than have to. */
static void long_answer_never_read(void **state)
{
	ssh_session s[3] = { login(), login(), login() };
	ssh_channel c[3];
	int i, n = 0;

	for (i = 0; i < 3; i++) {
		c[i] = open_subsystem(s[i]);
		send_text(c[i], i < 2 ? HUGE_REQUEST : REQUEST);
		assert_other_works();
	}
	for (i = 0; n == 0 && i < 5; i++) {
		assert_int_equal(order('p'), 'p');
		n = ssh_channel_poll_timeout(c[2], 3000, 0);
	}
	assert_int_equal(read_answer(c[2]) > 0, 1);
	assert_int_equal(order('e'), '1');
	for (i = 0; i < 3; i++)
		disconnect(s[i]);
}

/* Between answers, in one piece, also where client and server are busy. */
static void notifications_between(void **state)
{
	static char text[20 * BIG + 40 * sizeof(NOTICE)];
	size_t total = 20 * BIG + 40 + 31 * strlen(NOTICE), got = 0, at;
	unsigned int answers = 0, notices = 0, i;
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	int n;

	send_text(c, ASKING_REQUEST);
	for (i = 0; i < 20; i++)
		send_text(c, BIG_REQUEST);
	for (i = 0; i < 10; i++)
		assert_int_equal(order('n'), 'n');
	while (got < total) {
		n = ssh_channel_read_timeout(c, text + got,
					     (uint32_t)(total - got), 0,
					     20000);
		assert_true(n > 0);
		got += (size_t)n;
	}
	for (at = 40; at < total;) {
		if (!strncmp(text + at, NOTICE, strlen(NOTICE))) {
			notices++;
			at += strlen(NOTICE);
		} else {
			assert_memory_equal(text + at, "ftap1 ", 6);
			at += BIG;
			assert_int_equal(text[at - 1], '\n');
			answers++;
		}
	}
	assert_int_equal(answers, 20);
	assert_int_equal(notices, 31);
	disconnect(s);
}

/* Reads a notice; else what is as long of an answer. */
static bool is_notice(ssh_channel c)
{
	char text[sizeof(NOTICE)] = "";
	uint32_t len = strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, len, 0, 20000),
			 len);
	if (!strcmp(text, NOTICE))
		return true;
	assert_memory_equal(text, "ftap1 ", 6);
	return false;
}

static void read_rest(ssh_channel c)
{
	char text[40];
	uint32_t len = 40 - strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, len, 0, 20000),
			 len);
	assert_int_equal(text[len - 1], '\n');
}

/* Who asks for notifications and does not read them loses them alone. */
static void notifications_unread(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);
	unsigned int notices = 0;

	send_text(c, ASKING_REQUEST);
	read_part(c);
	read_notice(c);
	do {
		assert_int_equal(order('m'), 'm');
		assert_works();
	} while (order('l') == '0');
	send_text(c, REQUEST);
	for (; is_notice(c); notices++)
		;
	assert_true(notices > 3000 && notices < 200000);
	read_rest(c);
	read_notice(c);
	assert_int_equal(order('n'), 'n');
	read_notice(c);
	disconnect(s);
}

/* Until a configuration is committed, nothing of it counts. */
static void reload(void **state)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);

	assert_int_equal(order('b'), 'n');
	assert_int_equal(order('o'), 'y');
	assert_int_equal(order('d'), 'd');
	send_text(c, REQUEST);
	read_answer(c);
	assert_works();
	assert_int_equal(order('r'), 'y');
	assert_int_equal(order('c'), 'c');
	send_text(c, REQUEST);
	read_answer(c);
	assert_works();
	assert_int_equal(order('o'), 'y');
	assert_int_equal(order('c'), 'c');
	assert_over(s);
	disconnect(s);
	s = connect_as("ftap1");
	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_DENIED);
	disconnect(s);
	assert_int_equal(order('r'), 'y');
	assert_int_equal(order('c'), 'c');
	assert_works();
}

/* What is told at the end is sent, though the loop has no more turns. */
static void last_words(void **state)
{
	ssh_session s = login();
	ssh_channel c[2] = { open_subsystem(s), open_subsystem(s) };
	int i;

	for (i = 0; i < 2; i++) {
		send_text(c[i], ASKING_REQUEST);
		read_part(c[i]);
		read_notice(c[i]);
	}
	read_notice(c[0]);
	assert_int_equal(write(orders, "k", 1), 1);
	read_notice(c[0]);
	read_notice(c[1]);
	disconnect(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_read),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(pipelined),
		cmocka_unit_test(logins),
		cmocka_unit_test(nothing_else),
		cmocka_unit_test(end_of_file),
		cmocka_unit_test(too_long),
		cmocka_unit_test(stalled_clients),
		cmocka_unit_test(reader_that_stops),
		cmocka_unit_test(connection_limit),
		cmocka_unit_test(notifications),
		cmocka_unit_test(notify_all_channels),
		cmocka_unit_test(notifications_between),
		cmocka_unit_test(notifications_unread),
		cmocka_unit_test(requests_that_take_long),
		cmocka_unit_test(long_answers_unread),
		cmocka_unit_test(long_answer_never_read),
		cmocka_unit_test(reload),
		cmocka_unit_test(last_words),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
