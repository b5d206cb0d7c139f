// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

/*
 * Prints what the module finds in the frames of captures, one line for each:
 *
 *	FILE NUMBER BYTES none
 *	FILE NUMBER BYTES malformed
 *	FILE NUMBER BYTES FAMILY SRC DST PROTOCOL L4 FROM TO OFFSET MORE LENGTH
 *
 * with L4 one of "ports", "icmp" and "-". A frame is what has been captured of
 * it, and libpcap gives out: another machine gets that when it is played.
 */

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "skb.h"

/* How the kernel sees frames of a link type: EtherType, bytes in front. */
struct link {
	int type;
	unsigned int header;
	int ethertype_at;	/* -1: by the version of IP */
	u16 ethertype;
};

static const struct link links[] = {
	{ DLT_EN10MB, 14, 12, 0 },
	{ DLT_LINUX_SLL, 16, 14, 0 },
	{ DLT_LINUX_SLL2, 20, 0, 0 },
	{ DLT_PPP, 0, -1, 0x880b },
	{ DLT_RAW, 0, -1, 0 },
	{ DLT_IPV4, 0, -1, ETH_P_IP },
	{ DLT_IPV6, 0, -1, ETH_P_IPV6 },
	{},
};

static const struct link *find_link(int type)
{
	const struct link *link;

	for (link = links; link->header || link->ethertype_at; link++) {
		if (link->type == type)
			return link;
	}
	return NULL;
}

static u16 ethertype(const struct link *link, const u8 *frame, size_t len)
{
	if (link->ethertype_at >= 0)
		return frame[link->ethertype_at] << 8 |
		       frame[link->ethertype_at + 1];
	if (link->ethertype)
		return link->ethertype;
	switch (len ? frame[0] >> 4 : 0) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	}
	return 0;
}

static void print_key(const struct finding *found)
{
	const struct dfc_key *key = &found->key;
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];

	inet_ntop(key->family, &key->src, src, sizeof(src));
	inet_ntop(key->family, &key->dst, dst, sizeof(dst));
	printf("%d %s %s %u %s %u %u %u %d %u\n",
	       key->family == AF_INET ? 4 : 6, src, dst, key->protocol,
	       key->l4 == DFC_L4_PORTS ? "ports" :
	       key->l4 == DFC_L4_ICMP ? "icmp" : "-",
	       key->src_port, key->dst_port, found->piece.offset,
	       found->piece.more, found->piece.len);
}

static void print_frame(const struct link *link, const u8 *frame, size_t len)
{
	struct finding found = {};
	size_t header = link->header;
	struct sk_buff skb;

	/* Address and control field, which ppp takes away. */
	if (link->type == DLT_PPP && len >= 2 && frame[0] == 0xff &&
	    frame[1] == 0x03)
		header += 2;
	if (len >= header) {
		skb_make(&skb, frame + header, len - header,
			 (len - header) / 2);
		skb_find(&found, &skb, ethertype(link, frame, len));
		skb_free(&skb);
	}
	switch (found.verdict) {
	case NO_PACKET:
		puts("none");
		break;
	case MALFORMED:
		puts("malformed");
		break;
	case PACKET:
		print_key(&found);
		break;
	}
}

static int print_file(const char *name)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *header;
	const struct link *link;
	unsigned long n = 0;
	const u8 *frame;
	pcap_t *pcap;

	pcap = pcap_open_offline(name, error);
	if (!pcap) {
		fprintf(stderr, "keys: %s: %s\n", name, error);
		return 1;
	}
	link = find_link(pcap_datalink(pcap));
	if (!link)
		fprintf(stderr, "keys: %s: link type %s is not known here\n",
			name, pcap_datalink_val_to_name(pcap_datalink(pcap)));
	while (link && pcap_next_ex(pcap, &header, &frame) == 1) {
		printf("%s %lu %u ", name, ++n, header->caplen);
		print_frame(link, frame, header->caplen);
	}
	pcap_close(pcap);
	return !link;
}

int main(int argc, char **argv)
{
	int i, status = 0;

	for (i = 1; i < argc; i++)
		status |= print_file(argv[i]);
	return status;
}
