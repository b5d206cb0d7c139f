// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <stdio.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/interval.h"
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

static int read_all(struct ctl *ctl, void *arg, json_t **document)
{
	json_t *record = json_object();
	int status = ctl_open(ctl);

	if (!status)
		status = statistics_get(ctl, record);
	if (!status) {
		dtcpd_join_statistics(ctl->control, record);
		*document = json_pack("{sO}", "statistics", record);
	}
	json_decref(record);
	return status;
}

static void print(struct ctl *ctl, void *arg, json_t *document)
{
	table_detail(stdout, schema_statistics,
		     json_object_get(document, "statistics"), 0, ctl->colour);
}

int statistics_run(struct ctl *ctl, int argc, char **argv)
{
	static const struct interval_view view = {
		.read = read_all, .print = print,
	};
	int status = command_no_words(argc, argv);

	return status ? status : interval_run(ctl, &view, NULL);
}
