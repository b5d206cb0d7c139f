/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_INLET_H
#define DFCRECV_INLET_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#define INLET_DEFAULT		"7890"
#define INLETS_MAX		64
/* Room for `[ADDRESS]:PORT`, with its terminator. */
#define INLET_NAME_MAX		64

/**
 * struct inlet - a UDP socket that copies arrive at
 * @address: where it listens
 * @name: the same as text
 * @fd: socket, -1: not open
 */
struct inlet {
	struct sockaddr_storage address;
	char name[INLET_NAME_MAX];
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
 * inlet_open() - open the socket
 * @l: inlet; where it was given only a port and the machine has no IPv6,
 *	its address becomes 0.0.0.0
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
 * Return: host byte order.
 */
uint16_t inlet_port(const struct inlet *l);

/**
 * inlet_dropped() - datagrams that the kernel dropped
 * @l: open inlet
 *
 * The socket's queue was full, or a checksum was wrong.
 *
 * Return: how many since it was opened.
 */
uint32_t inlet_dropped(const struct inlet *l);

#endif
