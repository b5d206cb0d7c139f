// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The whole of dtcp over UDP, with the test as the router: answers that are
// lost, late, doubled, reordered, forged or foreign.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "dtcp/udplink.h"
#include "dtcp_run.h"

static int fd = -1;
static char router[64];
static struct sockaddr_storage client;
static socklen_t client_len;
static char request[UINT16_MAX];
static size_t request_len;
static unsigned long long seq;

/* Opens the router's socket at an address of the loopback. */
static int open_at(const char *address)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	bool is_v6 = strchr(address, ':');
	struct sockaddr *a = is_v6 ? (void *)&v6 : (void *)&v4;
	socklen_t len = is_v6 ? sizeof(v6) : sizeof(v4);
	int s = socket(a->sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* A client that sends nothing fails the test, and does not hang it. */
	struct timeval limit = { .tv_sec = 30 };

	if (s < 0 || bind(s, a, len) || getsockname(s, a, &len) ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		return -1;
	snprintf(router, sizeof(router), USER "@%s:%u", address,
		 ntohs(is_v6 ? v6.sin6_port : v4.sin_port));
	return s;
}

static int set_up(void **state)
{
	fd = open_at("127.0.0.1");
	return fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	if (run_child > 0 && kill(run_child, SIGKILL) == 0)
		waitpid(run_child, NULL, 0);
	run_child = 0;
	return close(fd);
}

/* Takes the request; checks its digest and keeps its number. */
static void serve(void)
{
	const struct dtcp_header *h;
	struct dtcp_message m;
	ssize_t n;

	client_len = sizeof(client);
	n = recvfrom(fd, request, sizeof(request) - 1, 0,
		     (struct sockaddr *)&client, &client_len);
	assert_true(n > 0);
	request_len = (size_t)n;
	request[n] = '\0';
	assert_int_equal(dtcp_message_parse(&m, request, request_len), 0);
	assert_true(dtcp_message_verify(&m, request, KEY, strlen(KEY)));
	h = dtcp_message_find(&m, "Seq");
	assert_non_null(h);
	seq = strtoull(h->value.at, NULL, 10);
}

static void send_from(int s, const char *text, size_t len)
{
	assert_int_equal(sendto(s, text, len, 0, (struct sockaddr *)&client,
				client_len), len);
}

/* Numbers, signs and sends a message that is written but for that. */
static void send_with(struct dtcp_writer *w, unsigned long long number,
		      const char *key, int s)
{
	dtcp_writer_header(w, "Timestamp", "now");
	if (number)
		dtcp_writer_header(w, "Seq", "%llu", number);
	assert_int_equal(dtcp_writer_sign(w, key, strlen(key)), 0);
	send_from(s, w->buf, w->len);
	dtcp_writer_fini(w);
}

static void answer(unsigned int code)
{
	struct dtcp_writer w;

	run_begin(&w, code);
	dtcp_writer_header(&w, "Criteria-ID", "7");
	send_with(&w, seq, KEY, fd);
}

static void put_row(struct dtcp_writer *w, unsigned int num,
		    unsigned int count)
{
	dtcp_writer_header(w, "Criteria-Num", "%u", num);
	dtcp_writer_header(w, "Criteria-Count", "%u", count);
	dtcp_writer_header(w, "Criteria-ID", "%u", 100 + num);
	dtcp_writer_header(w, "Timestamp", "then");
}

static void answer_rows(unsigned int from, unsigned int to, unsigned int count)
{
	struct dtcp_writer w;
	unsigned int i;

	run_begin(&w, 200);
	for (i = from; i <= to; i++)
		put_row(&w, i, count);
	send_with(&w, seq, KEY, fd);
}

static void one_answer(void **state)
{
	RUN("-u", "--key", KEY, router, "add", "--cdest", "cd1", "--static");
	serve();
	assert_memory_equal(request, "ADD DTCP/0.7\r\nCsource-ID: csrc_a\r\n",
			    strlen("ADD DTCP/0.7\r\nCsource-ID: csrc_a\r\n"));
	answer(200);
	run_end(0);
	run_has(run_out, "200 OK\nCriteria-ID: 7\nTimestamp: now\nSeq: ");
	assert_string_equal(run_err, "");
}

static void refused(void **state)
{
	setenv("DTCP_KEY", KEY, 1);
	RUN("-u", "--dtcp-version", "0.6", "--seq", "42", router, "delete",
	    "--criteria", "7");
	unsetenv("DTCP_KEY");
	serve();
	assert_int_equal(seq, 42);
	run_has(request, "DELETE DTCP/0.6");
	answer(431);
	run_end(1);
	run_has(run_out, "431 Unknown Criteria ID");
	run_has(run_err, "refused: 431");
}

static void over_ipv6(void **state)
{
	close(fd);
	fd = open_at("[::1]");
	if (fd < 0) {
		fd = open_at("127.0.0.1");
		skip();
	}
	RUN("-u", "--key", KEY, router, "noop");
	serve();
	answer(200);
	run_end(0);
}

/* Numbers go up, in a file of one's own too, which needs no home. */
static void numbers(void **state)
{
	char file[128];
	int i;

	snprintf(file, sizeof(file), "%s/numbers", run_dir);
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "/dev/null", 1);
	for (i = 0; i < 2; i++) {
		unsigned long long before = seq;

		RUN("-u", "--key", KEY, "--sequence-file", file, router,
		    "noop");
		serve();
		answer(200);
		run_end(0);
		if (i)
			assert_int_equal(seq, before + 1);
	}
	run_read("numbers", run_out, sizeof(run_out));
	assert_int_equal(strtoull(run_out, NULL, 10), seq);
	setenv("XDG_STATE_HOME", run_dir, 1);
}

