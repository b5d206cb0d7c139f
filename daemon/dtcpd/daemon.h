/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_DAEMON_H
#define DTCPD_DAEMON_H

#include "dfc-netlink/client.h"
#include "dtcpd/audit.h"
#include "dtcpd/association.h"
#include "dtcpd/config.h"
#include "dtcpd/control.h"
#include "dtcpd/holding.h"
#include "dtcpd/journal.h"
#include "dtcpd/loop.h"
#include "dtcpd/notifier.h"
#include "dtcpd/server.h"
#include "dtcpd/signals.h"
#include "dtcpd/state.h"
#include "dtcpd/tasking.h"
#include "dtcpd/ticker.h"
#include "dtcpd/udp.h"

/* The running dtcpd: all its parts, in the order in which they start. */
struct daemon {
	const char *path;		/* of the configuration */
	struct config *config;
	struct loop loop;
	int lock;
	struct dfc_client *client;
	struct loop_watch kernel;	/* events of @client */
	struct state *state;
	struct journal *journal;
	enum journal_found found;	/* how @journal was */
	struct holding holding;		/* of answers, for @journal */
	struct audit *audit;
	struct associations *associations;
	struct notifier *notifier;
	struct tasking *tasking;
	struct server *server;
	struct udp *udp;
	struct control *control;
	struct signals signals;
	struct ticker ticker;
};

/**
 * daemon_warn_exposed() - log it if strangers can read the secrets of a file
 * @path: file that @c was loaded from
 * @c: configuration
 */
void daemon_warn_exposed(const char *path, const struct config *c);

/**
 * daemon_start() - start everything
 * @d: all zero but for path and config, which are the caller's
 *
 * What is wrong is logged.
 *
 * Return: 0 or a negative errno, then nothing is left running.
 */
int daemon_start(struct daemon *d);

/**
 * daemon_stop() - stop everything; what is tapped stays, or goes by
 *	`restart`
 * @d: started
 */
void daemon_stop(struct daemon *d);

/**
 * daemon_tell() - tell whoever listens at the control socket of an event
 * @d: daemon
 * @what: happened to the daemon itself
 */
void daemon_tell(struct daemon *d, const char *what);

/**
 * daemon_reload() - take the configuration file anew
 * @d: started; its config is replaced
 *
 * A broken file changes nothing. Taps that are still allowed go on.
 */
void daemon_reload(struct daemon *d);

#endif
