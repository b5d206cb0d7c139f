/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_EVENT_H
#define DTCPD_TASKING_EVENT_H

#include <jansson.h>

#include "dtcpd/tasking.h"

struct criterion;
struct source;

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
 *
 * Of a control source, with "control-source" too:
 *
 *   "request"			"method", "code" (of the answer), "peer"; for an
 *				ADD that was granted "criteria-id" and "filter",
 *				for a DELETE "criteria", how many went. Nothing
 *				of a source with no-syslog
 *   "message-dropped"		"cause", as control-source counts it; where and
 *				as often as the log tells; without "capture-group"
 *				where nobody knows the source, and then without
 *				"control-source" if the message names none
 *   "criteria-ended"		"criteria-id", "filter", "reason": as
 *				dfc_reason_name(), "unknown" where the event of
 *				the kernel was lost, "configuration",
 *				"congestion", or "restart"
 *   "notification"		"code", "notification": what it is counted as;
 *				it was sent to all that are to have it
 *   "sequence-number-cleared"	by the operator
 */

/**
 * tasking_event_heard() - whether anybody listens to events
 * @t: tasking
 *
 * For what happens often: if not, no event need be made.
 */
bool tasking_event_heard(const struct tasking *t);

/**
 * tasking_event() - tell the outlet of an event
 * @t: tasking
 * @event: object, freed; NULL (out of memory): nothing is told
 */
void tasking_event(struct tasking *t, json_t *event);

/**
 * tasking_event_of() - begin an event of a control source
 * @s: control source
 * @what: value of "event"
 *
 * Return: object, owned by the caller; NULL when out of memory.
 */
json_t *tasking_event_of(const struct source *s, const char *what);

/**
 * tasking_event_source() - tell the outlet of what a control source did or had
 * @t: tasking
 * @s: control source
 * @what: value of "event"
 * @more: object whose keys are added, freed; NULL: there are none
 */
void tasking_event_source(struct tasking *t, const struct source *s,
			  const char *what, json_t *more);

/**
 * tasking_event_ended() - tell the outlet, and the audit log, that a criterion
 *	has ended
 * @t: tasking
 * @c: criterion, still linked
 * @reason: value of "reason"
 */
void tasking_event_ended(struct tasking *t, const struct criterion *c,
			 const char *reason);

#endif
