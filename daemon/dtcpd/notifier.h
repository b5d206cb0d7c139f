/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_NOTIFIER_H
#define DTCPD_NOTIFIER_H

#include <jansson.h>

#include "dtcp-proto/writer.h"
#include "dtcpd/config.h"

struct notifier;

/**
 * notifier_alloc() - open the sockets that notifications leave by
 *
 * A family that the machine does not have is left out: what is to go there is
 * lost, counted and logged.
 *
 * Return: freed by notifier_free(), NULL when out of memory.
 */
struct notifier *notifier_alloc(void);

/**
 * notifier_free() - close the sockets
 * @n: of notifier_alloc() or NULL
 */
void notifier_free(struct notifier *n);

/**
 * notifier_send() - send notifications to the targets of a control source
 * @n: of notifier_alloc()
 * @source: its notification-targets are told
 * @text: signed notifications; one datagram each
 *
 * Nobody acknowledges a notification. This never waits: what the network does
 * not take now is lost, counted and logged (rate-limited).
 */
void notifier_send(struct notifier *n, const struct config_source *source,
		   const struct dtcp_writer *text);

/**
 * notifier_show() - counters, for the control socket
 * @n: of notifier_alloc()
 *
 * Return: {"notifications":{...}} owned by the caller, NULL when out of memory.
 */
json_t *notifier_show(const struct notifier *n);

#endif