/* A router counts for all of its ports together. */
static void ports_share_their_numbers(void **state)
{
	unsigned long long before;

	RUN("-u", "--key", KEY, router, "noop");
	serve();
	answer(200);
	run_end(0);
	before = seq;
	close(fd);
	fd = open_at("127.0.0.1");
	RUN("-u", "--key", KEY, router, "noop");
	serve();
	answer(200);
	run_end(0);
	assert_int_equal(seq, before + 1);
	run_read("dtcp/" USER "@127.0.0.1", run_out, sizeof(run_out));
	assert_int_equal(strtoull(run_out, NULL, 10), seq);
}

static void what_does_not_belong_is_ignored(void **state)
{
	struct dtcp_writer w;
	int other = socket(AF_INET, SOCK_DGRAM, 0);

	RUN("-u", "--key", KEY, router, "noop");
	serve();
	run_begin(&w, 431);
	send_with(&w, seq, KEY, other);
	close(other);
	run_begin(&w, 432);
	send_with(&w, seq, "Secret", fd);
	run_begin(&w, 433);
	send_with(&w, seq - 1, KEY, fd);
	send_from(fd, "garbage", 7);
	send_from(fd, request, request_len);
	send_from(fd, "", 0);
	answer(200);
	run_end(0);
	run_has(run_out, "200 OK");
	run_has(run_err, "5 datagrams were ignored: 1 from elsewhere, 3 not "
		"authentic, 1 for another request");
}

static void no_answer(void **state)
{
	struct dtcp_writer w;

	RUN("-u", "--key", KEY, "-t", "1", router, "noop");
	serve();
	run_end(2);
	assert_string_equal(run_out, "");
	run_has(run_err, "no answer in time");
	/* Once only: nothing else has come. */
	assert_int_equal(recv(fd, request, sizeof(request), MSG_DONTWAIT), -1);
	RUN("-u", "--key", KEY, "-t", "1", router, "noop");
	serve();
	run_begin(&w, 200);
	send_with(&w, seq, "Secret", fd);
	run_end(2);
	run_has(run_err, "shared key");
	RUN("-u", router, "noop");
	run_end(2);
	run_has(run_err, "no shared key");
}

static void nobody_is_there(void **state)
{
	close(fd);
	RUN("-u", "--key", KEY, "-t", "60", router, "noop");
	run_end(2);
	run_has(run_err, "nobody is at this port");
	fd = open_at("127.0.0.1");
}

static void the_same_datagram_again(void **state)
{
	static char first[sizeof(request)];
	size_t len;

	RUN("-u", "--key", KEY, "-t", "2", "-r", "3", router, "noop");
	serve();
	memcpy(first, request, request_len);
	len = request_len;
	serve();
	assert_int_equal(request_len, len);
	assert_memory_equal(request, first, len);
	answer(200);
	run_end(0);
}

