/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_MIRROR_H
#define DFCRECV_MIRROR_H

#include "dfcrecv/content.h"
#include "dfcrecv/receive.h"

/**
 * enum format - what stands behind the UDP header of a copy
 * @FORMAT_AUTO: what FORMAT_DFC has if it looks like that, else FORMAT_IP_UDP.
 *	No packet does; a frame to a group address made up for it would
 * @FORMAT_IP_UDP: the packet or frame
 * @FORMAT_JMIRROR: two words in network byte order, intercept and session, and
 *	then that; the format of Juniper's mirroring
 * @FORMAT_DFC: a header with filter, number, time and ids, see enum dfc_format
 *	in uapi/linux/dfc.h, and then that
 */
enum format {
	FORMAT_AUTO,
	FORMAT_IP_UDP,
	FORMAT_JMIRROR,
	FORMAT_DFC,
};

/**
 * mirror_format() - read the name of a format
 * @name: auto, ip-udp, jmirror or dfc
 * @format: filled
 *
 * Return: 0, or -EINVAL for another name.
 */
int mirror_format(const char *name, enum format *format);

/**
 * mirror_open() - take off what stands before the packet
 * @format: of the datagram; one of a raw socket has none
 * @copy: datagram; becomes what is in it
 * @rule: what the user takes copies for; becomes what this one is, if format
 *	or protocol tells
 *
 * Return: 0, or -EINVAL: what stands before the packet is malformed, and @copy
 * is as it was.
 */
int mirror_open(enum format format, struct copy *copy,
		enum content_rule *rule);

#endif
