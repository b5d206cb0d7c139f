// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/config-check.h"
#include "dtcpd/lockout.h"

#define BANDWIDTH_MAX	1000000000000	/* bit/s */

/* 64k; the kernel takes no less than DFC_DEST_QUEUE_MIN, which it is then. */
#define QUEUE_LEAST	64000

/* Of an option, in this section if one is named. */
static const struct range {
	const char *section;
	const char *option;
	long min;
	long max;
	bool suffix;	/* k, m or g may follow */
} ranges[] = {
	{ NULL, "port", 1, UINT16_MAX, false },
	{ NULL, "source-port", 1, UINT16_MAX, false },
	{ NULL, "ttl", 1, UINT8_MAX, false },
	{ NULL, "minimum-priority", 0, 254, false },
	{ "control-source", "max-criteria", 0, UINT32_MAX, false },
	{ NULL, "max-criteria", 1, UINT32_MAX, false },
	{ NULL, "mask-limit", 1, CONFIG_MASKS_MAX, false },
	{ NULL, "g-max-duplicates", 1, DFC_GROUP_DUPLICATES_MAX, false },
	{ NULL, "max-duplicates", 1, DFC_GROUP_DUPLICATES_MAX, false },
	{ NULL, "g-duplicates-dropped-periodicity", 1, 255, false },
	{ NULL, "duplicates-dropped-periodicity", 1, 255, false },
	{ NULL, "pic-memory-threshold", 0, 100, false },
	{ NULL, "dscp", 0, 63, false },
	{ NULL, "service-port", 1, UINT16_MAX, false },
	{ NULL, "connection-limit", 1, 250, false },
	{ "control-source", "rate-limit", 0, 1000000, false },
	{ NULL, "rate-limit", 1, 250, false },
	{ NULL, "lockout-attempts", 1, LOCKOUT_ATTEMPTS_MAX, false },
	{ NULL, "lockout-period", 1, LOCKOUT_PERIOD_MAX, false },
	{ NULL, "input-packet-rate-threshold", 1, 1000000000, true },
	{ NULL, "queue-limit", QUEUE_LEAST, DFC_DEST_QUEUE_MAX, true },
	{ NULL, "soft-limit", 1, BANDWIDTH_MAX, true },
	{ NULL, "soft-limit-clear", 1, BANDWIDTH_MAX, true },
	{ NULL, "hard-limit", 1, BANDWIDTH_MAX, true },
	{ NULL, "hard-limit-target", 1, BANDWIDTH_MAX, true },
};

static const struct range *find_range(const cfg_t *cfg, const cfg_opt_t *opt)
{
	const struct range *r = ranges;

	while (strcmp(r->option, opt->name) ||
	       (r->section && strcmp(r->section, cfg->name)))
		r++;
	return r;
}

/* What a suffix stands for; 0 for one that is none. */
static long unit(const struct range *r, const char *suffix)
{
	if (!suffix[0])
		return 1;
	if (!r->suffix || suffix[1])
		return 0;
	switch (suffix[0]) {
	case 'k':
		return 1000;
	case 'm':
		return 1000000;
	case 'g':
		return 1000000000;
	default:
		return 0;
	}
}

int config_check_number(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	size_t digits = strspn(value, "0123456789");
	const struct range *r = find_range(cfg, opt);
	long factor = unit(r, value + digits);
	long n;

	errno = 0;
	n = strtol(value, NULL, 10);
	if (digits && factor && !errno && n <= r->max / factor &&
	    n * factor >= r->min) {
		*(long *)out = n * factor;
		return 0;
	}
	cfg_error(cfg, "%s is \"%s\", expected a number from %ld to %ld%s",
		  opt->name, value, r->min, r->max,
		  r->suffix ? ", which may end in k, m or g" : "");
	return -1;
}