/* The numbers of the criteria that were printed as JSON. */
static const char *listed(void)
{
	json_t *answered = json_loads(run_out, 0, NULL), *row;
	static char text[256];
	size_t i;

	assert_non_null(answered);
	text[0] = '\0';
	json_array_foreach(json_object_get(answered, "criteria"), i, row)
		sprintf(text + strlen(text), "%d ", (int)json_integer_value(
			json_object_get(row, "criteria-id")));
	json_decref(answered);
	return text;
}

static void list_in_any_order(void **state)
{
	RUN("-u", "-j", "--key", KEY, router, "list", "--both");
	serve();
	answer_rows(4, 4, 4);
	answer_rows(1, 2, 4);
	answer_rows(1, 2, 4);
	answer_rows(3, 3, 4);
	run_end(0);
	assert_string_equal(listed(), "101 102 103 104 ");
	assert_null(strstr(run_out, "missing"));
	run_has(run_err, "1 datagram was ignored: 1 doubled");
}

static void empty_list(void **state)
{
	struct dtcp_writer w;

	RUN("-u", "-j", "--key", KEY, router, "list");
	serve();
	run_begin(&w, 200);
	send_with(&w, seq, KEY, fd);
	run_end(0);
	run_has(run_out, "\"criteria\": []");
}

static void list_with_a_part_lost(void **state)
{
	RUN("-u", "-j", "--key", KEY, "-t", "1", router, "list");
	serve();
	answer_rows(5, 5, 5);
	answer_rows(1, 2, 5);
	run_end(2);
	assert_string_equal(listed(), "101 102 105 ");
	run_has(run_out, "\"missing\": \"3-4\"");
	run_has(run_err, "2 of the 5 rows of the list did not come in time: "
		"3-4");
}

static void list_that_contradicts_itself(void **state)
{
	RUN("-u", "--key", KEY, "-t", "60", router, "list");
	serve();
	answer_rows(1, 2, 5);
	answer_rows(3, 3, 6);
	run_end(2);
	run_has(run_err, "5 rows in one part and 6");
}

static void notifications_are_no_answer(void **state)
{
	struct dtcp_writer w;

	RUN("-u", "--key", KEY, router, "noop", "--send-async");
	serve();
	run_has(request, "Flags: SendAsync\r\n");
	run_begin(&w, 131);
	send_with(&w, 0, KEY, fd);
	answer(200);
	run_end(0);
	run_has(run_err, "notification: 131 NoOp Notification");
	assert_null(strstr(run_out, "131"));
}

static void raw_message(void **state)
{
	FILE *f = fopen(run_path("message"), "w");
	size_t i;

	fputs("FOO DTCP/9.9\nSeq: 5\n", f);
	fclose(f);
	RUN("-u", "--key", KEY, router, "raw", strdupa(run_path("message")));
	serve();
	assert_memory_equal(request, "FOO DTCP/9.9\nSeq: 5\n", 20);
	answer(505);
	run_end(1);
	/* A message that SSH would take, but no datagram. */
	f = fopen(run_path("message"), "w");
	fputs("FOO DTCP/9.9\nSeq: 5\nX-Long: ", f);
	for (i = 0; i < UDPLINK_DATAGRAM_MAX; i++)
		fputc('x', f);
	fclose(f);
	RUN("-u", "--key", KEY, router, "raw", strdupa(run_path("message")));
	run_end(2);
	run_has(run_err, "a datagram holds 65507");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_answer),
		TEST(refused),
		TEST(over_ipv6),
		TEST(numbers),
		TEST(ports_share_their_numbers),
		TEST(what_does_not_belong_is_ignored),
		TEST(no_answer),
		TEST(nobody_is_there),
		TEST(the_same_datagram_again),
		TEST(list_in_any_order),
		TEST(empty_list),
		TEST(list_with_a_part_lost),
		TEST(list_that_contradicts_itself),
		TEST(notifications_are_no_answer),
		TEST(raw_message),
	};

	return cmocka_run_group_tests(tests, run_set_up, run_tear_down);
}
