/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_MIRROR_H
#define DFCRECV_MIRROR_H

#include "dfcrecv/receive.h"

/**
 * enum format - what stands behind the UDP header of a copy
 * @FORMAT_IP_UDP: the packet or frame
 * @FORMAT_JMIRROR: two words in network byte order, intercept and session, and
 *	then that; the format of Juniper's mirroring
 */
enum format {
	FORMAT_IP_UDP,
	FORMAT_JMIRROR,
};

/**
 * mirror_format() - read the name of a format
 * @name: ip-udp or jmirror
 * @format: filled
 *
 * Return: 0, or -EINVAL for another name.
 */
int mirror_format(const char *name, enum format *format);

/**
 * mirror_open() - take off what stands before the packet
 * @format: of the datagram; one of a raw socket has none
 * @copy: datagram; becomes what is in it. One too short is left as it is: it
 *	is too short for a packet, too.
 */
void mirror_open(enum format format, struct copy *copy);

#endif
