// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// The system call filter: what is not allowed kills the process, in every
// thread; what dtcpd does goes on. (The programs of the tree run with it in the
// conformance tests and selftests.)

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/sandbox.h"

#define LIVED 7

static int in_child(void (*what)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		if (!sandbox_enter())
			what();
		_exit(LIVED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void assert_killed(void (*what)(void))
{
	int status = in_child(what);

	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void assert_lives(void (*what)(void))
{
	int status = in_child(what);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), LIVED);
}

static void do_execve(void)
{
	syscall(SYS_execve, "/bin/true", NULL, NULL);
}

static void do_ptrace(void)
{
	syscall(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
}

static void do_packet(void)
{
	syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0);
}

static void do_fork(void)
{
	syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void do_kill(void)
{
	syscall(SYS_kill, getppid(), 0);
}

static void do_limit(void)
{
	uint64_t limit[2] = { 0, 0 };

	syscall(SYS_prlimit64, 0, RLIMIT_CORE, limit, NULL);
}

static void do_setuid(void)
{
	syscall(SYS_setuid, 0);
}

static void do_module(void)
{
	syscall(SYS_finit_module, -1, "", 0);
}

static void do_mount(void)
{
	syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL);
}

static void do_memory(void)
{
	syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
}

static void do_traced(void)
{
	syscall(SYS_prctl, 4 /* PR_SET_DUMPABLE */, 1, 0, 0, 0);
}

static void killed(void **state)
{
	assert_killed(do_execve);
	assert_killed(do_ptrace);
	assert_killed(do_packet);
	assert_killed(do_fork);
	assert_killed(do_kill);
	assert_killed(do_limit);
	assert_killed(do_setuid);
	assert_killed(do_module);
	assert_killed(do_mount);
	assert_killed(do_memory);
	assert_killed(do_traced);
}

static int gate[2];

static void *wait_and_do(void *arg)
{
	char c;

	if (read(gate[0], &c, 1) == 1)
		do_execve();
	return NULL;
}

/* One that was there before the filter has it too. */
static void thread_before(void **state)
{
	pthread_t thread;
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		if (pipe(gate) ||
		    pthread_create(&thread, NULL, wait_and_do, NULL) ||
		    sandbox_enter() || write(gate[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

static void must(bool good)
{
	if (!good)
		_exit(1);
}

static void no_executable_memory(void)
{
	char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	must(mprotect(p, 4096, PROT_READ | PROT_EXEC) && errno == EPERM);
	must(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	must(errno == EPERM);
}

static void no_terminal(void)
{
	must(ioctl(0, TIOCSTI, "x") && errno == ENOTTY);
	must(!isatty(0));
}

static void *nothing(void *arg)
{
	return arg;
}

/* What the state file, the journal and sockets need. */
static void work(void)
{
	char name[] = "/tmp/sandbox_test.XXXXXX";
	pthread_t thread;
	int fd = mkstemp(name);

	must(fd >= 0 && !ftruncate(fd, 4096) && pwrite(fd, "a", 1, 9) == 1);
	must(!fdatasync(fd) && !fcntl(fd, F_SETLK, &(struct flock){
		.l_type = F_WRLCK }));
	must(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) !=
	     MAP_FAILED);
	must(!close(fd) && !unlink(name));
	must(socket(AF_UNIX, SOCK_DGRAM, 0) >= 0);
	must(socket(AF_INET, SOCK_STREAM, 0) >= 0);
	must(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	must(!pthread_create(&thread, NULL, nothing, NULL));
	must(!pthread_join(thread, NULL));
}

static void refused(void **state)
{
	assert_lives(no_executable_memory);
	assert_lives(no_terminal);
}

static void allowed(void **state)
{
	assert_lives(work);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed),
		cmocka_unit_test(thread_before),
		cmocka_unit_test(refused),
		cmocka_unit_test(allowed),
	};

	log_init(false);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
