// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "dfcrecv/packet.h"

struct icmp_name {
	uint8_t type;
	const char *name;
};

static const struct icmp_name icmp_names[] = {
	{ 0, "echo reply" }, { 3, "unreachable" }, { 5, "redirect" },
	{ 8, "echo request" }, { 11, "time exceeded" }, { 0, NULL }
};

static const struct icmp_name icmpv6_names[] = {
	{ 1, "unreachable" }, { 2, "packet too big" },
	{ 3, "time exceeded" }, { 128, "echo request" },
	{ 129, "echo reply" }, { 133, "router solicitation" },
	{ 134, "router advertisement" }, { 135, "neighbor solicitation" },
	{ 136, "neighbor advertisement" }, { 0, NULL }
};

void packet_tcp_flags(uint8_t flags, char out[9])
{
	static const char letters[8] = "FSRP.UEW";
	size_t i, n = 0;

	if (!flags) {
		snprintf(out, 9, "none");
		return;
	}
	for (i = 0; i < sizeof(letters); i++)
		if (flags & 1 << i)
			out[n++] = letters[i];
	out[n] = '\0';
}

static void icmp_text(const struct packet *p, char *out, size_t room)
{
	const char *family = p->protocol == IPPROTO_ICMP ? "icmp" : "icmp6";
	const struct icmp_name *i = p->protocol == IPPROTO_ICMP ?
		icmp_names : icmpv6_names;

	for (; i->name; i++)
		if (i->type == p->icmp_type) {
			snprintf(out, room, "%s %s", family, i->name);
			return;
		}
	snprintf(out, room, "%s type %u code %u", family, p->icmp_type,
		 p->icmp_code);
}

static const char *protocol_name(uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_ICMP:
		return "icmp";
	case IPPROTO_ICMPV6:
		return "icmp6";
	case IPPROTO_TCP:
		return "tcp";
	case IPPROTO_UDP:
		return "udp";
	case IPPROTO_UDPLITE:
		return "udplite";
	case IPPROTO_SCTP:
		return "sctp";
	case IPPROTO_DCCP:
		return "dccp";
	default:
		return NULL;
	}
}

static void upper_text(const struct packet *p, char *out, size_t room)
{
	const char *name = protocol_name(p->protocol);
	char flags[9];

	if (p->has_icmp) {
		icmp_text(p, out, room);
	} else if (p->has_tcp) {
		packet_tcp_flags(p->tcp_flags, flags);
		snprintf(out, room, "tcp [%s]", flags);
	} else if (name) {
		snprintf(out, room, "%s", name);
	} else {
		snprintf(out, room, "protocol %u", p->protocol);
	}
}

static void end_text(const struct packet *p, const uint8_t *address,
		     uint16_t port, char *out, size_t room)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(p->version == 4 ? AF_INET : AF_INET6, address, text,
		  sizeof(text));
	if (p->has_ports)
		snprintf(out, room, "%s.%u", text, port);
	else
		snprintf(out, room, "%s", text);
}

void packet_text(const struct packet *p, char *out, size_t room)
{
	char source[INET6_ADDRSTRLEN + 8], dest[INET6_ADDRSTRLEN + 8];
	char fragment[32] = "", missing[48] = "", upper[48];

	end_text(p, p->source, p->source_port, source, sizeof(source));
	end_text(p, p->dest, p->dest_port, dest, sizeof(dest));
	upper_text(p, upper, sizeof(upper));
	if (p->fragment)
		snprintf(fragment, sizeof(fragment), ", fragment at %u%s",
			 p->fragment_offset, p->more_fragments ? "+" : "");
	if (p->missing)
		snprintf(missing, sizeof(missing), ", %u bytes missing",
			 p->missing);
	snprintf(out, room, "%s %s > %s: %s%s, length %u%s",
		 p->version == 4 ? "IP" : "IP6", source, dest, upper,
		 fragment, p->length, missing);
}
