// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The whole of dtcp over SSH, with a small server of libssh as the router:
// notifications before, between and after answers.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "dtcp_run.h"

static ssh_key host_key;
static int listening;
static char router[64], known_hosts[64];
static pid_t server;

static int set_up(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);

	if (run_set_up(state))
		return -1;
	setenv("DTCP_PASSWORD", "x", 1);
	strcpy(known_hosts, run_path("known"));
	listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listening, (struct sockaddr *)&a, len) ||
	    getsockname(listening, (struct sockaddr *)&a, &len) ||
	    listen(listening, 1))
		return -1;
	snprintf(router, sizeof(router), USER "@127.0.0.1:%u",
		 ntohs(a.sin_port));
	return ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &host_key);
}

static int tear_down(void **state)
{
	ssh_key_free(host_key);
	close(listening);
	return run_tear_down(state);
}

/* Lets anybody in and opens what is asked for, up to the subsystem. */
static ssh_channel log_in(ssh_session session)
{
	ssh_channel channel = NULL;
	ssh_message m;

	while ((m = ssh_message_get(session))) {
		int type = ssh_message_type(m), sub = ssh_message_subtype(m);

		if (type == SSH_REQUEST_AUTH && sub == SSH_AUTH_METHOD_PASSWORD)
			ssh_message_auth_reply_success(m, 0);
		else if (type == SSH_REQUEST_CHANNEL_OPEN)
			channel = ssh_message_channel_request_open_reply_accept(
				m);
		else if (type == SSH_REQUEST_CHANNEL)
			ssh_message_channel_request_reply_success(m);
		else
			ssh_message_reply_default(m);
		ssh_message_free(m);
		if (type == SSH_REQUEST_CHANNEL)
			return channel;
	}
	_exit(90);
}

/* Reads one request; returns its sequence number. */
static unsigned long long take(ssh_channel channel, bool *asks)
{
	static char text[4096];
	struct dtcp_message m;
	size_t len = 0;

	while (!dtcp_message_frame(text, len)) {
		int n = ssh_channel_read(channel, text + len,
					 sizeof(text) - 1 - len, 0);

		if (n <= 0)
			_exit(91);
		len += n;
	}
	text[len] = '\0';
	if (dtcp_message_parse(&m, text, len) ||
	    !dtcp_message_verify(&m, text, KEY, strlen(KEY)))
		_exit(92);
	*asks = strstr(text, "Flags: SendAsync");
	return strtoull(dtcp_message_find(&m, "Seq")->value.at, NULL, 10);
}

/* Puts a message behind others; without a number it is a notification. */
static void put(struct dtcp_writer *w, unsigned int code,
		unsigned long long seq, const char *key)
{
	struct dtcp_version version = { 0, 7 };

	dtcp_writer_status(w, version, code);
	if (seq)
		dtcp_writer_header(w, "Seq", "%llu", seq);
	dtcp_writer_header(w, "Timestamp", "now");
	if (dtcp_writer_sign(w, key, strlen(key)))
		_exit(93);
}

/* Writes in two pieces, cut within a message. */
static void write_all(ssh_channel channel, const struct dtcp_writer *w)
{
	ssh_channel_write(channel, w->buf, 30);
	ssh_channel_write(channel, w->buf + 30, w->len - 30);
}

/* The router: one client, one request, and what @talk makes of it. */
static void serve(void (*talk)(struct dtcp_writer *w, unsigned long long seq,
			       bool asks))
{
	ssh_session session = ssh_new();
	ssh_bind sshbind = ssh_bind_new();
	unsigned long long seq;
	struct dtcp_writer w;
	ssh_channel channel;
	bool asks;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	ssh_bind_options_set(sshbind, SSH_BIND_OPTIONS_IMPORT_KEY, host_key);
	if (ssh_bind_accept_fd(sshbind, session,
			       accept(listening, NULL, NULL)) ||
	    ssh_handle_key_exchange(session))
		_exit(94);
	ssh_set_auth_methods(session, SSH_AUTH_METHOD_PASSWORD);
	channel = log_in(session);
	seq = take(channel, &asks);
	dtcp_writer_init(&w, true);
	talk(&w, seq, asks);
	write_all(channel, &w);
	/* Until the client closes. */
	while (ssh_channel_read(channel, w.buf, 1, 0) > 0)
		;
	_exit(0);
}

