// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>

#include "dtcp/stray.h"

void stray_text(const struct stray *s, char *text, size_t room)
{
	const struct {
		unsigned long n;
		const char *what;
	} kind[] = {
		{ s->foreign, "from elsewhere" },
		{ s->forged, "not authentic" },
		{ s->other, "for another request" },
		{ s->doubled, "doubled" },
	};
	unsigned long total = s->foreign + s->forged + s->other + s->doubled;
	const char *gap = ": ";
	size_t i, n;

	*text = '\0';
	if (!total)
		return;
	n = (size_t)snprintf(text, room, "%lu datagram%s ignored", total,
			     total == 1 ? " was" : "s were");
	for (i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		if (!kind[i].n || n >= room)
			continue;
		n += (size_t)snprintf(text + n, room - n, "%s%lu %s", gap,
				      kind[i].n, kind[i].what);
		gap = ", ";
	}
}
