// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The whole of dtcp against dtcpd's UDP and tasking; only the kernel is
// pretended.

#include "tasking_fake.h"

#include <arpa/inet.h>

#include "dtcpd/endpoint.h"
#include "dtcpd/udp.h"
#include "dtcp_run.h"

#define ROWS 100

static struct loop loop;
static struct udp *udp;
static char router[64];

static unsigned int free_port(void)
{
	struct endpoint e;
	int fd;

	endpoint_parse(&e, "127.0.0.1", 0);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(bind(fd, &e.any, e.len), 0);
	assert_int_equal(getsockname(fd, &e.any, &e.len), 0);
	close(fd);
	return ntohs(e.in.sin_port);
}

static int setup(void **state)
{
	unsigned int port = free_port();
	struct udp_change *change;
	char groups[512];

	snprintf(router, sizeof(router), USER "@127.0.0.1:%u", port);
	snprintf(groups, sizeof(groups), "capture-group g {\n"
		 "content-destination cd1 { address = 203.0.113.9\n"
		 "port = 7890 security = none }\n"
		 "control-source " USER " { shared-key = " KEY
		 " service-port = %u }\n}\n", port);
	fake_start(groups);
	if (loop_init(&loop))
		return -1;
	udp = udp_alloc(&loop, tasking, NULL);
	change = udp_prepare(udp, config);
	assert_non_null(change);
	udp_commit(change);
	return 0;
}

static int teardown(void **state)
{
	udp_free(udp);
	loop_fini(&loop);
	fake_stop();
	return 0;
}

static void stop(void *arg)
{
	loop_stop(&loop, 0);
}

/* Serves until the client has ended. */
static void serve(int expected)
{
	struct loop_task task = { .fn = stop };
	siginfo_t gone = { .si_pid = 0 };

	while (!waitid(P_PID, (id_t)run_child, &gone,
		       WEXITED | WNOHANG | WNOWAIT) && !gone.si_pid) {
		loop.stopped = false;
		loop_post(&loop, &task);
		loop_run(&loop);
	}
	run_end(expected);
}

static void from_add_to_delete(void **state)
{
	char rows[32];
	int i;

	RUN("-u", "--key", KEY, router, "add", "--cdest", "cd1", "--static",
	    "--dest", "192.0.2.2", "--protocol", "tcp");
	serve(0);
	run_has(run_out, "200 OK\n");
	run_has(run_out, "\nCriteria-ID: 1\n");
	for (i = 1; i < ROWS; i++) {
		RUN("-u", "--key", KEY, router, "add", "--cdest", "cd1",
		    "--timeout-idle", "60");
		serve(0);
	}
	RUN("-u", "-j", "--key", KEY, router, "list", "--both");
	serve(0);
	snprintf(rows, sizeof(rows), "\"criteria-num\": %d,", ROWS);
	run_has(run_out, rows);
	run_has(run_out, "\"dest-address\": \"192.0.2.2\"");
	assert_null(strstr(run_out, "missing"));
	RUN("-u", "--key", KEY, router, "refresh", "--criteria", "2",
	    "--timeout-idle", "7");
	serve(0);
	RUN("-u", "--key", KEY, router, "delete", "--cdest", "cd1",
	    "--static");
	serve(0);
	snprintf(rows, sizeof(rows), "Criteria-Count: %d\n", ROWS);
	run_has(run_out, rows);
	RUN("-u", "--key", KEY, router, "delete", "--criteria", "1");
	serve(1);
	run_has(run_out, "431 Unknown Criteria ID");
	RUN("-u", "-j", "--key", KEY, "--dtcp-version", "0.8", router, "list");
	serve(0);
	run_has(run_out, "\"version\": \"0.8\"");
	run_has(run_out, "\"criteria\": []");
}

static void no_answer(void **state)
{
	RUN("-u", "--key", "other", "-t", "1", router, "noop");
	serve(2);
	run_has(run_err, "no answer in time");
	RUN("-u", "--key", KEY, "--seq", "1", router, "noop");
	serve(0);
	/* A number that was seen is not answered again. */
	RUN("-u", "--key", KEY, "--seq", "1", "-t", "1", router, "noop");
	serve(2);
	RUN("-u", "--key", KEY, "--seq", "2", "-t", "1", "-r", "2", router,
	    "noop");
	serve(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(from_add_to_delete, setup,
						teardown),
		cmocka_unit_test_setup_teardown(no_answer, setup, teardown),
	};

	return cmocka_run_group_tests(tests, run_set_up, run_tear_down);
}
