// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/sshlink.h"

#define SUBSYSTEM "flow-tap-dtcp"

static int configure(ssh_session session, const struct options *o)
{
	long timeout = o->timeout;
	int no = 0;

	if (ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &no) ||
	    ssh_options_set(session, SSH_OPTIONS_HOST, o->router) ||
	    ssh_options_set(session, SSH_OPTIONS_PORT, &o->port) ||
	    ssh_options_set(session, SSH_OPTIONS_USER, o->user) ||
	    ssh_options_set(session, SSH_OPTIONS_TIMEOUT, &timeout))
		return -1;
	if (o->known_hosts &&
	    ssh_options_set(session, SSH_OPTIONS_KNOWNHOSTS, o->known_hosts))
		return -1;
	return 0;
}

static int open_channel(struct sshlink *l, const struct options *o,
			struct trouble *t)
{
	l->channel = ssh_channel_new(l->session);
	if (!l->channel || ssh_channel_open_session(l->channel) != SSH_OK)
		return trouble_set(t, "%s opens no channel: %s", o->router,
				   ssh_get_error(l->session));
	if (ssh_channel_request_subsystem(l->channel, SUBSYSTEM) != SSH_OK)
		return trouble_set(t, "%s port %u has no subsystem %s: %s",
				   o->router, o->port, SUBSYSTEM,
				   ssh_get_error(l->session));
	return 0;
}

int sshlink_open(struct sshlink *l, const struct options *o,
		 struct trouble *t)
{
	*l = (struct sshlink){ .session = ssh_new() };
	if (!l->session)
		return trouble_set(t, "out of memory");
	if (configure(l->session, o))
		return trouble_set(t, "%s: %s", o->router,
				   ssh_get_error(l->session));
	if (ssh_connect(l->session) != SSH_OK)
		return trouble_set(t, "%s port %u: %s", o->router, o->port,
				   ssh_get_error(l->session));
	if (sshlink_check_host(l->session, o, t) ||
	    sshlink_login(l->session, o, t))
		return -1;
	return open_channel(l, o, t);
}

int sshlink_send(struct sshlink *l, const char *text, size_t len,
		 struct trouble *t)
{
	while (len) {
		int n = ssh_channel_write(l->channel, text, (uint32_t)len);

		if (n <= 0)
			return trouble_set(t, "sending failed: %s",
					   ssh_get_error(l->session));
		text += n;
		len -= (size_t)n;
	}
	return 0;
}

long sshlink_receive(struct sshlink *l, char *buf, size_t room,
		     struct trouble *t)
{
	int n = ssh_channel_read_nonblocking(l->channel, buf, (uint32_t)room,
					     0);

	if (n > 0)
		return n;
	if (n == SSH_ERROR)
		return trouble_set(t, "receiving failed: %s",
				   ssh_get_error(l->session));
	if (ssh_channel_is_eof(l->channel) || !ssh_channel_is_open(l->channel))
		return trouble_set(t, "the router closed the channel");
	return 0;
}

int sshlink_fd(const struct sshlink *l)
{
	return ssh_get_fd(l->session);
}

void sshlink_close(struct sshlink *l)
{
	if (l->channel) {
		ssh_channel_close(l->channel);
		ssh_channel_free(l->channel);
	}
	if (l->session) {
		ssh_disconnect(l->session);
		ssh_free(l->session);
	}
	*l = (struct sshlink){ NULL, NULL };
}
