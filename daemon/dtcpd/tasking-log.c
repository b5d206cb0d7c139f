// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdarg.h>
#include <stdio.h>

#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

/* The headers of an ADD that say what is tapped. */
static const char *const targets[] = {
	"X-JTap-IP-Version", "X-JTap-Filter-Family", "X-JTap-VRF-Name",
	"X-JTap-Input-Interface", "X-JTap-Output-Interface",
	"Source-Address", "Dest-Address", "Protocol", "Source-Port",
	"Dest-Port", "ICMP-Type", "ICMP-Code",
};

void exchange_log(const struct exchange *x, int priority, const char *fmt, ...)
{
	char line[EXCHANGE_TARGET_MAX + 512];
	va_list args;

	if (x->source->config->no_syslog)
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	log_msg(priority, "%s", line);
}

const char *exchange_target(const struct exchange *x,
			    char text[EXCHANGE_TARGET_MAX])
{
	const struct dtcp_header *h;
	size_t i, len = 0;

	text[0] = '\0';
	if (!x->t->config || !x->t->config->log_criteria)
		return text;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		h = dtcp_message_find(x->m, targets[i]);
		if (h && len < EXCHANGE_TARGET_MAX)
			len += snprintf(text + len, EXCHANGE_TARGET_MAX - len,
					"%s%s %.*s", len ? "; " : ": ",
					targets[i], (int)h->value.len,
					h->value.at);
	}
	if (!len)
		snprintf(text, EXCHANGE_TARGET_MAX, ": everything");
	return text;
}
