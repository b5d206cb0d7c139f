// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

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
		if (drops || i + 1 < json_array_size(sources))
			putchar('\n');
	}
	if (!drops)
		return;
	puts("messages without an answer, strangers' too");
	table_object(stdout, drops, 2);
}

static json_t *find(json_t *sources, const char *wanted)
{
	const char *name;
	json_t *source;
	size_t i;

	json_array_foreach(sources, i, source) {
		name = json_string_value(json_object_get(source,
						SCHEMA_CONTROL_SOURCE));
		if (name && !strcmp(name, wanted))
			return source;
	}
	return NULL;
}

/* Those that are named, as an array owned by the caller. */
static int choose(json_t *sources, int argc, char **argv, json_t **chosen)
{
	json_t *source;
	int i;

	*chosen = json_array();
	for (i = 0; i < argc; i++) {
		source = find(sources, argv[i]);
		if (!source)
			return error_say(ERROR_REFUSED, "dtcpd has no control "
					 "source '%s'", argv[i]);
		json_array_append(*chosen, source);
	}
	return 0;
}

static int show(struct ctl *ctl, json_t *sources, json_t *drops, int argc,
		char **argv)
{
	json_t *chosen = NULL;
	int status = 0;

	if (argc)
		status = choose(sources, argc, argv, &chosen);
	else
		chosen = json_incref(sources);
	if (!status && ctl->json)
		ctl_print(ctl, json_pack("{sO,s:O*}", "control-sources", chosen,
					 "drops", argc ? NULL : drops));
	else if (!status)
		print(chosen, argc ? NULL : drops);
	json_decref(chosen);
	return status;
}

int control_source_run(struct ctl *ctl, int argc, char **argv)
{
	json_t *answer = NULL, *sources, *drops;
	int status = dtcpd_request(ctl->control, "control-source", &answer);

	if (status)
		return status;
	sources = json_object_get(answer, "control-sources");
	drops = json_object_get(answer, "drops");
	if (!json_is_array(sources) || !json_is_object(drops))
		status = error_say(ERROR_REFUSED, "dtcpd: an answer without "
				   "control-sources or drops");
	else
		status = show(ctl, sources, drops, argc, argv);
	json_decref(answer);
	return status;
}
