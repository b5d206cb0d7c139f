// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcpd/config-check.h"
#include "dtcpd/config-limit.h"

/* Ascending, as they must be where several are given. */
static const char *const limits[] = {
	"soft-limit-clear", "soft-limit", "hard-limit-target", "hard-limit",
};

#define NLIMITS (sizeof(limits) / sizeof(limits[0]))

static const char *const formats[] = {
	[DFC_FORMAT_UDP] = "ip-udp",
	[DFC_FORMAT_IPIP] = "ip-ip",
	[DFC_FORMAT_DFC] = "dfc",
};

_Static_assert(sizeof(formats) / sizeof(formats[0]) == DFC_FORMAT_MAX + 1,
	       "a format has no name");

int config_check_format(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	size_t i;

	for (i = 0; i <= DFC_FORMAT_MAX; i++) {
		if (!strcmp(formats[i], value))
			return config_take(value, out);
	}
	cfg_error(cfg, "%s is \"%s\", expected ip-udp, ip-ip or dfc",
		  opt->name, value);
	return -1;
}

enum dfc_format config_format(const char *name)
{
	enum dfc_format f = DFC_FORMAT_UDP;

	while (strcmp(formats[f], name))
		f++;
	return f;
}

static int check_companion(cfg_t *sec, const char *given, const char *other)
{
	if (!cfg_getint(sec, given) || cfg_getint(sec, other))
		return 0;
	cfg_error(sec, "%s \"%s\" has %s and no %s, expected both or neither",
		  cfg_name(sec), cfg_title(sec), given, other);
	return -1;
}

static int check_order(cfg_t *sec, const char *low, const char *high)
{
	if (!low || cfg_getint(sec, low) < cfg_getint(sec, high))
		return 0;
	cfg_error(sec, "%s \"%s\" has %s = %ld and %s = %ld, expected %s below %s",
		  cfg_name(sec), cfg_title(sec), low, cfg_getint(sec, low),
		  high, cfg_getint(sec, high), low, high);
	return -1;
}

int config_check_limits(cfg_t *sec)
{
	const char *below = NULL;
	size_t i;

	if (check_companion(sec, "soft-limit", "soft-limit-clear") ||
	    check_companion(sec, "soft-limit-clear", "soft-limit") ||
	    check_companion(sec, "hard-limit", "hard-limit-target") ||
	    check_companion(sec, "hard-limit-target", "hard-limit"))
		return -1;
	for (i = 0; i < NLIMITS; i++) {
		if (!cfg_getint(sec, limits[i]))
			continue;
		if (check_order(sec, below, limits[i]))
			return -1;
		below = limits[i];
	}
	return 0;
}

void config_build_limits(struct config_limit *l, cfg_t *sec)
{
	l->soft = cfg_getint(sec, "soft-limit");
	l->soft_clear = cfg_getint(sec, "soft-limit-clear");
	l->hard = cfg_getint(sec, "hard-limit");
	l->hard_target = cfg_getint(sec, "hard-limit-target");
}
