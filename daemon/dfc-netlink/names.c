// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "dfc-netlink/names.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const reasons[] = {
	[DFC_REASON_DELETED] = "deleted",
	[DFC_REASON_TIMEOUT_TOTAL] = "timeout-total",
	[DFC_REASON_TIMEOUT_IDLE] = "timeout-idle",
	[DFC_REASON_LIMIT_PACKETS] = "limit-packets",
	[DFC_REASON_LIMIT_BYTES] = "limit-bytes",
	[DFC_REASON_OWNER] = "owner",
};

static const char *const drops[] = {
	[DFC_DROP_NO_SA] = "no-sa",
	[DFC_DROP_NO_ROUTE] = "no-route",
	[DFC_DROP_NO_MEMORY] = "no-memory",
	[DFC_DROP_BAD_GSO] = "bad-gso",
	[DFC_DROP_TOO_BIG] = "too-big",
	[DFC_DROP_OUTPUT] = "output",
};

static const char *const securities[] = {
	[DFC_SECURITY_REQUIRED] = "required",
	[DFC_SECURITY_NONE] = "none",
};

_Static_assert(COUNT(reasons) == DFC_REASON_MAX + 1, "a reason has no name");
_Static_assert(COUNT(drops) == DFC_DROP_MAX + 1, "a cause has no name");
_Static_assert(COUNT(securities) == DFC_SECURITY_MAX + 1,
	       "a security has no name");

static const char *name_of(const char *const *names, size_t count,
			   unsigned int value)
{
	return value < count ? names[value] : "unknown";
}

const char *dfc_reason_name(enum dfc_reason reason)
{
	return name_of(reasons, COUNT(reasons), reason);
}

const char *dfc_drop_name(enum dfc_drop cause)
{
	return name_of(drops, COUNT(drops), cause);
}

int dfc_security_parse(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(securities); i++)
		if (!strcmp(securities[i], name))
			return i;
	return -EINVAL;
}
