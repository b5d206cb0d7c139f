/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_PACKET_H
#define DFCRECV_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the longest packet_text(), with its terminator. */
#define PACKET_TEXT_MAX		256

/**
 * struct packet - what a line about a packet says
 * @version: 4 or 6
 * @source: 4 or 16 bytes, network byte order
 * @dest: the same
 * @protocol: upper-layer protocol; in IPv6 the one behind the extension
 *	headers, or the header that could not be followed
 * @length: bytes of the packet by its own header
 * @missing: bytes of @length that are not there
 * @fragment: it is a fragment
 * @fragment_offset: bytes of the datagram before this fragment
 * @more_fragments: it is not the last one
 * @has_ports: @source_port and @dest_port are known
 * @source_port: TCP, UDP, UDP-Lite, SCTP, DCCP
 * @dest_port: the same
 * @has_tcp: @tcp_flags are known
 * @tcp_flags: as in the header, FIN is 1
 * @has_icmp: @icmp_type and @icmp_code are known
 * @icmp_type: ICMP or ICMPv6
 * @icmp_code: the same
 */
struct packet {
	unsigned int version;
	uint8_t source[16];
	uint8_t dest[16];
	uint8_t protocol;
	uint32_t length;
	uint32_t missing;
	bool fragment;
	uint32_t fragment_offset;
	bool more_fragments;
	bool has_ports;
	uint16_t source_port;
	uint16_t dest_port;
	bool has_tcp;
	uint8_t tcp_flags;
	bool has_icmp;
	uint8_t icmp_type;
	uint8_t icmp_code;
};

/**
 * packet_parse() - take an IP packet apart as far as it goes
 * @data: from its IP header on
 * @len: bytes at @data
 * @p: filled; has_* say what was found
 *
 * Return: 0, or -EINVAL if that is no IP packet: the version is neither 4 nor
 * 6, or the fixed header is not whole.
 */
int packet_parse(const void *data, size_t len, struct packet *p);

/**
 * packet_text() - write a packet in short, as tcpdump would
 * @p: packet
 * @out: filled and terminated
 * @room: bytes in @out, PACKET_TEXT_MAX suffice
 */
void packet_text(const struct packet *p, char *out, size_t room);

/**
 * packet_tcp_flags() - write the flags of a TCP segment as tcpdump would
 * @flags: as in the header
 * @out: filled with, for instance, `S.`, or `none`
 */
void packet_tcp_flags(uint8_t flags, char out[9]);

#endif
