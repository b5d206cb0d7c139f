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

json_t *monitor_event(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	json_t *filters = json_array();
	const struct nlattr *a;
	json_t *event;

	if (genl->cmd != DFC_CMD_FILTER_DEL_NTF) {
		json_decref(filters);
		return NULL;
	}
	event = json_pack("{so,ss}", "time", now(), "event", "filter-deleted");
	mnl_attr_for_each(a, nlh, sizeof(*genl))
		if (mnl_attr_get_type(a) == DFC_A_REASON &&
		    !mnl_attr_validate(a, MNL_TYPE_U32))
			json_object_set_new(event, "reason", json_string(
					dfc_reason_name(mnl_attr_get_u32(a))));
	object_read(&object_filter, nlh, filters);
	json_object_set(event, "filter", json_array_get(filters, 0));
	json_decref(filters);
	return event;
}

void monitor_print(FILE *out, const json_t *event)
{
	static const char *const shown[] = {
		"matched-packets", "matched-bytes", "copies", "sent-packets",
		"dropped-packets"
	};
	const json_t *filter = json_object_get(event, "filter");
	const json_t *value;
	size_t i;

	fprintf(out, "%s filter %" JSON_INTEGER_FORMAT " gone: %s",
		json_string_value(json_object_get(event, "time")),
		json_integer_value(json_object_get(filter, "id")),
		json_string_value(json_object_get(event, "reason")));
	for (i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		value = json_object_get(filter, shown[i]);
		if (value)
			fprintf(out, "%s %s %" JSON_INTEGER_FORMAT,
				i ? "," : ";", shown[i],
				json_integer_value(value));
	}
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
