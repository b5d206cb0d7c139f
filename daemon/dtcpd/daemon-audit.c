// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "dfc-audit/chain.h"
#include "dtcpd/daemon-audit.h"

bool daemon_audit_write(void *arg, json_t *record)
{
	return audit_write(((struct daemon *)arg)->audit, record);
}

bool daemon_audit_ready(void *arg)
{
	return audit_ready(((struct daemon *)arg)->audit);
}

void daemon_audit_attempt(void *arg, const struct tasking_attempt *attempt)
{
	audit_attempt(((struct daemon *)arg)->audit, attempt);
}

void daemon_audit(struct daemon *d, const char *event)
{
	audit_write(d->audit, json_pack("{ss}", "event", event));
}

/* Of the file as it is; false if it cannot be read. */
static bool hash_file(const char *path, char hex[CHAIN_HASH_LEN + 1])
{
	unsigned char part[4096], hash[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	FILE *f = fopen(path, "re");
	bool done = ctx && f && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1;
	size_t n;

	while (done && (n = fread(part, 1, sizeof(part), f)) > 0)
		done = EVP_DigestUpdate(ctx, part, n) == 1;
	done = done && !ferror(f) && EVP_DigestFinal_ex(ctx, hash, NULL) == 1;
	explicit_bzero(part, sizeof(part));
	if (f)
		fclose(f);
	EVP_MD_CTX_free(ctx);
	if (done)
		chain_hex(hash, CHAIN_HASH_LEN / 2, hex);
	return done;
}

void daemon_audit_config(struct daemon *d, const char *event)
{
	char hex[CHAIN_HASH_LEN + 1];
	json_t *o = json_pack("{ss so}", "event", event, "configuration",
			      tasking_name(d->path));

	if (o && hash_file(d->path, hex))
		json_object_set_new(o, "sha256", json_string(hex));
	audit_write(d->audit, o);
}
