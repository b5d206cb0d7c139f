// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/schema.h"
#include "dfcctl/statistics.h"
#include "dfcctl/table.h"

static json_t *running_udp(const char *control, const json_t *state)
{
	if (json_object_get(state, "why"))
		return NULL;
	return dtcpd_ask(control, "udp");
}

/* dtcpd may be there with the module gone, and the other way round. */
static json_t *daemon_state(const char *control)
{
	json_t *answer = dtcpd_ask(control, "criteria");
	bool absent = !answer && (errno == ENOENT || errno == ECONNREFUSED);
	json_t *state;

	if (answer)
		state = json_pack("{sb,si}", "running", true, "criteria",
				  (int)json_array_size(json_object_get(answer,
							"criteria")));
	else
		state = json_pack("{sb,ss}", "running", !absent, "why",
				  strerror(errno));
	json_decref(answer);
	answer = running_udp(control, state);
	if (answer)
		json_object_set(state, "udp", json_object_get(answer, "udp"));
	json_decref(answer);
	return state;
}

static json_int_t total(json_t *counters)
{
	json_int_t sum = 0;
	const char *key;
	json_t *value;

	json_object_foreach(counters, key, value)
		sum += json_integer_value(value);
	return sum;
}

/* Nothing where no control source has a service-port. */
static void print_udp(const json_t *udp)
{
	json_int_t sockets = json_integer_value(json_object_get(udp,
								"sockets"));
	const char *const keys[] = { "received", "answered" };
	size_t i;

	if (!sockets)
		return;
	printf("udp      %" JSON_INTEGER_FORMAT " socket%s", sockets,
	       sockets == 1 ? "" : "s");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		printf(", %" JSON_INTEGER_FORMAT " %s",
		       json_integer_value(json_object_get(udp, keys[i])),
		       keys[i]);
	printf(", %" JSON_INTEGER_FORMAT " dropped\n",
	       total(json_object_get(udp, "dropped")) +
	       json_integer_value(json_object_get(udp,
						  "receive-buffer-full")));
}

static void print_daemon(const struct ctl *ctl, const json_t *state)
{
	bool running = json_is_true(json_object_get(state, "running"));
	const json_t *why = json_object_get(state, "why");
	json_int_t criteria;

	if (why) {
		printf("dtcpd    %s (%s: %s)\n",
		       running ? "does not answer" : "not running",
		       ctl->control, json_string_value(why));
		return;
	}
	criteria = json_integer_value(json_object_get(state, "criteria"));
	printf("dtcpd    running, %" JSON_INTEGER_FORMAT " %s\n", criteria,
	       criteria == 1 ? "criterion" : "criteria");
	print_udp(json_object_get(state, "udp"));
}

static void print_text(const struct ctl *ctl, json_t *statistics,
		       json_t *destinations)
{
	if (!json_object_get(statistics, "drops"))
		json_object_set_new(statistics, "drops", json_string("none"));
	putchar('\n');
	table_detail(stdout, schema_statistics, statistics, 0, ctl->colour);
	if (!json_array_size(destinations))
		return;
	putchar('\n');
	table_list(stdout, schema_destination, destinations, ctl->colour);
}

static int collect(struct ctl *ctl, json_t *statistics, json_t **destinations)
{
	int status = statistics_get(ctl, statistics);

	if (!status)
		status = object_dump(ctl, &object_destination, destinations);
	if (!status)
		dtcpd_join_destinations(ctl->control, *destinations);
	return status;
}

int summary_run(struct ctl *ctl, int argc, char **argv)
{
	json_t *daemon, *statistics, *destinations = NULL;
	int status = command_no_words(argc, argv);
	bool loaded;

	if (status)
		return status;
	daemon = daemon_state(ctl->control);
	statistics = json_object();
	status = ctl_open(ctl);
	loaded = !status;
	if (!ctl->json) {
		printf("module   %s\n", loaded ? "loaded" : "not loaded");
		print_daemon(ctl, daemon);
	}
	if (loaded)
		status = collect(ctl, statistics, &destinations);
	if (!status && !ctl->json)
		print_text(ctl, statistics, destinations);
	else if (ctl->json)
		ctl_print(ctl, json_pack("{s{sb},sO,s:O*,s:O*}",
					 "module", "loaded", loaded,
					 "dtcpd", daemon,
					 "statistics",
					 status ? NULL : statistics,
					 "destinations",
					 status ? NULL : destinations));
	json_decref(daemon);
	json_decref(statistics);
	json_decref(destinations);
	return status;
}
