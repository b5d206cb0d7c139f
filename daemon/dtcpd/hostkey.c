// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "dtcpd/hostkey.h"
#include "dtcpd/log.h"
#include "dtcpd/secret-file.h"

#define CIPHERS "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com," \
		"aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
#define OLD_CIPHERS ",aes256-cbc,aes192-cbc,aes128-cbc"
#define MACS "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," \
	     "hmac-sha2-256,hmac-sha2-512"
#define HOST_KEYS "ssh-ed25519,ecdsa-sha2-nistp521,ecdsa-sha2-nistp384," \
		  "ecdsa-sha2-nistp256,rsa-sha2-512,rsa-sha2-256"

/*
 * libssh's defaults without what is weak: SHA-1, CBC, 3DES, ssh-rsa. Never are
 * there groups of 8192 bits, which clients can also choose in a group exchange:
 * they take a good part of a second, anybody may ask for them, and there is
 * but one thread.
 *
 * What clients of old need is offered behind that; group14-sha1 serves those
 * that know the group exchange. Not even then are there the group of 1024 bits
 * and 3DES, which libssh has; MD5 and DSA it has not.
 */
static const struct {
	enum ssh_bind_options_e option;
	const char *modern;
	const char *legacy;
} algorithms[] = {
	{ SSH_BIND_OPTIONS_KEY_EXCHANGE,
	  "curve25519-sha256,curve25519-sha256@libssh.org,"
	  "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
	  "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256",
	  ",diffie-hellman-group14-sha1" },
	{ SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, HOST_KEYS, ",ssh-rsa" },
	{ SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES,
	  HOST_KEYS ",sk-ssh-ed25519@openssh.com,"
	  "sk-ecdsa-sha2-nistp256@openssh.com", ",ssh-rsa" },
	{ SSH_BIND_OPTIONS_CIPHERS_C_S, CIPHERS, OLD_CIPHERS },
	{ SSH_BIND_OPTIONS_CIPHERS_S_C, CIPHERS, OLD_CIPHERS },
	{ SSH_BIND_OPTIONS_HMAC_C_S, MACS, ",hmac-sha1" },
	{ SSH_BIND_OPTIONS_HMAC_S_C, MACS, ",hmac-sha1" },
	/* Seen by everybody who connects; nobody needs to know more. */
	{ SSH_BIND_OPTIONS_BANNER, "dtcpd", "" },
};

/*
 * Libssh drops what it does not know from a list and is content with the rest,
 * so those that only some of its builds have are tried one by one first.
 */
static int check_known(ssh_bind bind, enum ssh_bind_options_e option,
		       const char *list)
{
	char name[64];
	size_t len;

	for (; *list == ','; list += len) {
		len = strcspn(++list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)len, list);
		if (!ssh_bind_options_set(bind, option, name))
			continue;
		log_msg(LOG_ERR,
			"legacy-algorithms: this libssh does not have %s",
			name);
		return -1;
	}
	return 0;
}

static int set_algorithms(ssh_bind bind, bool legacy)
{
	char list[1024];
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
		snprintf(list, sizeof(list), "%s%s", algorithms[i].modern,
			 legacy ? algorithms[i].legacy : "");
		if (legacy && check_known(bind, algorithms[i].option,
					  algorithms[i].legacy))
			return -1;
		if (!ssh_bind_options_set(bind, algorithms[i].option, list))
			continue;
		log_msg(LOG_ERR, "ssh: %s", ssh_get_error(bind));
		return -1;
	}
	return 0;
}

static int set_options(ssh_bind bind, bool legacy)
{
	bool system_config = false;
	int rsa_min = 2048;

	/* Else libssh adds what a file of its own in /etc says. */
	if (!ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG,
				  &system_config) &&
	    !ssh_bind_options_set(bind, SSH_BIND_OPTIONS_RSA_MIN_SIZE,
				  &rsa_min))
		return set_algorithms(bind, legacy);
	log_msg(LOG_ERR, "ssh: %s", ssh_get_error(bind));
	return -1;
}

static ssh_bind new_bind(bool legacy)
{
	ssh_bind bind = ssh_bind_new();

	if (!bind)
		log_msg(LOG_ERR, "ssh: out of memory");
	if (!bind || !set_options(bind, legacy))
		return bind;
	ssh_bind_free(bind);
	return NULL;
}

static const char *check_file(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!secret_file_is_private(&st))
		return "others than its owner may read it, expected mode 600, or 640 with owner root and group " SECRET_FILE_GROUP;
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
		return "expected an RSA key of at least 2048 bits";
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

bool hostkey_try(const char *path, const char **type, char *why, size_t room)
{
	ssh_bind bind = new_bind(false);
	const char *wrong;

	wrong = bind ? add_key(bind, path, type) : "libssh cannot be used";
	ssh_bind_free(bind);
	if (!wrong)
		return true;
	snprintf(why, room, "%s%s", wrong, strstr(wrong, "expected") ? "" :
		 ", expected a private key without a passphrase");
	return false;
}

ssh_bind hostkey_load(const struct config_ssh *c)
{
	ssh_bind bind = new_bind(c->legacy_algorithms);

	if (!bind)
		return NULL;
	if (add_keys(bind, c)) {
		ssh_bind_free(bind);
		return NULL;
	}
	return bind;
}
