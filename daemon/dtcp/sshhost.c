// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>

#include "dtcp/sshlink.h"

/* Makes the text of the router's key; the caller frees it by libssh. */
static char *fingerprint(ssh_session session)
{
	unsigned char *hash = NULL;
	char *text = NULL;
	ssh_key key = NULL;
	size_t len;

	if (ssh_get_server_publickey(session, &key) != SSH_OK)
		return NULL;
	if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash,
				   &len) == SSH_OK)
		text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256,
						hash, len);
	ssh_clean_pubkey_hash(&hash);
	ssh_key_free(key);
	return text;
}

static int accept_new(ssh_session session, const struct options *o,
		      const char *print, struct trouble *t)
{
	if (!o->accept_new)
		return trouble_set(t, "the host key of %s port %u, %s, is not "
				   "known; --accept-new takes and remembers it",
				   o->router, o->port, print);
	if (ssh_session_update_known_hosts(session) != SSH_OK)
		return trouble_set(t, "the host key of %s cannot be "
				   "remembered: %s", o->router,
				   ssh_get_error(session));
	fprintf(stderr, "dtcp: the host key of %s port %u, %s, is now known\n",
		o->router, o->port, print);
	return 0;
}

static int judge(ssh_session session, const struct options *o,
		 const char *print, struct trouble *t)
{
	switch (ssh_session_is_known_server(session)) {
	case SSH_KNOWN_HOSTS_OK:
		return 0;
	case SSH_KNOWN_HOSTS_NOT_FOUND:
	case SSH_KNOWN_HOSTS_UNKNOWN:
		return accept_new(session, o, print, t);
	case SSH_KNOWN_HOSTS_CHANGED:
		return trouble_set(t, "the host key of %s port %u is now %s, "
				   "not the one that is known: this may be "
				   "another machine; if it is right, remove "
				   "the old key from the known hosts",
				   o->router, o->port, print);
	case SSH_KNOWN_HOSTS_OTHER:
		return trouble_set(t, "the host key of %s port %u, %s, is of "
				   "another type than the one that is known: "
				   "this may be another machine", o->router,
				   o->port, print);
	default:
		return trouble_set(t, "known hosts: %s",
				   ssh_get_error(session));
	}
}

int sshlink_check_host(ssh_session session, const struct options *o,
		       struct trouble *t)
{
	char *print = fingerprint(session);
	int err;

	if (!print)
		return trouble_set(t, "%s port %u: no host key", o->router,
				   o->port);
	err = judge(session, o, print, t);
	ssh_string_free_char(print);
	return err;
}
