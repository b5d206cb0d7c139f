// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "act.h"

#define PORT 4000

/* A wire of which we hold both ends, and nothing else is heard on it. */
#define SET_UP \
	"exec >/dev/null 2>&1; " \
	"echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; " \
	"ip link add in type veth peer name out && ip link set out up && " \
	"ip link set in up && ip address add 192.0.2.1/24 dev in"

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char payload[100];
};

/*
 * No destination here leads anywhere, since what is tried is how packets are
 * counted: 203.0.113.2 has no route, 192.0.2.9 demands a protection that the
 * route has not.
 */
static bool set_up(struct wire *w)
{
	const struct dest secured = {
		.id = 2,
		.family = AF_INET,
		.addr = { 192, 0, 2, 9 },
		.port = 7890,
		.security = DFC_SECURITY_REQUIRED,
	};

	CHECK(!system(SET_UP));
	return act_dest_any(w, 1) && act_dest_add(w, &secured);
}

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
			.uh_sport = htons(PORT),
			.uh_dport = htons(PORT),
			.uh_ulen = htons(sizeof(*p) - sizeof(p->ip)),
		},
	};
	p->ip.check = checksum(&p->ip);
}

static int open_sender(struct sockaddr_ll *to)
{
	struct ifreq request = { .ifr_name = "in" };
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (ioctl(fd, SIOCGIFHWADDR, &request))
		return -1;
	*to = (struct sockaddr_ll){
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = if_nametoindex("out"),
		.sll_halen = ETH_ALEN,
	};
	memcpy(to->sll_addr, request.ifr_hwaddr.sa_data, ETH_ALEN);
	return fd;
}