#define RUN_AT(...) \
	RUN("--accept-new", "--known-hosts", known_hosts, "--key", KEY, \
	    __VA_ARGS__)

static void start(void (*talk)(struct dtcp_writer *w, unsigned long long seq,
			       bool asks))
{
	fflush(NULL);
	server = fork();
	if (!server)
		serve(talk);
}

static void end(int expected)
{
	int status;

	run_end(expected);
	assert_int_equal(waitpid(server, &status, 0), server);
	assert_int_equal(status, 0);
}

static void between(struct dtcp_writer *w, unsigned long long seq, bool asks)
{
	put(w, 131, 0, KEY);
	put(w, 390, 0, KEY);
	put(w, asks ? 431 : 200, seq, KEY);
	put(w, 599, 0, KEY);
}

static void notifications_are_no_answer(void **state)
{
	start(between);
	RUN_AT(router, "noop");
	end(0);
	run_has(run_out, "200 OK\n");
	assert_null(strstr(run_out, "131"));
	run_has(run_err, "notification: 131 NoOp Notification");
	run_has(run_err, "notification: 390 Criterion Timeout Delete");
	start(between);
	RUN_AT("-j", router, "noop");
	end(0);
	run_has(run_out, "\"code\": 200");
	assert_null(strstr(run_out, "131"));
	run_has(run_err, "\"code\":131");
}

static void around(struct dtcp_writer *w, unsigned long long seq, bool asks)
{
	put(w, 131, 0, KEY);
	put(w, asks ? 200 : 400, seq, KEY);
	put(w, 390, 0, KEY);
	put(w, 390, 0, KEY);
}

static void listening_asks_for_them(void **state)
{
	start(around);
	RUN_AT(router, "listen", "-n", "3");
	end(0);
	run_has(run_out, "notification: 131 NoOp Notification\n");
	run_has(run_out, "notification: 390 Criterion Timeout Delete\n");
	assert_null(strstr(run_out, "200"));
}

static void forged(struct dtcp_writer *w, unsigned long long seq, bool asks)
{
	put(w, 200, seq, KEY);
	put(w, 390, 0, "other");
	put(w, 131, 0, KEY);
}

static void bad_digests_are_told(void **state)
{
	start(forged);
	RUN_AT("-j", router, "listen", "-n", "1");
	end(2);
	run_has(run_out, "\"authentic\":false");
	run_has(run_out, "\"code\":131");
	run_has(run_err, "1 message was not authentic");
}

static void refusing(struct dtcp_writer *w, unsigned long long seq, bool asks)
{
	put(w, 501, seq, KEY);
}

static void listening_is_refused(void **state)
{
	start(refusing);
	RUN_AT(router, "listen", "-n", "1");
	end(1);
	run_has(run_out, "501 Not Implemented");
}

static void other_number(struct dtcp_writer *w, unsigned long long seq,
			 bool asks)
{
	put(w, 200, seq + 1, KEY);
}

static void wrong_key(struct dtcp_writer *w, unsigned long long seq, bool asks)
{
	put(w, 200, seq, "other");
}

static void answers_are_checked(void **state)
{
	start(other_number);
	RUN_AT("--seq", "41", router, "noop");
	end(2);
	run_has(run_err, "SEQ 42; expected 41");
	start(wrong_key);
	RUN_AT(router, "noop");
	end(2);
	run_has(run_err, "digest is wrong");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(notifications_are_no_answer),
		cmocka_unit_test(listening_asks_for_them),
		cmocka_unit_test(bad_digests_are_told),
		cmocka_unit_test(listening_is_refused),
		cmocka_unit_test(answers_are_checked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
