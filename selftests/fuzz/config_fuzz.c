// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dtcpd/config.h"
#include "dtcpd/config-text.h"

#define REPORT_MAX	2048

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Files that a configuration names are looked at: this is one everywhere. */
static const char good[] =
	"flow-tap-dtcp { ssh { host-key = {\"/proc/self/exe\"} } }\n"
	"capture-group g {\n"
	"content-destination d { address = \"192.0.2.1\" port = 1 }\n"
	"control-source s { shared-key = \"k\" } }\n";

static char line[REPORT_MAX];
static unsigned int reports;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void report(const char *text)
{
	reports++;
	check(strlen(text) < sizeof(line));
	strcpy(line, text);
}

/* The file, and what it is called. */
static const char *file(const void *text, size_t len)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("dtcpd.conf", MFD_CLOEXEC);
	check(fd >= 0 && !ftruncate(fd, 0) &&
	      pwrite(fd, text, len, 0) == (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}

static void check_dest(const struct config *c, const struct config_dest *d)
{
	check(*d->name && strlen(d->name) <= DTCP_NAME_MAX);
	check(d->address.family == AF_INET || d->address.family == AF_INET6);
	check(!d->port == (d->format == DFC_FORMAT_IPIP));
	check(d->source.family == AF_UNSPEC ||
	      d->source.family == d->address.family);
	check(d->ttl && d->dscp < 64 && d->association <= c->nassociation);
	check(!d->association || d->source.family != AF_UNSPEC);
	check(d->queue_limit >= DFC_DEST_QUEUE_MIN &&
	      d->queue_limit <= DFC_DEST_QUEUE_MAX);
	check(!d->limit.soft || d->limit.soft_clear < d->limit.soft);
	check(!d->limit.hard || d->limit.hard_target < d->limit.hard);
	check(!d->limit.hard || !d->limit.soft ||
	      d->limit.hard_target > d->limit.soft);
}

static void check_source(const struct config *c, const struct config_source *s)
{
	const struct config_group *group;
	size_t i;

	/* Names are unique. */
	check(config_source_find(c, s->name, &group) == s);
	check(s->key_len && s->key_len <= DTCP_KEY_MAX);
	check(s->nsource_address <= CONFIG_SOURCE_ADDRESSES_MAX);
	check(s->ntarget <= CONFIG_TARGETS_MAX);
	for (i = 0; i < s->nsource_address; i++)
		check(s->source_address[i].len <=
		      (s->source_address[i].addr.family == AF_INET ? 32 : 128));
	for (i = 0; i < s->ntarget; i++)
		check(s->target[i].port);
	for (i = 0; i < s->nallowed; i++)
		check(*s->allowed[i]);
	check(s->minimum_priority < 255);
}

static void check_group(const struct config *c, const struct config_group *g)
{
	size_t i, j;

	check(*g->name && (g->ndevice || !g->passive));
	check(g->mask_limit && g->mask_limit <= CONFIG_MASKS_MAX);
	check(g->max_duplicates &&
	      g->max_duplicates <= DFC_GROUP_DUPLICATES_MAX);
	check(g->duplicates_period && g->duplicates_period <= 255);
	check(g->memory >= -1 && g->memory <= 100);
	check(g->ndevice <= DFC_GROUP_DEVICES_MAX);
	for (i = 0; i < g->ndevice; i++) {
		check(*g->device[i] && strlen(g->device[i]) < IF_NAMESIZE);
		for (j = 0; j < i; j++)
			check(strcmp(g->device[i], g->device[j]));
	}
	for (i = 0; i < g->ndest; i++)
		check_dest(c, &g->dest[i]);
	for (i = 0; i < g->nsource; i++)
		check_source(c, &g->source[i]);
}

static void check_all(const struct config *c)
{
	size_t i;

	check(c->ssh.nlisten <= CONFIG_LISTEN_MAX && c->ssh.port);
	check(c->ssh.nhost_key && c->ssh.nhost_key <= CONFIG_HOST_KEYS_MAX);
	check(c->udp.nlisten <= CONFIG_LISTEN_MAX && c->max_criteria);
	check(c->control_socket[0] == '/' && c->state_directory[0] == '/');
	for (i = 0; i < c->nassociation; i++)
		check(c->association[i].spi >= 256 &&
		      c->association[i].algorithm &&
		      c->association[i].key_file[0] == '/');
	for (i = 0; i < c->ngroup; i++)
		check_group(c, &c->group[i]);
}

/* What is wrong is said once, in a line that begins with the place. */
static bool load(const char *path)
{
	struct config *c;
	size_t len = strlen(path);

	reports = 0;
	c = config_load(path, report);
	check(reports == !c);
	if (c) {
		check_all(c);
		config_free(c);
		return true;
	}
	check(!strncmp(line, path, len) && line[len] == ':');
	check(strstr(line, "expected "));
	check(!strchr(line, '\n'));
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char before[REPORT_MAX];
	static unsigned int calls;
	bool first;

	first = load(file(data, size));
	strcpy(before, line);
	/* Nothing of one file is left when the next is read. */
	if (!first || !(calls++ % 64)) {
		check(load(file(good, strlen(good))));
		check(load(file(data, size)) == first);
		check(first || !strcmp(before, line));
	}
	return 0;
}
