// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <syslog.h>

#include "dtcp-proto/value.h"
#include "dtcpd/log.h"
#include "dtcpd/tasking-private.h"

/* Names that came in a request need not be UTF-8, as JSON must. */
json_t *tasking_name(const char *name)
{
	char text[4 * DTCP_NAME_MAX + 1];
	json_t *string = json_string(name);

	if (string)
		return string;
	dtcp_value_escape(name, text, sizeof(text));
	return json_string(text);
}

static json_t *show_criterion(const struct criterion *c)
{
	json_t *dests = json_array();
	size_t i;

	for (i = 0; i < c->nlegs; i++)
		json_array_append_new(dests,
				      tasking_name(c->leg[i].cdest->name));
	return json_pack("{sI ss sI so}", "filter", (json_int_t)c->filter,
			 "control-source", c->source->name,
			 "criteria-id", (json_int_t)c->id,
			 "content-destinations", dests);
}

static json_t *show_criteria(const struct tasking *t)
{
	json_t *list = json_array();
	struct table_node *n;
	struct criterion *c;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n))
		TAILQ_FOREACH(c, &table_entry(n, struct source, node)->criteria,
			      link)
			json_array_append_new(list, show_criterion(c));
	return json_pack("{so}", "criteria", list);
}

static json_t *show_destination(const struct destination *d)
{
	return json_pack("{sI so ss sb sI sI sI sI sI sI}",
		"destination", (json_int_t)d->id,
		"name", tasking_name(d->outer.name),
		"capture-group", d->group,
		"dynamic", !d->configured,
		"criteria", (json_int_t)d->users,
		"average-rate", (json_int_t)d->now.bandwidth,
		"matched-packets", (json_int_t)d->now.matched_packets,
		"matched-bytes", (json_int_t)d->now.matched_bytes,
		"congestion-notifications",
		(json_int_t)d->congestion.notices,
		"congestion-delete-notifications",
		(json_int_t)d->congestion.delete_notices);
}

static json_t *show_destinations(const struct tasking *t)
{
	json_t *list = json_array();
	struct table_node *n;

	for (n = table_first(&t->dests); n; n = table_next(&t->dests, n))
		json_array_append_new(list, show_destination(
			table_entry(n, struct destination, node)));
	return json_pack("{so}", "destinations", list);
}

static json_t *show_groups(const struct tasking *t)
{
	json_t *list = json_array();
	struct table_node *n;
	struct group *g;

	for (n = table_first(&t->groups); n; n = table_next(&t->groups, n)) {
		g = table_entry(n, struct group, node);
		json_array_append_new(list,
			json_pack("{sI ss}", "group", (json_int_t)g->id,
				  "capture-group", g->config->name));
	}
	return json_pack("{so}", "groups", list);
}

static void add_bandwidth(void *arg, uint32_t id,
			  const struct tasking_counters *n)
{
	struct criterion *c = criterion_by_filter(arg, id);

	if (c)
		c->source->bandwidth += n->bandwidth;
}

/* Asked of the kernel when it is shown: there may be a million filters. */
static void sum_bandwidth(const struct tasking *t)
{
	struct table_node *n;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n))
		table_entry(n, struct source, node)->bandwidth = 0;
	if (t->filters.count &&
	    t->ops->filter_each(t->ctx, add_bandwidth, (void *)t))
		log_limited(LOG_WARNING, "bandwidth of control sources: %s",
			    t->ops->error(t->ctx));
}

/* In the order of the configuration, as an operator expects it. */
static json_t *show_sources(const struct tasking *t)
{
	json_t *list = json_array();
	int64_t now = t->ops->now(t->ctx);
	const struct config_group *g;
	size_t i, j;

	sum_bandwidth(t);
	for (i = 0; t->config && i < t->config->ngroup; i++) {
		g = &t->config->group[i];
		for (j = 0; j < g->nsource; j++)
			json_array_append_new(list,
				source_show(source_lookup(&t->sources,
							  g->source[j].name),
					    now));
	}
	return json_pack("{so so}", "control-sources", list, "drops",
			 source_show_drops(t->drops));
}

static json_t *show_names(const struct tasking *t)
{
	json_t *list = json_array();
	struct table_node *n;

	for (n = table_first(&t->sources); n; n = table_next(&t->sources, n))
		json_array_append_new(list, json_string(
			table_entry(n, struct source, node)->name));
	return json_pack("{so}", "source-names", list);
}

/* Of everybody: by Junos' names, where it has some. */
static json_t *show_statistics(const struct tasking *t)
{
	uint64_t total = 0;
	int i;

	for (i = 0; i < SOURCE_DROPS; i++)
		total += t->drops[i];
	return json_pack("{s{sI sI sI sI so}}", "statistics",
		"control-protocol-packets", (json_int_t)t->messages,
		"control-protocol-drops", (json_int_t)total,
		"control-protocol-drop-rate",
		(json_int_t)rate_last(&t->dropped, t->ops->now(t->ctx)),
		"control-protocol-drop-peak-rate",
		(json_int_t)t->dropped.peak,
		"control-protocol-drop-causes", source_show_drops(t->drops));
}

json_t *tasking_show(const struct tasking *t, const char *what)
{
	static const struct {
		const char *what;
		json_t *(*show)(const struct tasking *t);
	} questions[] = {
		{ "criteria", show_criteria },
		{ "destinations", show_destinations },
		{ "groups", show_groups },
		{ "control-source", show_sources },
		{ "source-names", show_names },
		{ "statistics", show_statistics },
	};
	size_t i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (!strcmp(questions[i].what, what))
			return questions[i].show(t);
	return NULL;
}
