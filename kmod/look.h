/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_LOOK_H
#define _DFC_LOOK_H

#include "copy.h"

/**
 * dfc_look() - show a packet to the filters
 * @packet: from dfc_packet_init(); afterwards without use
 *
 * Every filter that wants the packet copies it. Packets without usable headers
 * are counted, and match nothing.
 *
 * Context: softirq, or process with bottom halves enabled; RCU read lock held.
 * Return: whether a filter wants it to go no further.
 */
bool dfc_look(struct dfc_packet *packet);

#endif /* _DFC_LOOK_H */
