/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_INLET_H
#define DFCRECV_INLET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#define INLET_DEFAULT		"7890"
#define INLETS_MAX		96
/* Room for `[ADDRESS]:PORT`, with its terminator. */
#define INLET_NAME_MAX		64

/* As many as inlet_parse_tunnel() may fill. */
#define INLET_TUNNELS		6
/* The protocol of frames right behind an IP header (RFC 3378). */
#define INLET_ETHERIP		97

/**
 * struct inlet - a socket that copies arrive at
 * @address: where it listens
 * @name: the same as text
 * @protocol: IPPROTO_UDP; or IPPROTO_IPIP or IPPROTO_IPV6 for packets and
 *	INLET_ETHERIP for frames that stand right behind an IP header, which
 *	takes CAP_NET_RAW
 * @optional: a machine without that address family does without it
 * @fd: socket, -1: not open
 */
struct inlet {
	struct sockaddr_storage address;
	char name[INLET_NAME_MAX];
	int protocol;
	bool optional;
	int fd;
};

/**
 * inlet_parse() - read PORT, ADDRESS:PORT or [ADDRESS]:PORT
 * @text: terminated; a port alone means any address, IPv6 and IPv4
 * @l: filled, not open
 *
 * Return: 0 or -EINVAL.
 */
int inlet_parse(const char *text, struct inlet *l);

/**
 * inlet_parse_tunnel() - read what --ip-ip takes
 * @text: terminated: an IPv4 or IPv6 address, or `any` for all of the machine
 * @l: filled, not open: one for inner IPv4, one for inner IPv6 and one for
 *	frames, of `any` for each outer family
 *
 * Return: number of inlets, or -EINVAL.
 */
int inlet_parse_tunnel(const char *text, struct inlet l[INLET_TUNNELS]);

/**
 * inlet_open() - open the socket
 * @l: inlet; where the machine has no IPv6, an optional one stays closed, and
 *	the address of one that was given only a port becomes 0.0.0.0
 *
 * Return: 0 or a negative errno.
 */
int inlet_open(struct inlet *l);

/**
 * inlet_close() - close the socket
 * @l: inlet
 */
void inlet_close(struct inlet *l);

/**
 * inlet_port() - the port that it listens on
 * @l: inlet
 *
 * Return: host byte order, 0 when it has none.
 */
uint16_t inlet_port(const struct inlet *l);

/**
 * inlet_dropped() - datagrams that the kernel dropped
 * @l: inlet; none when it is not open
 *
 * The socket's queue was full, or a checksum was wrong.
 *
 * Return: how many since it was opened.
 */
uint32_t inlet_dropped(const struct inlet *l);

#endif
