// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <assert.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "packets.h"

/* A wire of which we hold both ends, and nothing else is heard on it. */
#define WIRE \
	"exec >/dev/null 2>&1; " \
	"echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; " \
	"ip link add in address 02:00:00:00:00:01 type veth peer name out && " \
	"ip link set out up && " \
	"ip link set in up && ip address add 192.0.2.1/24 dev in"

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char payload[100];
};

bool packets_group(struct wire *w)
{
	return act_site_add(w, &(struct site){ .id = PACKETS_GROUP,
					       .flags = DFC_GROUP_F_LOCAL });
}

bool packets_dests(struct wire *w)
{
	const struct dest secured = {
		.id = 2,
		.family = AF_INET,
		.addr = { 192, 0, 2, 9 },
		.port = 7890,
		.security = DFC_SECURITY_REQUIRED,
	};

	return packets_group(w) && act_dest_any(w, 1) && act_dest_add(w, &secured);
}

bool packets_wire(void)
{
	CHECK(!system(WIRE));
	return true;
}

bool packets_set_up(struct wire *w)
{
	return packets_wire() && packets_dests(w);
}

static_assert(sizeof(struct packet) == PACKETS_LENGTH, "packet length");

static uint16_t checksum(const struct iphdr *ip)
{
	const uint16_t *word = (const uint16_t *)ip;
	uint32_t sum = 0;
	unsigned int i;

	for (i = 0; i < sizeof(*ip) / sizeof(*word); i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void fill_packet(struct packet *p)
{
	*p = (struct packet){
		.ip = {
			.version = 4,
			.ihl = sizeof(p->ip) / 4,
			.tot_len = htons(sizeof(*p)),
			.ttl = 64,
			.protocol = IPPROTO_UDP,
			.saddr = htonl(0xc0000202),
			.daddr = htonl(0xc0000201),
		},
		.udp = {
			.uh_sport = htons(PACKETS_PORT),
			.uh_dport = htons(PACKETS_PORT),
			.uh_ulen = htons(sizeof(*p) - sizeof(p->ip)),
		},
	};
	p->ip.check = checksum(&p->ip);
}

static int open_sender(struct sockaddr_ll *to)
{
	*to = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex("out"),
		.sll_halen = ETH_ALEN,
		.sll_addr = { 2, [5] = 1 },
	};
	return socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static int open_receiver(void)
{
	const struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(PACKETS_PORT),
	};
	const struct timeval deadline = { .tv_sec = WIRE_DEADLINE };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &deadline,
		       sizeof(deadline)) ||
	    bind(fd, (const struct sockaddr *)&here, sizeof(here)))
		return -1;
	return fd;
}

/* A packet that was received has gone through the hook. */
bool packets_send(unsigned int lost, unsigned int received)
{
	int receiver = open_receiver(), sender;
	struct sockaddr_ll to;
	struct packet p;
	unsigned int i;

	sender = open_sender(&to);
	CHECK(sender >= 0 && receiver >= 0);
	fill_packet(&p);
	for (i = 0; i < lost + received; i++) {
		p.payload[0] = i < lost;
		CHECK(sendto(sender, &p, sizeof(p), 0, (struct sockaddr *)&to,
			     sizeof(to)) == sizeof(p));
		if (i < lost)
			continue;
		CHECK(recv(receiver, p.payload, sizeof(p.payload), 0) ==
		      sizeof(p.payload));
		CHECK(!p.payload[0]);
	}
	return !close(sender) && !close(receiver);
}

const struct rule packets_rule = {
	.id = 1,
	.family = AF_INET,
	.protocol = ONE(.from = IPPROTO_UDP, .to = IPPROTO_UDP),
	.dst_port = ONE(.from = PACKETS_PORT, .to = PACKETS_PORT),
	.group = PACKETS_GROUP,
	.ndests = 2,
	.dest = { 1, 2 },
};

bool packets_counted(const struct counters *c, uint64_t packets,
		     uint64_t copies)
{
	CHECK_EQUAL(packets, c->matched_packets);
	CHECK_EQUAL(packets * sizeof(struct packet), c->matched_bytes);
	CHECK_EQUAL(copies, c->copies);
	CHECK_EQUAL(0, c->sent_packets + c->sent_bytes);
	CHECK_EQUAL(copies, c->dropped_packets);
	CHECK_EQUAL(copies, c->drop[DFC_DROP_NO_SA] +
			    c->drop[DFC_DROP_NO_ROUTE]);
	CHECK_EQUAL(copies * sizeof(struct packet),
		    c->drop_bytes[DFC_DROP_NO_SA] +
		    c->drop_bytes[DFC_DROP_NO_ROUTE]);
	return true;
}
