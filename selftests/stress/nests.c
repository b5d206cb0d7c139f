// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "act.h"
#include "storm.h"

/* At once. */
#define NESTS 3
#define FILTERS 60
#define PACKETS 100

/* Of a pair whose other end is in the namespace, and goes with it. */
#define PREFIX "nest"

static bool add_filters(struct wire *w, uint32_t number)
{
	const struct site site = { .id = 1, .flags = DFC_GROUP_F_LOCAL };
	const struct dest dest = {
		.id = 1, .family = AF_INET, .addr = { 203, 0, 113, 2 },
		.port = 7890, .security = DFC_SECURITY_NONE,
	};
	struct request *r;
	uint32_t i;

	CHECK(act_dest_add(w, &dest) && act_site_add(w, &site));
	r = wire_request(w, DFC_CMD_FILTER_ADD);
	for (i = 0; i < FILTERS; i++) {
		struct rule rule = {
			.id = 1 + i, .family = AF_INET, .group = 1,
			.flags = number % 2 ? DFC_FILTER_F_OWNED : 0,
			.dst = ONE(.from = { 198, 51, 100, 2 },
				   .to = { 198, 51, 100, 2 + i }),
			.timeout_total = i % 3, .limit_packets = i % 5,
			.ndests = 1, .dest = { 1 },
		};

		rule_put(r, &rule);
	}
	return wire_done(w);
}

static bool send_packets(void)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr.s_addr = htonl(0xc6336402),
	};
	char buf[100] = "";
	unsigned int i;
	int fd;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CHECK(fd >= 0);
	for (i = 0; i < PACKETS; i++)
		sendto(fd, buf, sizeof(buf), 0, (const void *)&to, sizeof(to));
	close(fd);
	return true;
}

/* With the process, the namespace ends, and all that is in it. */
static bool nest(uint32_t number)
{
	pid_t parent = getppid();
	static struct stats s;
	char command[300];
	struct wire *w;

	act_namespace();
	snprintf(command, sizeof(command), "ip link add " PREFIX
		 "%u netns %d type veth peer name nest && "
		 "ip link add out type dummy && ip link set out up && "
		 "ip address add 198.51.100.1/24 dev out && "
		 "ip route add default dev out", number % 100000, parent);
	CHECK(!system(command));
	w = wire_open();
	CHECK(add_filters(w, number) && send_packets());
	CHECK(act_stats_get(w, &s));
	/* Each has seen at least one, before a limit could end it. */
	CHECK(s.counters.matched_packets >= FILTERS / 3);
	return true;
}

static bool all_gone(struct wire *w)
{
	struct if_nameindex *all = if_nameindex(), *i;
	bool found = false;

	(void)w;
	CHECK(all);
	for (i = all; i->if_index; i++)
		found |= !strncmp(i->if_name, PREFIX, strlen(PREFIX));
	if_freenameindex(all);
	return !found;
}

static bool come_and_go(time_t end)
{
	unsigned int made = 0, running = 0;
	bool ok = true;
	int status;

	while (running || (ok && time(NULL) < end)) {
		if (running < NESTS && ok && time(NULL) < end) {
			if (!fork())
				_exit(nest(made) ? 0 : 1);
			made++;
			running++;
			continue;
		}
		wait(&status);
		running--;
		ok &= WIFEXITED(status) && !WEXITSTATUS(status);
	}
	tap_note("%u namespaces", made);
	return ok;
}

int nests_main(const char *seconds)
{
	time_t end = time(NULL) + strtoul(seconds, NULL, 0);

	tap_plan(2);
	tap_result(come_and_go(end), "namespaces come, with filters in them");
	tap_result(act_wait(NULL, all_gone), "and go as they are");
	return tap_end();
}
