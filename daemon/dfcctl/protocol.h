/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_PROTOCOL_H
#define DFCCTL_PROTOCOL_H

/* Names of the protocols that have one, ended by NULL. */
extern const char *const protocol_words[];

/**
 * protocol_name() - the name of an IP protocol
 * @number: 0..255
 *
 * Return: a constant string or NULL.
 */
const char *protocol_name(unsigned int number);

/**
 * protocol_parse() - the number of an IP protocol
 * @name: one of protocol_words
 *
 * Return: 0..255 or -EINVAL.
 */
int protocol_parse(const char *name);

#endif
