// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/daemon-audit.h"
#include "dtcpd/daemon.h"
#include "dtcpd/log.h"

static void report(const char *line)
{
	log_msg(LOG_ERR, "%s", line);
}

/* Sessions are touched last, when nothing can fail any more. */
static int use_rest(struct daemon *d, struct config *c)
{
	struct server_change *server = server_prepare(d->server, c);
	struct udp_change *udp = server ? udp_prepare(d->udp, c) : NULL;
	int err = udp ? tasking_configure(d->tasking, c) : -EINVAL;

	if (!err) {
		udp_commit(udp);
		server_commit(server);
		return 0;
	}
	if (udp) {
		log_msg(LOG_ERR, "cannot set up capture groups: %s",
			strerror(-err));
		udp_discard(udp);
	}
	if (server)
		server_discard(server);
	return err;
}

/* New associations are there before criteria use them, old ones go after. */
static int use_config(struct daemon *d, struct config *c)
{
	struct audit_change *log = audit_prepare(d->audit, c);
	struct associations_change *change;
	int err = -EINVAL;

	change = log ? associations_prepare(d->associations, c) : NULL;
	if (change)
		err = use_rest(d, c);
	if (change && err)
		associations_discard(change);
	else if (change)
		associations_commit(change);
	if (log && err)
		audit_discard(log);
	else if (log)
		audit_commit(log);
	return err;
}

void daemon_warn_exposed(const char *path, const struct config *c)
{
	if (config_exposed(path, c))
		log_msg(LOG_WARNING,
			"%s: others can read the secrets in it; chmod o= it",
			path);
}

void daemon_reload(struct daemon *d)
{
	struct config *c = config_load(d->path, report);

	if (!c || use_config(d, c)) {
		log_msg(LOG_ERR, "the configuration stays as it was");
		daemon_tell(d, "configuration-refused");
		daemon_audit_config(d, "configuration-refused");
		config_free(c);
		return;
	}
	if (strcmp(c->control_socket, d->config->control_socket))
		log_msg(LOG_WARNING,
			"control-socket %s counts from the next start on",
			c->control_socket);
	if (strcmp(c->state_directory, d->config->state_directory))
		log_msg(LOG_WARNING,
			"state-directory %s counts from the next start on",
			c->state_directory);
	if (c->restart_drop != d->config->restart_drop)
		log_msg(LOG_WARNING, "restart %s counts from the next start on",
			c->restart_drop ? "drop" : "keep");
	config_free(d->config);
	d->config = c;
	daemon_warn_exposed(d->path, c);
	log_msg(LOG_INFO, "configuration reloaded");
	daemon_tell(d, "configuration-reloaded");
	daemon_audit_config(d, "configuration-reloaded");
}
