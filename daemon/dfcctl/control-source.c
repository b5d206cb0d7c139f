// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"
#include "dfcctl/table.h"

/* dtcpd names the counters; here they are only laid out. */
static void print(json_t *sources, json_t *drops)
{
	const json_t *name;
	json_t *source;
	size_t i;

	json_array_foreach(sources, i, source) {
		name = json_object_get(source, SCHEMA_CONTROL_SOURCE);
		printf("control-source %s\n",
		       name ? json_string_value(name) : "?");
		json_object_del(source, SCHEMA_CONTROL_SOURCE);
		table_object(stdout, source, 2);
		putchar('\n');
	}
	puts("messages without an answer, strangers' too");
	table_object(stdout, drops, 2);
}

int control_source_run(struct ctl *ctl, int argc, char **argv)
{
	json_t *answer = NULL, *sources, *drops;
	int status = command_no_words(argc, argv);

	if (!status)
		status = dtcpd_request(ctl->control, "control-source", &answer);
	if (status)
		return status;
	sources = json_object_get(answer, "control-sources");
	drops = json_object_get(answer, "drops");
	if (!json_is_array(sources) || !json_is_object(drops))
		status = error_say(ERROR_REFUSED, "dtcpd: an answer without "
				   "control-sources or drops");
	else if (ctl->json)
		ctl_print(ctl, json_pack("{sO,sO}", "control-sources", sources,
					 "drops", drops));
	else
		print(sources, drops);
	json_decref(answer);
	return status;
}
