// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcpd/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint8_t again[RECORD_MAX];

/* What was understood says the same when it is written again. */
static void check(size_t len, const uint8_t *data, size_t size)
{
	if (len != size || memcmp(again, data, size))
		abort();
}

static void check_group(const uint8_t *data, size_t size)
{
	char *device[DFC_GROUP_DEVICES_MAX];
	struct config_group config;
	struct record_group g;
	size_t i;

	if (!record_get_group(&g, data, size))
		return;
	for (i = 0; i < g.ndevice; i++)
		device[i] = g.device[i];
	config = (struct config_group){
		.name = g.name, .passive = g.passive, .local = g.local,
		.mask_limit = g.mask_limit,
		.max_duplicates = g.max_duplicates,
		.device = device, .ndevice = g.ndevice,
	};
	check(record_put_group(&config, again), data, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_criterion c;
	struct record_dest d;

	check_group(data, size);
	if (record_get_dest(&d, data, size))
		check(record_put_dest(&d, again), data, size);
	if (record_get_criterion(&c, data, size))
		check(record_put_criterion(&c, again), data, size);
	return 0;
}
