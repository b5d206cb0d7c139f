// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"
#include "dfcctl/table.h"

/* dtcpd names the counters; here they are only laid out. */
static void print(json_t *sources)
{
	const json_t *name;
	json_t *source;
	size_t i;

	json_array_foreach(sources, i, source) {
		name = json_object_get(source, SCHEMA_CONTROL_SOURCE);
		printf("%scontrol-source %s\n", i ? "\n" : "",
		       name ? json_string_value(name) : "?");
		json_object_del(source, SCHEMA_CONTROL_SOURCE);
		table_object(stdout, source, 2);
	}
}

int control_source_run(struct ctl *ctl, int argc, char **argv)
{
	int status = command_no_words(argc, argv);
	json_t *answer, *sources;

	if (status)
		return status;
	answer = dtcpd_ask(ctl->control, "control-source");
	if (!answer)
		return error_say(ERROR_USAGE,
				 "dtcpd does not answer on %s: %s; is it "
				 "running?", ctl->control, strerror(errno));
	sources = json_object_get(answer, "control-sources");
	if (!json_is_array(sources)) {
		const char *why = json_string_value(
				json_object_get(answer, "error"));

		status = error_say(ERROR_REFUSED, "dtcpd: %s",
				   why ? why : "an answer without "
				   "control-sources");
	} else if (ctl->json) {
		ctl_print(ctl, json_pack("{sO}", "control-sources", sources));
	} else {
		print(sources);
	}
	json_decref(answer);
	return status;
}
