// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>

#include "dtcpd/memory.h"

int memory_used(const char *path)
{
	unsigned long long total = 0, available = 0;
	FILE *f = fopen(path, "re");
	char line[128];

	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f)) {
		sscanf(line, "MemTotal: %llu", &total);
		sscanf(line, "MemAvailable: %llu", &available);
	}
	fclose(f);
	return total && available <= total ?
	       (int)((total - available) * 100 / total) : -1;
}
