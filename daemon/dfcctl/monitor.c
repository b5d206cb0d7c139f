// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#include "dfc-netlink/names.h"
#include "dfcctl/command.h"
#include "dfcctl/error.h"
#include "dfcctl/monitor.h"
#include "dfcctl/schema.h"

/* ISO 8601 with milliseconds and offset: sorts, and names its zone. */
static json_t *now(void)
{
	char date[32], zone[8];
	struct timeval tv;
	struct tm tm;

	gettimeofday(&tv, NULL);
	localtime_r(&tv.tv_sec, &tm);
	strftime(date, sizeof(date), "%FT%T", &tm);
	strftime(zone, sizeof(zone), "%z", &tm);
	return json_sprintf("%s.%03ld%.3s:%s", date, (long)tv.tv_usec / 1000,
			    zone, zone + 3);
}

/* An event with the first of the objects that it carries. */
static json_t *begin(const char *name, const struct object *object,
		     const char *key, const struct nlmsghdr *nlh)
{
	json_t *event = json_pack("{so,ss}", "time", now(), "event", name);
	json_t *objects = json_array();

	object_read(object, nlh, objects);
	json_object_set(event, key, json_array_get(objects, 0));
	json_decref(objects);
	return event;
}

static json_t *filter_deleted(const struct nlmsghdr *nlh)
{
	json_t *event = begin("filter-deleted", &object_filter, "filter", nlh);
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(a) == DFC_A_REASON &&
		    !mnl_attr_validate(a, MNL_TYPE_U32))
			json_object_set_new(event, "reason", json_string(
					dfc_reason_name(mnl_attr_get_u32(a))));
	return event;
}

json_t *monitor_event(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	switch (genl->cmd) {
	case DFC_CMD_FILTER_DEL_NTF:
		return filter_deleted(nlh);
	case DFC_CMD_DEST_DROP_NTF:
		return begin("copies-dropped", &object_destination,
			     "destination", nlh);
	default:
		return NULL;
	}
}

static void print_number(FILE *out, const char *separator, const char *key,
			 const json_t *value)
{
	if (value)
		fprintf(out, "%s %s %" JSON_INTEGER_FORMAT, separator, key,
			json_integer_value(value));
}

static void print_drops(FILE *out, const json_t *destination)
{
	json_t *drops = json_object_get(destination, "drops"), *count;
	const char *cause;

	fprintf(out, " destination %" JSON_INTEGER_FORMAT " loses copies",
		json_integer_value(json_object_get(destination, "id")));
	print_number(out, ";", "dropped-packets",
		     json_object_get(destination, "dropped-packets"));
	json_object_foreach(drops, cause, count)
		print_number(out, ",", cause, count);
}

static void print_gone(FILE *out, const json_t *event)
{
	static const char *const shown[] = {
		"matched-packets", "matched-bytes", "copies", "sent-packets",
		"dropped-packets"
	};
	const json_t *filter = json_object_get(event, "filter");
	json_t *drops = json_object_get(filter, "drops"), *count;
	const char *cause;
	size_t i;

	fprintf(out, " filter %" JSON_INTEGER_FORMAT " gone: %s",
		json_integer_value(json_object_get(filter, "id")),
		json_string_value(json_object_get(event, "reason")));
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		print_number(out, i ? "," : ";", shown[i],
			     json_object_get(filter, shown[i]));
	json_object_foreach(drops, cause, count)
		print_number(out, ",", cause, count);
}

void monitor_print(FILE *out, const json_t *event)
{
	const json_t *destination = json_object_get(event, "destination");

	fputs(json_string_value(json_object_get(event, "time")), out);
	if (destination)
		print_drops(out, destination);
	else
		print_gone(out, event);
	fputc('\n', out);
}

static void take(const struct nlmsghdr *nlh, void *data)
{
	json_t *event = monitor_event(nlh);
	struct ctl *ctl = data;

	if (!event)
		return;
	if (ctl->json) {
		ctl_print(ctl, event);
	} else {
		monitor_print(stdout, event);
		json_decref(event);
	}
}

static void say_lost(struct ctl *ctl)
{
	if (ctl->json)
		ctl_print(ctl, json_pack("{so,ss}", "time", now(), "event",
					 "lost"));
	else
		error_say(0, "events were lost: they came too fast");
}

int monitor_run(struct ctl *ctl, int argc, char **argv)
{
	int err, status = command_no_words(argc, argv);

	if (!status)
		status = ctl_open(ctl);
	if (!status)
		status = genl_subscribe(ctl->genl);
	if (status)
		return status;
	/* One object a line, whatever -p says. */
	ctl->pretty = false;
	for (;;) {
		err = genl_listen(ctl->genl, take, ctl);
		if (err == -ENOBUFS)
			say_lost(ctl);
		else if (err == -ENODEV)
			return error_say(ERROR_USAGE,
					 "kernel module dfc was unloaded");
		else if (err && err != -EINTR)
			return error_say(ERROR_USAGE,
					 "cannot read events: %s",
					 strerror(-err));
		if (fflush(stdout))
			return error_say(ERROR_USAGE, "cannot write: %s",
					 strerror(errno));
	}
}
