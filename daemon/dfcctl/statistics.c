// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <stdio.h>

#include "dfcctl/command.h"
#include "dfcctl/schema.h"
#include "dfcctl/statistics.h"
#include "dfcctl/table.h"

static void take(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(a) == DFC_A_STATS)
			field_read(schema_statistics, a, data);
}

int statistics_get(struct ctl *ctl, json_t *record)
{
	genl_begin(DFC_CMD_STATS_GET);
	return genl_send(ctl->genl, take, record);
}

int statistics_run(struct ctl *ctl, int argc, char **argv)
{
	json_t *record = json_object();
	int status = command_no_words(argc, argv);

	if (!status)
		status = ctl_open(ctl);
	if (!status)
		status = statistics_get(ctl, record);
	if (!status && ctl->json)
		ctl_print(ctl, json_pack("{sO}", "statistics", record));
	else if (!status)
		table_detail(stdout, schema_statistics, record, 0,
			     ctl->colour);
	json_decref(record);
	return status;
}
