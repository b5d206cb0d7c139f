/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef STORM_H
#define STORM_H

/**
 * storm_main() - have several sockets add, set, delete and dump at once
 * @seconds: how long
 *
 * Each knows what must be there of its own, and sees that in every dump. In the
 * end all is gone, and an event has told it of every filter that was added.
 *
 * Return: exit status.
 */
int storm_main(const char *seconds);

/**
 * storm_blind() - the same until SIGTERM, whatever the answers are
 *
 * The module may come and go meanwhile.
 *
 * Return: exit status.
 */
int storm_blind(void);

/**
 * nests_main() - namespaces come, with filters and packets, and go as they are
 * @seconds: how long
 *
 * Return: exit status.
 */
int nests_main(const char *seconds);

/**
 * expire_main() - have many filters end at once
 * @number: of them
 *
 * Once by a timeout, once with the socket that owns them.
 *
 * Return: exit status.
 */
int expire_main(const char *number);

#endif /* STORM_H */
