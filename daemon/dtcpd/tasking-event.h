/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_EVENT_H
#define DTCPD_TASKING_EVENT_H

#include <jansson.h>

#include "dtcpd/tasking.h"

/*
 * What happens in the daemon that an operator may want to know, as it happens.
 * An event is a JSON object without a time: whoever shows it gives it one. All
 * have "event" and "capture-group"; numbers are in bit/s, packets, bytes.
 *
 *   "congestion"		"content-destination", "average-bandwidth",
 *				"soft-limit": above soft-limit, 580 was sent
 *   "congestion-clear"		"content-destination", "average-bandwidth",
 *				"soft-limit-clear": below it again
 *   "congestion-delete"	"content-destination", "average-bandwidth",
 *				"hard-limit", "criteria" (how many were
 *				deleted), "bandwidth" (of those that are left)
 *   "duplicates-dropped"	"control-source", "criteria-id",
 *				"content-destinations" (array),
 *				"dropped-packets", "dropped-bytes": as in 598
 *   "packet-rate"		"packet-rate" (packets/s),
 *   "packet-rate-clear"	"input-packet-rate-threshold"
 *   "memory"			"memory-used" (percent),
 *   "memory-clear"		"pic-memory-threshold"
 *   "copies-dropped"		"content-destination", "cause" (as
 *				dfc_drop_name()), "packets": of that cause since
 *				the last such event
 */

/**
 * tasking_event() - tell the outlet of an event
 * @t: tasking
 * @event: object, freed; NULL (out of memory): nothing is told
 */
void tasking_event(struct tasking *t, json_t *event);

#endif
