// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcpd/config-check.h"
#include "dtcpd/config-interface.h"

bool config_group_has(const struct config_group *g, const char *device)
{
	size_t i;

	for (i = 0; i < g->ndevice; i++)
		if (!strcmp(g->device[i], device))
			return true;
	return false;
}

/* In the passive groups before @g: a device has one that takes all of it. */
static const struct config_group *find_passive(const struct config *c,
					       const struct config_group *g,
					       const char *device)
{
	const struct config_group *other;

	for (other = c->group; other < g; other++)
		if (other->passive && config_group_has(other, device))
			return other;
	return NULL;
}

static bool check(const struct config *c, const struct config_group *g,
		  cfg_t *cfg, const struct config_word *w, const char *device)
{
	const struct config_group *other;

	cfg->line = w->line;
	if (!device) {
		cfg_error(cfg,
			  "interfaces has \"%s\", expected a Linux device or an interface-alias",
			  w->text);
		return false;
	}
	if (config_group_has(g, device)) {
		cfg_error(cfg,
			  "interfaces has \"%s\", which is device %s, twice, expected each device once",
			  w->text, device);
		return false;
	}
	other = g->passive ? find_passive(c, g, device) : NULL;
	if (!other)
		return true;
	cfg_error(cfg,
		  "interfaces has \"%s\", and the passive capture-group \"%s\" has device %s already, expected one passive group for a device",
		  w->text, other->name, device);
	return false;
}

bool config_interfaces(const struct config *c, struct config_group *g,
		       cfg_t *cfg)
{
	unsigned int i, n = cfg_size(cfg, "interfaces");
	const struct config_word *w;
	const char *device;

	if (!n)
		return true;
	g->device = calloc(n, sizeof(*g->device));
	if (!g->device)
		return false;
	for (i = 0; i < n; i++) {
		w = cfg_getnptr(cfg, "interfaces", i);
		device = config_interface(c, w->text);
		if (!check(c, g, cfg, w, device))
			return false;
		g->device[g->ndevice] = strdup(device);
		if (!g->device[g->ndevice++])
			return false;
	}
	return true;
}
