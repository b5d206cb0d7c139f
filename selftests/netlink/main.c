// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <unistd.h>

#include "act.h"
#include "bulk.h"

static const struct group *const groups[] = {
	&filter_group,
	&lists_group,
	&limits_group,
	&dest_group,
	&refuse_filter_group,
	&refuse_command_group,
	&refuse_where_group,
	&refuse_message_group,
	&refuse_dest_group,
	&refuse_site_group,
	&dump_group,
	&event_group,
	&traffic_group,
	&device_group,
	&site_group,
	&owner_group,
	&access_group,
	&fuzz_group,
};

#define GROUPS (sizeof(groups) / sizeof(*groups))

static unsigned int count_all(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < GROUPS; i++)
		count += groups[i]->count();
	return count;
}

/* Without arguments, all tests; with "add", "delete" or "dump" and a number,
 * what scale.sh is in need of.
 */
int main(int argc, char **argv)
{
	unsigned int i;

	if (argc == 3)
		return wire_init() ? bulk(argv[1], argv[2]) : 1;
	if (geteuid())
		return tap_skip("needs root");
	act_namespace();
	if (!wire_init())
		return tap_skip("the module dfc is not loaded");
	tap_plan(count_all());
	for (i = 0; i < GROUPS; i++)
		groups[i]->run();
	return tap_end();
}
