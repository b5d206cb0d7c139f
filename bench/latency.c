// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Tells how long packets are on their way through routers:
 *
 *   latency NAMESPACE COUNT DEVICE=MAC...
 *
 * sends COUNT packets to each router, by a device at which its address is MAC,
 * and takes them off the device of the same name in NAMESPACE. There is one
 * packet each millisecond and never two at once; in each round the routers have
 * one each, in another order. Prints a line for each round: for each router the
 * nanoseconds from just before the system call that sends until the kernel has
 * got the packet behind the router, by the kernel's time stamp. So what wakes
 * and runs the receiver is no part of it, nor is what the router does
 * afterwards.
 */

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PACE_NS		1000000
#define SECOND_NS	1000000000LL
/* Rounds that are not told of. */
#define WARM_UP		20
#define ROUTERS_MAX	32
#define SIZE		124

struct frame {
	struct ether_header eth;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t data[SIZE - sizeof(struct ether_header) -
		     sizeof(struct iphdr) - sizeof(struct udphdr)];
} __attribute__((packed));

static uint16_t checksum(const void *data, size_t len)
{
	const uint8_t *bytes = data;
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

/* Of a flow that the filters of systems.py take. */
static void frame_make(struct frame *frame, const char *mac)
{
	const struct ether_addr *address = ether_aton(mac);

	if (!address)
		errx(1, "'%s' is no address", mac);
	memset(frame, 0, sizeof(*frame));
	memcpy(frame->eth.ether_dhost, address, ETH_ALEN);
	frame->eth.ether_shost[0] = 2;
	frame->eth.ether_type = htons(ETHERTYPE_IP);
	frame->ip.version = 4;
	frame->ip.ihl = sizeof(frame->ip) / 4;
	frame->ip.tot_len = htons(SIZE - sizeof(frame->eth));
	frame->ip.ttl = 64;
	frame->ip.protocol = IPPROTO_UDP;
	frame->ip.saddr = inet_addr("198.18.0.1");
	frame->ip.daddr = inet_addr("198.19.0.2");
	frame->udp.source = htons(4000);
	frame->udp.dest = htons(5000);
	frame->udp.len = htons(sizeof(frame->udp) + sizeof(frame->data));
}

static void frame_number(struct frame *frame, uint16_t number)
{
	frame->ip.id = htons(number);
	frame->ip.check = 0;
	frame->ip.check = checksum(&frame->ip, sizeof(frame->ip));
}

/* A socket that takes in nothing if @type is 0. */
static int open_at(const char *device, uint16_t type)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(type),
		.sll_ifindex = if_nametoindex(device),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err(1, "%s", device);
	return fd;
}

static void enter(const char *namespace)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", namespace);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static int open_sink(const char *device)
{
	const struct timeval patience = { .tv_sec = 5 };
	const int on = 1;
	int fd = open_at(device, ETHERTYPE_IP);

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		err(1, "%s", device);
	return fd;
}

static int64_t ns(const struct timespec *time)
{
	return time->tv_sec * SECOND_NS + time->tv_nsec;
}

/* The clock of the kernel's time stamps. */
static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return ns(&time);
}

/* Returns when it came. */
static int64_t arrival(int fd, const struct frame *sent)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct frame got;
	struct iovec part = { &got, sizeof(got) };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	struct cmsghdr *head;
	struct timespec time;

	do {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		if (recvmsg(fd, &message, 0) < 0)
			err(1, "a packet did not come");
	} while (got.ip.saddr != sent->ip.saddr || got.ip.id != sent->ip.id);
	head = CMSG_FIRSTHDR(&message);
	if (!head || head->cmsg_type != SCM_TIMESTAMPNS)
		errx(1, "a packet bears no time stamp");
	memcpy(&time, CMSG_DATA(head), sizeof(time));
	return ns(&time);
}

/*
 * On one processor, which pktgen's other thread has in scaling.py, and before
 * all else that is to run there: what interrupts a packet is not the module.
 */
static void keep_processor(void)
{
	const struct sched_param urgent = { .sched_priority = 1 };
	cpu_set_t last;

	CPU_ZERO(&last);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &last);
	if (sched_setaffinity(0, sizeof(last), &last) ||
	    sched_setscheduler(0, SCHED_FIFO, &urgent) ||
	    mlockall(MCL_CURRENT | MCL_FUTURE))
		err(1, "a processor of its own");
}

struct router {
	int in;
	int out;
	struct frame frame;
	int64_t took;
};

static struct router routers[ROUTERS_MAX];

/* Changes the namespace of the process. */
static void open_all(const char *namespace, char **names, int n)
{
	char *mac;
	int i;

	for (i = 0; i < n; i++) {
		mac = strchr(names[i], '=');
		if (!mac)
			errx(2, "'%s' is not DEVICE=MAC", names[i]);
		*mac = '\0';
		frame_make(&routers[i].frame, mac + 1);
		routers[i].out = open_at(names[i], 0);
	}
	enter(namespace);
	for (i = 0; i < n; i++)
		routers[i].in = open_sink(names[i]);
}

static void send_one(struct router *router, uint16_t number)
{
	const struct timespec pace = { .tv_nsec = PACE_NS };
	struct frame *frame = &router->frame;
	int64_t start;

	clock_nanosleep(CLOCK_MONOTONIC, 0, &pace, NULL);
	frame_number(frame, number);
	start = now();
	if (send(router->out, frame, sizeof(*frame), 0) < 0)
		err(1, "a packet cannot be sent");
	router->took = arrival(router->in, frame) - start;
}

static void shuffle(int *order, int n)
{
	int i, j, other;

	for (i = n - 1; i > 0; i--) {
		j = rand() % (i + 1);
		other = order[i];
		order[i] = order[j];
		order[j] = other;
	}
}

static void go(int rounds, int n)
{
	int order[ROUTERS_MAX], round, i;

	for (i = 0; i < n; i++)
		order[i] = i;
	for (round = -WARM_UP; round < rounds; round++) {
		shuffle(order, n);
		for (i = 0; i < n; i++)
			send_one(&routers[order[i]], round);
		for (i = 0; i < n && round >= 0; i++)
			printf("%lld%c", (long long)routers[i].took,
			       i < n - 1 ? ' ' : '\n');
	}
}

int main(int argc, char **argv)
{
	int n = argc - 3;

	if (n < 1 || n > ROUTERS_MAX)
		errx(2, "wants NAMESPACE COUNT DEVICE=MAC...");
	open_all(argv[1], argv + 3, n);
	keep_processor();
	go(atoi(argv[2]), n);
	return 0;
}
