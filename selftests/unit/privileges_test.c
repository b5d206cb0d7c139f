// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// What dtcpd keeps of its privileges, and who may look into it. As root there
// is something to lose; without, what is left is as little.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/privileges.h"

#define NET_BIND	(1ULL << 10)
#define NET_ADMIN	(1ULL << 12)
#define SETPCAP		(1ULL << 8)
#define NOBODY		65534

static uint64_t read_set(const char *name)
{
	FILE *f = fopen("/proc/self/status", "re");
	uint64_t set = ~0ULL;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			set = strtoull(line + strlen(name) + 1, NULL, 16);
	if (f)
		fclose(f);
	return set;
}

static int child_status(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* In a child, as nothing of it can be undone; the line that failed, or 0. */
#define must(what) do { if (!(what)) return __LINE__ % 256; } while (0)

static int drop(const struct config *c, uint64_t wanted)
{
	uint64_t had = read_set("CapPrm"), bounds = read_set("CapBnd");
	bool change = read_set("CapEff") & SETPCAP;

	must(!privileges_drop(c));
	must(read_set("CapPrm") == (had & wanted));
	must(read_set("CapEff") == (had & wanted));
	must(read_set("CapInh") == 0);
	must(read_set("CapAmb") == 0);
	must(read_set("CapBnd") == (change ? 0 : bounds));
	return 0;
}

static int drop_twice(const struct config *c, uint64_t wanted)
{
	int line = drop(NULL, NET_ADMIN | NET_BIND);

	return line ? line : drop(c, wanted);
}

static void check_drop(const struct config *c, uint64_t wanted)
{
	pid_t pid = fork();

	if (!pid)
		_exit(drop_twice(c, wanted));
	assert_int_equal(child_status(pid), 0);
}

static void capabilities(void **state)
{
	struct config_source source = { .service_port = 0 };
	struct config_group group = { .source = &source, .nsource = 1 };
	struct config c = { .ssh.port = 32001, .group = &group, .ngroup = 1 };

	check_drop(&c, NET_ADMIN);
	source.service_port = 1024;
	check_drop(&c, NET_ADMIN);
	source.service_port = 1023;
	check_drop(&c, NET_ADMIN | NET_BIND);
	source.service_port = 0;
	c.ssh.port = 22;
	check_drop(&c, NET_ADMIN | NET_BIND);
}

static int hide(void)
{
	struct rlimit limit;

	must(!privileges_hide());
	must(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0);
	must(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	must(!getrlimit(RLIMIT_CORE, &limit));
	must(limit.rlim_cur == 0 && limit.rlim_max == 0);
	return 0;
}

static void hidden(void **state)
{
	pid_t pid = fork();

	if (!pid)
		_exit(hide());
	assert_int_equal(child_status(pid), 0);
}

static bool is_refused(pid_t pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		close(fd);
	return fd < 0 && (errno == EACCES || errno == EPERM);
}

static char secret[] = "secret";

/* Of the same user, without a capability: what such a process can see of it. */
static int look(pid_t pid, bool is_hidden)
{
	char seen[sizeof(secret)];
	struct iovec here = { seen, sizeof(seen) };
	struct iovec there = { secret, sizeof(secret) };

	must(is_refused(pid, "mem") == is_hidden);
	must(is_refused(pid, "environ") == is_hidden);
	must(is_refused(pid, "maps") == is_hidden);
	must((process_vm_readv(pid, &here, 1, &there, 1, 0) < 0) == is_hidden);
	return 0;
}

/* Of two processes of a user, one is hidden or not and the other one looks. */
static int look_as_nobody(bool hide_it)
{
	int ready[2], line;
	pid_t pid;
	char c;

	if (!geteuid() && (setresgid(NOBODY, NOBODY, NOBODY) ||
			   setresuid(NOBODY, NOBODY, NOBODY)))
		return 1;
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (pipe(ready))
		return 1;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (hide_it && privileges_hide())
			_exit(1);
		close(ready[1]);
		for (;;)
			pause();
	}
	close(ready[1]);
	line = read(ready[0], &c, 1) ? 1 : look(pid, hide_it);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return line;
}

static void unreadable(void **state)
{
	pid_t pid = fork();

	if (!pid)
		_exit(look_as_nobody(true));
	assert_int_equal(child_status(pid), 0);
	/* It is not for another reason that nothing can be read. */
	pid = fork();
	if (!pid)
		_exit(look_as_nobody(false));
	assert_int_equal(child_status(pid), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities),
		cmocka_unit_test(hidden),
		cmocka_unit_test(unreadable),
	};

	log_init(false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
