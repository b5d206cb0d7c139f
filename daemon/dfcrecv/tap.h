/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCRECV_TAP_H
#define DFCRECV_TAP_H

#include <net/if.h>
#include <stdint.h>

#include "dfcrecv/content.h"
#include "dfcrecv/receive.h"

/* What Linux takes for a device of this kind. */
#define TAP_MTU_MIN		68
#define TAP_MTU_MAX		65521
/* Of a device that is made here: copies of jumbo frames fit. */
#define TAP_MTU_DEFAULT		9000

/**
 * struct tap - a TAP device that copies come in by, for programs that listen
 * @name: of the device
 * @fd: what is written to it, -1: not open
 * @mtu: bytes behind the Ethernet header and its tags that it takes
 * @packets: packets and frames that came in by it
 * @too_big: were larger than @mtu and did not
 * @refused: were not taken by the device, which is down
 */
struct tap {
	char name[IFNAMSIZ];
	int fd;
	unsigned int mtu;
	uint64_t packets;
	uint64_t too_big;
	uint64_t refused;
};

/**
 * tap_name_is_good() - whether a device may have this name
 * @name: terminated
 *
 * Return: true if so.
 */
bool tap_name_is_good(const char *name);

/**
 * tap_open() - make the device, or take one that is there, and bring it up
 * @t: filled
 * @name: good name
 * @mtu: MTU to set, 0: that of a device that is there, else TAP_MTU_DEFAULT
 *
 * The machine itself does not listen: IPv6 and ARP are off on it, and IPv4
 * takes no packet that it would not answer by the same way, which are all of
 * them while the device has no address. The device goes when it is closed,
 * unless it was made to stay (`ip tuntap add`).
 *
 * Return: 0 or a negative errno.
 */
int tap_open(struct tap *t, const char *name, unsigned int mtu);

/**
 * tap_put() - let a copy come in by the device
 * @t: open TAP
 * @copy: its bytes
 * @content: what it is, not CONTENT_NONE. A packet gets an Ethernet header.
 *
 * Return: 0, one that is too big or refused being counted, or a negative
 * errno: the device is gone.
 */
int tap_put(struct tap *t, const struct copy *copy,
	    const struct content *content);

/**
 * tap_close() - let go of the device
 * @t: TAP
 */
void tap_close(struct tap *t);

#endif
