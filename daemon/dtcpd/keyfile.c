// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/keyfile.h"
#include "dtcpd/log.h"

#define FILE_MAX	(1 << 20)
#define BLANKS		" \t\r\n"

/* Options that grant or restrict what is not to be had here anyway. */
static const char *const harmless[] = {
	"agent-forwarding", "command", "environment", "no-agent-forwarding",
	"no-port-forwarding", "no-pty", "no-user-rc", "no-x11-forwarding",
	"permitlisten", "permitopen", "port-forwarding", "pty", "restrict",
	"tunnel", "user-rc", "x11-forwarding",
};

static bool is_accepted(enum ssh_keytypes_e type)
{
	switch (type) {
	case SSH_KEYTYPE_RSA:
	case SSH_KEYTYPE_ED25519:
	case SSH_KEYTYPE_ECDSA_P256:
	case SSH_KEYTYPE_ECDSA_P384:
	case SSH_KEYTYPE_ECDSA_P521:
	case SSH_KEYTYPE_SK_ECDSA:
	case SSH_KEYTYPE_SK_ED25519:
		return true;
	default:
		return false;
	}
}

static bool is_harmless(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		if (strlen(harmless[i]) == len &&
		    !strncasecmp(harmless[i], name, len))
			return true;
	}
	return false;
}

/* Steps over `="value"`, in which \" is a quote that does not end it. */
static char *skip_value(char *p)
{
	if (*p != '=')
		return p;
	if (*++p != '"')
		return NULL;
	for (p++; *p != '"'; p++) {
		if (*p == '\\' && p[1] == '"')
			p++;
		if (!*p)
			return NULL;
	}
	return p + 1;
}

/* Steps over the list of options; NULL with @err set if that cannot be. */
static char *skip_options(char *p, int *err)
{
	size_t len;

	*err = -EINVAL;
	for (;;) {
		len = strcspn(p, "=," BLANKS);
		if (!len)
			return NULL;
		if (!is_harmless(p, len)) {
			*err = -ENOTSUP;
			return NULL;
		}
		p = skip_value(p + len);
		if (!p || !*p)
			return NULL;
		if (strchr(BLANKS, *p))
			return p + strspn(p, BLANKS);
		if (*p++ != ',')
			return NULL;
	}
}

/* Whether a word is at @p that names a type of key; @len is its length. */
static bool key_type(const char *p, size_t *len, enum ssh_keytypes_e *type)
{
	char word[64];

	*len = strcspn(p, BLANKS);
	if (*len >= sizeof(word))
		return false;
	memcpy(word, p, *len);
	word[*len] = '\0';
	*type = ssh_key_type_from_name(word);
	return *type != SSH_KEYTYPE_UNKNOWN;
}

int keyfile_line(char *line, enum ssh_keytypes_e *type, char **base64)
{
	char *p = line + strspn(line, BLANKS);
	size_t len;
	int err;

	if (!*p || *p == '#')
		return 0;
	if (!key_type(p, &len, type)) {
		p = skip_options(p, &err);
		if (!p)
			return err;
		if (!key_type(p, &len, type))
			return -EINVAL;
	}
	if (!is_accepted(*type))
		return -ENOTSUP;
	p += len;
	p += strspn(p, BLANKS);
	len = strcspn(p, BLANKS);
	if (!len)
		return -EINVAL;
	p[len] = '\0';
	*base64 = p;
	return 1;
}

/* The key of a line: 1, 0 or a negative errno as keyfile_line(). */
static int import_line(char *line, ssh_key *key)
{
	enum ssh_keytypes_e type;
	char *base64;
	int rc;

	rc = keyfile_line(line, &type, &base64);
	if (rc == 1 && ssh_pki_import_pubkey_base64(base64, type, key))
		rc = -EINVAL;
	return rc;
}

static bool line_matches(char *line, ssh_key key, const char *path,
			 unsigned int number)
{
	ssh_key found = NULL;
	bool same;
	int rc;

	rc = import_line(line, &found);
	if (!rc)
		return false;
	if (rc < 0) {
		log_limited(LOG_WARNING, "%s:%u: %s", path, number,
			    rc == -ENOTSUP ?
			    "option or type of key that is not supported" :
			    "not a line of an authorized_keys file");
		return false;
	}
	same = !ssh_key_cmp(found, key, SSH_KEY_CMP_PUBLIC);
	ssh_key_free(found);
	return same;
}

static const char *check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return "others than its owner may write it";
	if (st.st_size > FILE_MAX)
		return "larger than 1 MiB";
	return NULL;
}

/* O_NONBLOCK: opening a fifo must not hang. */
static FILE *open_file(const char *path, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	FILE *f;

	*why = fd < 0 ? strerror(errno) : check_file(fd);
	if (!*why) {
		f = fdopen(fd, "r");
		if (f)
			return f;
		*why = strerror(errno);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

bool keyfile_has(const char *path, ssh_key key)
{
	unsigned int number = 0;
	bool found = false;
	char *line = NULL;
	const char *why;
	size_t room = 0;
	FILE *f;

	if (!is_accepted(ssh_key_type(key)))
		return false;
	f = open_file(path, &why);
	if (!f) {
		log_limited(LOG_WARNING, "authorized-keys %s: %s", path, why);
		return false;
	}
	while (!found && getline(&line, &room, f) >= 0)
		found = line_matches(line, key, path, ++number);
	free(line);
	fclose(f);
	return found;
}

static bool has_usable_line(FILE *f)
{
	ssh_key key = NULL;
	char *line = NULL;
	size_t room = 0;

	while (!key && getline(&line, &room, f) >= 0)
		import_line(line, &key);
	free(line);
	ssh_key_free(key);
	return key;
}

bool keyfile_try(const char *path, char *why, size_t room)
{
	const char *wrong;
	FILE *f = open_file(path, &wrong);
	bool usable;

	if (!f) {
		snprintf(why, room, "%s, expected a file of public keys that only its owner may write",
			 wrong);
		return false;
	}
	usable = has_usable_line(f);
	fclose(f);
	if (!usable)
		snprintf(why, room, "it has no key that can be used, expected a line such as: ssh-ed25519 AAAA...");
	return usable;
}
