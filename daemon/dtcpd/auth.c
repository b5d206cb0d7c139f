// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <crypt.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/auth.h"
#include "dtcpd/keyfile.h"
#include "dtcpd/log.h"

/* Hashed against where nobody has a password: a setting without a hash. */
static const char nobody[] = "$6$dtcpdnobody$";

/* A hash that costs as much as the real ones of this configuration do. */
static const char *stand_in(const struct config *c)
{
	size_t g, s;

	for (g = 0; g < c->ngroup; g++) {
		for (s = 0; s < c->group[g].nsource; s++) {
			if (c->group[g].source[s].password)
				return c->group[g].source[s].password;
		}
	}
	return nobody;
}

static bool hash_matches(const char *hash, const char *password)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *made;
	bool same;

	if (!data) {
		log_limited(LOG_ERR, "password check: out of memory");
		return false;
	}
	/* What fails is never like its setting, see crypt(3). */
	made = crypt_r(password, hash, data);
	same = made && strlen(made) == strlen(hash) &&
	       !CRYPTO_memcmp(made, hash, strlen(hash));
	explicit_bzero(data, sizeof(*data));
	free(data);
	return same;
}

bool auth_password(const struct config *c, const char *user,
		   const char *password)
{
	const struct config_source *s = config_source_find(c, user, NULL);
	bool known = s && s->password;
	bool same;

	same = hash_matches(known ? s->password : stand_in(c), password);
	return known && same;
}

bool auth_key(const struct config *c, const char *user, ssh_key key)
{
	const struct config_source *s = config_source_find(c, user, NULL);

	return s && s->authorized_keys && keyfile_has(s->authorized_keys, key);
}
