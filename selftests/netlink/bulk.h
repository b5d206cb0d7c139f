/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef BULK_H
#define BULK_H

/**
 * bulk() - do something to many filters, in the namespace of the process
 * @what: "add", to destination 1 and with the ids from 1 on, or only such of
 *	one kind: "add-flows", "add-flows-ipv6", "add-idle", "add-ranges";
 *	"set-timeout", of 30 s; "delete", or "dump"
 * @number: how many, in decimal
 *
 * Return: 0, or 1 if it was refused or there were not so many.
 */
int bulk(const char *what, const char *number);

#endif /* BULK_H */
