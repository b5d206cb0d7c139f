/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_TASKING_AUDIT_H
#define DTCPD_TASKING_AUDIT_H

#include <jansson.h>

#include "dtcpd/tasking-private.h"

/*
 * What tasking has written into the audit log. `no-syslog` and `log-criteria`
 * have no say in it: a log that does not tell what was tapped would be of no
 * use. The records are described in Documentation/audit.md.
 */

/**
 * tasking_audit() - write a record
 * @t: tasking
 * @record: object with "event", freed; NULL: out of memory
 *
 * Return: whether it was written, or there is no audit log.
 */
bool tasking_audit(struct tasking *t, json_t *record);

/**
 * tasking_audit_ready() - whether records can be written
 * @t: tasking
 */
bool tasking_audit_ready(const struct tasking *t);

/**
 * tasking_audit_request() - write what was asked for, and what became of it
 * @x: exchange, carried out
 * @code: of the answer
 * @deleted: criteria that went, for a DELETE
 *
 * Return: as tasking_audit().
 */
bool tasking_audit_request(const struct exchange *x, unsigned int code,
			   size_t deleted);

#endif
