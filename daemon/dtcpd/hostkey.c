// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "dtcpd/hostkey.h"
#include "dtcpd/log.h"

#define CIPHERS "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com," \
		"aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," \
	     "hmac-sha2-256,hmac-sha2-512"
#define HOST_KEYS "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384," \
		  "ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256"

/*
 * libssh's defaults without what is weak: SHA-1, CBC, 3DES, ssh-rsa. Nor are
 * there the groups of 8192 bits and those from a file: they take a good part
 * of a second, anybody may ask for them, and there is but one thread.
 */
static const struct {
	enum ssh_bind_options_e option;
	const char *value;
} algorithms[] = {
	{ SSH_BIND_OPTIONS_KEY_EXCHANGE,
	  "curve25519-sha256,curve25519-sha256@libssh.org,"
	  "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	  "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256" },
	{ SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, HOST_KEYS },
	{ SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES,
	  HOST_KEYS ",sk-ssh-ed25519@openssh.com,"
	  "sk-ecdsa-sha2-nistp256@openssh.com" },
	{ SSH_BIND_OPTIONS_CIPHERS_C_S, CIPHERS },
	{ SSH_BIND_OPTIONS_CIPHERS_S_C, CIPHERS },
	{ SSH_BIND_OPTIONS_HMAC_C_S, MACS },
	{ SSH_BIND_OPTIONS_HMAC_S_C, MACS },
	/* Seen by everybody who connects; nobody needs to know more. */
	{ SSH_BIND_OPTIONS_BANNER, "dtcpd" },
};

static int set_options(ssh_bind bind)
{
	bool system_config = false;
	int rsa_min = 2048;
	size_t i;

	/* Else libssh adds what a file of its own in /etc says. */
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG,
				 &system_config) ||
	    ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE,
				 &rsa_min))
		return -1;
	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		if (ssh_bind_options_set(bind, algorithms[i].option,
					 algorithms[i].value))
			return -1;
	}
	return 0;
}

static const char *check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_mode & 077)
		return "others than its owner may read it, expected mode 600";
	return NULL;
}

/* Host keys are told apart by what they are to clients: ECDSA is one type. */
static const char *type_name(ssh_key key)
{
	switch (ssh_key_type(key)) {
	case SSH_KEYTYPE_ED25519:
		return "Ed25519";
	case SSH_KEYTYPE_ECDSA_P256:
	case SSH_KEYTYPE_ECDSA_P384:
	case SSH_KEYTYPE_ECDSA_P521:
		return "ECDSA";
	case SSH_KEYTYPE_RSA:
		return "RSA";
	default:
		return NULL;
	}
}

static const char *add_key(ssh_bind bind, const char *path,
			   const char **type)
{
	const char *why = check_file(path);
	ssh_key key;

	if (why)
		return why;
	if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, &key))
		return "not a private key, or one with a passphrase";
	*type = type_name(key);
	if (!*type) {
		ssh_key_free(key);
		return "expected an Ed25519, ECDSA or RSA key";
	}
	if (ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key)) {
		ssh_key_free(key);
		return "RSA keys must have at least 2048 bits";
	}
	return NULL;
}

static int add_keys(ssh_bind bind, const struct config_ssh *c)
{
	const char *type[CONFIG_HOST_KEYS_MAX], *why;
	size_t i, j;

	for (i = 0; i < c->nhost_key; i++) {
		why = add_key(bind, c->host_key[i], &type[i]);
		for (j = 0; !why && j < i; j++) {
			if (!strcmp(type[i], type[j]))
				why = "there is a key of that type already";
		}
		if (why) {
			log_msg(LOG_ERR, "host-key %s: %s", c->host_key[i],
				why);
			return -1;
		}
	}
	return 0;
}

ssh_bind hostkey_load(const struct config_ssh *c)
{
	ssh_bind bind = ssh_bind_new();

	if (!bind || set_options(bind)) {
		log_msg(LOG_ERR, "ssh: %s", bind ? ssh_get_error(bind) :
			"out of memory");
		ssh_bind_free(bind);
		return NULL;
	}
	if (add_keys(bind, c)) {
		ssh_bind_free(bind);
		return NULL;
	}
	return bind;
}
