/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef FLOW_H
#define FLOW_H

/**
 * flow_echo() - send every datagram back, until SIGTERM
 * @port: where it listens, in IPv4 and IPv6
 *
 * Return: exit status.
 */
int flow_echo(const char *port);

/**
 * flow_sink() - count datagrams, until SIGTERM
 * @port: as for flow_echo()
 *
 * Prints how many came whenever SIGUSR1 does, and at the end.
 *
 * Return: exit status.
 */
int flow_sink(const char *port);

/**
 * flow_run() - send datagrams until SIGTERM; all must be answered
 * @address: of flow_echo()
 * @port: same
 * @size: bytes of the largest
 *
 * A few are on their way at a time, so none has a reason to get lost. Prints
 * how many were sent.
 *
 * Return: exit status, 0 if every one was answered.
 */
int flow_run(const char *address, const char *port, const char *size);

/**
 * flow_noise() - send datagrams until SIGTERM, whatever becomes of them
 * @address: where to
 * @port: same
 * @size: bytes of the largest
 *
 * Return: exit status.
 */
int flow_noise(const char *address, const char *port, const char *size);

#endif /* FLOW_H */
