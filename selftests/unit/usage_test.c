// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What dtcp says of itself, and of commands that are not called as they should
// be. No router is asked for any of it.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dtcp_run.h"

static void all(void **state)
{
	RUN("help");
	run_end(0);
	run_has(run_out, "Usage: dtcp [OPTION]...");
	run_has(run_out, "--sequence-file FILE");
	run_has(run_out, "\n  refresh ");
	run_has(run_out, "\n  help [COMMAND]\n");
	assert_string_equal(run_err, "");
	RUN("csrc_a@192.0.2.1", "--help");
	run_end(0);
	run_has(run_out, "--sequence-file FILE");
}

static void assert_usage(const char *form, const char *usage)
{
	run_end(0);
	run_has(run_out, form);
	run_has(run_out, usage);
	assert_null(strstr(run_out, "--sequence-file"));
	assert_string_equal(run_err, "");
}

static void of_a_command(void **state)
{
	RUN("help", "add");
	assert_usage("ROUTER[:PORT] add [ARGUMENT]...\n", "  add --cdest NAME");
	RUN("csrc_a@192.0.2.1", "delete", "--cdest", "a", "--help");
	assert_usage("ROUTER[:PORT] delete ", "  delete --criteria");
	/* Neither port nor key. */
	RUN("-u", "csrc_a@192.0.2.1", "noop", "-h");
	assert_usage("ROUTER[:PORT] noop ", "  noop [--send-async]");
	RUN("digest", "--help");
	assert_usage("dtcp [OPTION]... digest ", "< MESSAGE\n");
	RUN("listen", "-n", "1", "--help");
	assert_usage("[[USER@]ROUTER[:PORT]] listen ", "  listen [-n COUNT]");
}

static void wrong(void **state)
{
	RUN("help", "nonsense");
	run_end(2);
	run_has(run_err, "help: 'nonsense'; expected one command");
	RUN("help", "add", "delete");
	run_end(2);
	run_has(run_err, "help: 'delete'; expected one command");
	RUN("csrc_a@192.0.2.1", "digest");
	run_end(2);
	run_has(run_err, "digest takes no router; expected 'dtcp digest [");
	RUN("csrc_a@192.0.2.1", "nonsense");
	run_end(2);
	run_has(run_err, "unknown command 'nonsense'");
	RUN("csrc_a@192.0.2.1");
	run_end(2);
	run_has(run_err, "no command; ");
	/* The value of another option, not a question. */
	RUN("-u", "csrc_a@192.0.2.1", "list", "--cdest", "-h");
	run_end(2);
	run_has(run_err, "service-port");
	/* Notifications at a port of one's own come over UDP. */
	RUN("--key", KEY, "-i", "id", "listen", "-w", "1", "1");
	run_end(2);
	run_has(run_err, "--identity: over UDP");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all),
		cmocka_unit_test(of_a_command),
		cmocka_unit_test(wrong),
	};

	return cmocka_run_group_tests(tests, run_set_up, run_tear_down);
}