static int open_receiver(void)
{
	const struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
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
static bool send_packets(unsigned int count)
{
	int receiver = open_receiver(), sender;
	struct sockaddr_ll to;
	struct packet p;

	sender = open_sender(&to);
	CHECK(sender >= 0 && receiver >= 0);
	fill_packet(&p);
	while (count--) {
		CHECK(sendto(sender, &p, sizeof(p), 0, (struct sockaddr *)&to,
			     sizeof(to)) == sizeof(p));
		CHECK(recv(receiver, p.payload, sizeof(p.payload), 0) ==
		      sizeof(p.payload));
	}
	return !close(sender) && !close(receiver);
}

static const struct rule to_port = {
	.id = 1,
	.family = AF_INET,
	.protocol = ONE(.from = IPPROTO_UDP, .to = IPPROTO_UDP),
	.dst_port = ONE(.from = PORT, .to = PORT),
	.ndests = 2,
	.dest = { 1, 2 },
};

static bool counted(const struct counters *c, uint64_t packets,
		    uint64_t copies)
{
	CHECK_EQUAL(packets, c->matched_packets);
	CHECK_EQUAL(packets * sizeof(struct packet), c->matched_bytes);
	CHECK_EQUAL(copies, c->copies);
	CHECK_EQUAL(0, c->sent_packets + c->sent_bytes);
	CHECK_EQUAL(copies, c->dropped_packets);
	return true;
}

static bool counters(struct wire *w)
{
	struct filter f;
	struct stats s;
	struct dest d;

	CHECK(set_up(w) && act_rule_add(w, &to_port));
	CHECK(send_packets(10));
	CHECK(act_filter_get(w, 1, &f) && counted(&f.counters, 10, 20));
	CHECK(act_dest_get(w, 1, &d) && counted(&d.counters, 10, 10));
	CHECK_EQUAL(10, d.counters.drop[DFC_DROP_NO_ROUTE]);
	CHECK(act_dest_get(w, 2, &d) && counted(&d.counters, 10, 10));
	CHECK_EQUAL(10, d.counters.drop[DFC_DROP_NO_SA]);
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(20, s.counters.copies);
	CHECK_EQUAL(10, s.counters.drop[DFC_DROP_NO_ROUTE]);
	CHECK_EQUAL(10, s.counters.drop[DFC_DROP_NO_SA]);
	CHECK_EQUAL(10, s.seen_packets);
	CHECK_EQUAL(0, s.malformed_packets);
	return true;
}

static bool no_match(struct wire *w)
{
	struct rule other = to_port;
	struct filter f;
	struct stats s;

	other.dst_port.entry[0].negated = true;
	CHECK(set_up(w) && act_rule_add(w, &other));
	CHECK(send_packets(3));
	CHECK(act_filter_get(w, 1, &f) && counted(&f.counters, 0, 0));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(3, s.seen_packets);
	return counted(&s.counters, 0, 0);
}

/* Counters of the namespace outlive filters and destinations. */
static bool outlived(struct wire *w)
{
	struct stats s;

	CHECK(set_up(w) && act_rule_add(w, &to_port));
	CHECK(send_packets(4));
	CHECK(act_flush(w) && act_dest_del(w, 1) && act_dest_del(w, 2));
	CHECK(send_packets(4));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(0, s.expired);
	return counted(&s.counters, 4, 8);
}

static bool ends_with(struct wire *w, const struct rule *rule,
		      enum dfc_reason reason, uint64_t packets)
{
	struct wire *listener = wire_open();
	static struct event event;
	struct stats s;

	CHECK(!wire_join(listener));
	CHECK(set_up(w) && act_rule_add(w, rule));
	CHECK(send_packets(packets + 3));
	CHECK(act_no_filter(w, 1));
	CHECK(wire_event(listener, event_read, &event));
	CHECK_EQUAL(1, event.filter.rule.id);
	CHECK_EQUAL(reason, event.reason);
	CHECK(counted(&event.filter.counters, packets, 2 * packets));
	CHECK(act_stats_get(w, &s));
	CHECK_EQUAL(1, s.expired);
	wire_close(listener);
	return counted(&s.counters, packets, 2 * packets);
}

static bool packet_limit(struct wire *w)
{
	struct rule rule = to_port;

	rule.limit_packets = 5;
	rule.limit_bytes = 5 * sizeof(struct packet) + 1;
	return ends_with(w, &rule, DFC_REASON_LIMIT_PACKETS, 5);
}

static bool byte_limit(struct wire *w)
{
	struct rule rule = to_port;

	rule.limit_packets = 6;
	rule.limit_bytes = 6 * sizeof(struct packet) - 1;
	return ends_with(w, &rule, DFC_REASON_LIMIT_BYTES, 5);
}

static bool exact_byte_limit(struct wire *w)
{
	struct rule rule = to_port;

	rule.limit_bytes = 2 * sizeof(struct packet);
	return ends_with(w, &rule, DFC_REASON_LIMIT_BYTES, 2);
}

static bool left_and_set(struct wire *w)
{
	struct rule rule = to_port;
	struct filter f;

	rule.limit_packets = 100;
	rule.limit_bytes = 100 * sizeof(struct packet);
	CHECK(set_up(w) && act_rule_add(w, &rule));
	CHECK(send_packets(7));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(93, f.left_packets);
	CHECK_EQUAL(93 * sizeof(struct packet), f.left_bytes);
	CHECK(act_rule_set(w, &(struct rule){ .id = 1, .limit_packets = 3 }));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(3, f.left_packets);
	CHECK_EQUAL(93 * sizeof(struct packet), f.left_bytes);
	CHECK(counted(&f.counters, 7, 14));
	CHECK(send_packets(2));
	CHECK(act_filter_get(w, 1, &f));
	CHECK_EQUAL(1, f.left_packets);
	CHECK(counted(&f.counters, 9, 18));
	return send_packets(1) && act_no_filter(w, 1);
}

static const struct test tests[] = {
	{ "packets, copies and drops are counted", counters },
	{ "what does not match is not counted", no_match },
	{ "the counters of the namespace outlive its filters", outlived },
	{ "a packet limit ends a filter, and an event tells", packet_limit },
	{ "a byte limit ends it before it is exceeded", byte_limit },
	{ "a byte limit ends it when it is met", exact_byte_limit },
	{ "limits are set anew while packets match", left_and_set },
};

GROUP(traffic, tests);
