/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_PCAPNG_H
#define DFCRECV_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum pcapng_link - what the packets of an interface start with
 * @PCAPNG_ETHERNET: an Ethernet header
 * @PCAPNG_IP: an IP header
 */
enum pcapng_link {
	PCAPNG_ETHERNET = 1,
	PCAPNG_IP = 101,
};

/**
 * struct pcapng - blocks of a capture file, put together in memory
 * @buf: the blocks; owned
 * @len: bytes in @buf, always whole blocks
 * @room: bytes that @buf can hold
 * @failed: memory ran out; nothing more is put
 *
 * The format is that of draft-ietf-opsawg-pcapng, in the byte order of this
 * machine.
 */
struct pcapng {
	uint8_t *buf;
	size_t len;
	size_t room;
	bool failed;
};

/**
 * pcapng_fini() - free the blocks
 * @p: blocks; all zeros is an empty one
 */
void pcapng_fini(struct pcapng *p);

/**
 * pcapng_clear() - forget the blocks, keep the memory
 * @p: blocks
 */
void pcapng_clear(struct pcapng *p);

/**
 * pcapng_section() - put the section header that a file starts with
 * @p: blocks
 * @application: what writes the file
 */
void pcapng_section(struct pcapng *p, const char *application);

/**
 * pcapng_interface() - put a description of where packets come from
 * @p: blocks
 * @link: what its packets start with
 * @name: name
 * @description: one sentence
 * @comment: remark or NULL
 *
 * Interfaces are numbered from 0 in the order in which they are put. Times are
 * in nanoseconds.
 */
void pcapng_interface(struct pcapng *p, enum pcapng_link link,
		      const char *name, const char *description,
		      const char *comment);

/**
 * pcapng_packet() - put a packet
 * @p: blocks
 * @interface: number of its interface
 * @time: nanoseconds since the epoch
 * @data: from its first header on
 * @len: bytes at @data
 * @original: bytes the packet once had, not below @len
 * @comment: remark or NULL
 */
void pcapng_packet(struct pcapng *p, uint32_t interface, uint64_t time,
		   const void *data, uint32_t len, uint32_t original,
		   const char *comment);

/**
 * pcapng_statistics() - put what is known of an interface in the end
 * @p: blocks
 * @interface: its number
 * @time: nanoseconds since the epoch
 * @received: packets that came
 * @dropped: packets that did not
 */
void pcapng_statistics(struct pcapng *p, uint32_t interface, uint64_t time,
		       uint64_t received, uint64_t dropped);

#endif
