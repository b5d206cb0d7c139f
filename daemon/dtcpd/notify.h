/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_NOTIFY_H
#define DTCPD_NOTIFY_H

/**
 * notify_send() - tell the service manager how things are, see sd_notify(3)
 * @state: for instance "READY=1"
 *
 * Does nothing where there is no service manager.
 */
void notify_send(const char *state);

#endif
