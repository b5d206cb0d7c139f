/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DAEMON_AUDIT_H
#define DTCPD_DAEMON_AUDIT_H

#include "dtcpd/daemon.h"

/*
 * What the daemon itself has written into the audit log, and how tasking
 * reaches it: callbacks of struct tasking_outlet, whose @arg is the daemon.
 */
bool daemon_audit_write(void *arg, json_t *record);
bool daemon_audit_ready(void *arg);
void daemon_audit_attempt(void *arg, const struct tasking_attempt *attempt);

/**
 * daemon_audit() - write what the daemon does
 * @d: daemon with an open audit log
 * @event: value of "event"
 */
void daemon_audit(struct daemon *d, const char *event);

/**
 * daemon_audit_config() - write what becomes of a configuration
 * @d: daemon with an open audit log
 * @event: value of "event"
 *
 * With the path of the file and the SHA-256 of what is in it now.
 */
void daemon_audit_config(struct daemon *d, const char *event);

#endif
