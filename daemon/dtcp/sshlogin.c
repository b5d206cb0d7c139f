// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp/sshlink.h"

#define PASSWORD_MAX	256
#define ATTEMPTS	3
#define VARIABLE	"DTCP_PASSWORD"

/* Asks for the passphrase of a key; the signature is libssh's. */
static int ask_passphrase(const char *prompt, char *buf, size_t len, int echo,
			  int verify, void *data)
{
	const struct options *o = data;
	char text[512];

	snprintf(text, sizeof(text), "%s%s%s: ", prompt ? prompt : "Passphrase",
		 o->identity ? " " : "", o->identity ? o->identity : "");
	return secret_ask(text, buf, len);
}

static int try_identity(ssh_session session, const struct options *o,
			struct trouble *t)
{
	ssh_key key = NULL;
	int rc;

	rc = ssh_pki_import_privkey_file(o->identity, NULL, ask_passphrase,
					 (void *)o, &key);
	if (rc == SSH_EOF)
		return trouble_set(t, "%s: cannot be read; expected a private "
				   "key", o->identity);
	if (rc != SSH_OK)
		return trouble_set(t, "%s: expected a private key and its "
				   "passphrase", o->identity);
	rc = ssh_userauth_publickey(session, NULL, key);
	ssh_key_free(key);
	return rc;
}

static int try_password(ssh_session session, const struct options *o)
{
	char prompt[384], password[PASSWORD_MAX];
	int i, rc = SSH_AUTH_DENIED;

	snprintf(prompt, sizeof(prompt), "Password of %s at %s: ", o->user,
		 o->router);
	for (i = 0; i < ATTEMPTS && rc == SSH_AUTH_DENIED; i++) {
		if (secret_ask(prompt, password, sizeof(password)))
			break;
		rc = ssh_userauth_password(session, NULL, password);
	}
	explicit_bzero(password, sizeof(password));
	return rc;
}

/*
 * What was said on purpose comes first: an identity, then a password in the
 * environment. Only then the agent, the default files, and a question.
 */
static int try_all(ssh_session session, const struct options *o, int methods,
		   struct trouble *t)
{
	const char *password = getenv(VARIABLE);
	int rc = SSH_AUTH_DENIED;

	if (o->identity) {
		rc = try_identity(session, o, t);
		if (rc == -1)
			return rc;
	}
	if (rc == SSH_AUTH_DENIED && password &&
	    methods & SSH_AUTH_METHOD_PASSWORD)
		rc = ssh_userauth_password(session, NULL, password);
	if (rc == SSH_AUTH_DENIED && !o->identity && !password &&
	    methods & SSH_AUTH_METHOD_PUBLICKEY)
		rc = ssh_userauth_publickey_auto(session, NULL, NULL);
	if (rc == SSH_AUTH_DENIED && !password &&
	    methods & SSH_AUTH_METHOD_PASSWORD)
		rc = try_password(session, o);
	return rc;
}

int sshlink_login(ssh_session session, const struct options *o,
		  struct trouble *t)
{
	int rc = ssh_userauth_none(session, NULL);

	t->text[0] = '\0';
	if (rc == SSH_AUTH_DENIED)
		rc = try_all(session, o, ssh_userauth_list(session, NULL), t);
	if (rc == SSH_AUTH_SUCCESS)
		return 0;
	if (*t->text)
		return -1;
	if (rc == SSH_AUTH_ERROR)
		return trouble_set(t, "login at %s failed: %s", o->router,
				   ssh_get_error(session));
	return trouble_set(t, "%s does not let %s in; expected a key (-i, "
			   "agent) or a password (%s, terminal) that it knows",
			   o->router, o->user, VARIABLE);
}
