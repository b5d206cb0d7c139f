// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/interval.h"
#include "dfcctl/schema.h"
#include "dfcctl/statistics.h"
#include "dfcctl/table.h"

/* How those fare who come by @way, "ssh" or "udp". */
static void add_way(json_t *state, const char *control, const char *way)
{
	json_t *answer = dtcpd_ask(control, way);

	if (json_object_get(answer, way))
		json_object_set(state, way, json_object_get(answer, way));
	json_decref(answer);
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
	if (!json_object_get(state, "why")) {
		add_way(state, control, "ssh");
		add_way(state, control, "udp");
	}
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
}

/* Nothing where nobody is connected, and nobody has been. */
static void print_ssh(const json_t *ssh)
{
	json_int_t now = json_integer_value(json_object_get(ssh,
						"connections-inet")) +
			 json_integer_value(json_object_get(ssh,
						"connections-inet6"));

	if (!json_integer_value(json_object_get(ssh, "accepted")))
		return;
	printf("ssh      %" JSON_INTEGER_FORMAT " connection%s, %"
	       JSON_INTEGER_FORMAT " not logged in, %" JSON_INTEGER_FORMAT
	       " bytes wait to be read\n", now, now == 1 ? "" : "s",
	       json_integer_value(json_object_get(ssh, "not-logged-in")),
	       json_integer_value(json_object_get(ssh, "waiting-bytes")));
}

static void print_module(const struct ctl *ctl, json_t *statistics,
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

/* What there is, is told also where the module is not. */
static int read_all(struct ctl *ctl, void *arg, json_t **document)
{
	json_t *statistics = json_object(), *destinations = NULL;
	int status = ctl_open(ctl);
	bool loaded = !status;

	if (loaded)
		status = collect(ctl, statistics, &destinations);
	*document = json_pack("{s{sb},so,s:O*,s:O*}",
			      "module", "loaded", loaded,
			      "dtcpd", daemon_state(ctl->control),
			      "statistics", status ? NULL : statistics,
			      "destinations", status ? NULL : destinations);
	json_decref(statistics);
	json_decref(destinations);
	return status;
}

static void print(struct ctl *ctl, void *arg, json_t *document)
{
	json_t *module = json_object_get(document, "module");
	json_t *daemon = json_object_get(document, "dtcpd");
	json_t *statistics = json_object_get(document, "statistics");

	printf("module   %s\n",
	       json_is_true(json_object_get(module, "loaded")) ? "loaded" :
	       "not loaded");
	print_daemon(ctl, daemon);
	print_ssh(json_object_get(daemon, "ssh"));
	print_udp(json_object_get(daemon, "udp"));
	if (statistics)
		print_module(ctl, statistics,
			     json_object_get(document, "destinations"));
}

int summary_run(struct ctl *ctl, int argc, char **argv)
{
	static const struct interval_view view = {
		.read = read_all, .print = print,
	};
	int status = command_no_words(argc, argv);

	return status ? status : interval_run(ctl, &view, NULL);
}
