/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef BENCH_SUBJECT_H
#define BENCH_SUBJECT_H

#include <libssh/libssh.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SUBJECT_USER	"bench"
#define SUBJECT_KEY	"a shared key"
#define SUBJECT_CDEST	"cd1"

/**
 * struct subject - dtcpd with a kernel that says yes, in its own process
 * @dir: directory of its keys and configuration, removed by subject_stop()
 * @login: key that SUBJECT_USER logs in with; owned
 * @ssh_port: TCP port at 127.0.0.1
 * @udp_port: service-port of SUBJECT_USER, there too
 * @pid: its process
 * @ask: subject_measure() asks here
 * @answer: and is answered here
 */
struct subject {
	char dir[64];
	ssh_key login;
	uint16_t ssh_port;
	uint16_t udp_port;
	pid_t pid;
	int ask;
	int answer;
};

/**
 * struct subject_figures - what dtcpd has used so far
 * @cpu: seconds of processor time
 * @allocated: bytes that malloc() has given out and not got back
 * @resident: bytes of memory that it occupies
 * @criteria: that it has
 */
struct subject_figures {
	double cpu;
	size_t allocated;
	size_t resident;
	size_t criteria;
};

/**
 * subject_start() - start it, and wait until it listens
 * @p: filled
 * @journal: with a journal: a row for each criterion
 * @log: file that its log goes to
 *
 * Ends the program where it cannot, with a sentence on standard error.
 */
void subject_start(struct subject *p, bool journal, const char *log);

/**
 * subject_measure() - ask what it has used
 * @p: of subject_start()
 *
 * Answered between two turns of its loop. Ends the program where it does not
 * answer.
 *
 * Return: figures.
 */
struct subject_figures subject_measure(const struct subject *p);

/**
 * subject_stop() - end it
 * @p: of subject_start()
 */
void subject_stop(struct subject *p);

#endif
