// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "dfc-netlink/names.h"
#include "dfc-netlink/stamp.h"
#include "dfcctl/command.h"
#include "dfcctl/error.h"
#include "dfcctl/monitor.h"
#include "dfcctl/schema.h"
#include "dfcctl/subscription.h"

#define RETRY 1000	/* ms until dtcpd is looked for again */

/* An event with the first of the objects that it carries. */
static json_t *begin(const char *name, const struct object *object,
		     const char *key, const struct nlmsghdr *nlh)
{
	json_t *event = json_pack("{so,ss,ss}", "time", dfc_stamp_now(), "origin",
				  "kernel", "event", name);
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

static const char *text_of(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text ? text : "?";
}

void monitor_print_daemon(FILE *out, json_t *event)
{
	static const struct field anything = { .name = "" };
	static const char *const said[] = { "time", "origin", "event" };
	const char *separator = ": ", *key;
	json_t *value;

	fprintf(out, "%s %s %s", text_of(event, said[0]),
		text_of(event, said[1]), text_of(event, said[2]));
	json_object_foreach(event, key, value) {
		if (!strcmp(key, said[0]) || !strcmp(key, said[1]) ||
		    !strcmp(key, said[2]))
			continue;
		fprintf(out, "%s%s ", separator, key);
		field_print(out, &anything, value);
		separator = ", ";
	}
	fputc('\n', out);
}

static void take_kernel(const struct nlmsghdr *nlh, void *data)
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

/* @event is freed. */
static void show(struct ctl *ctl, json_t *event)
{
	if (ctl->json) {
		ctl_print(ctl, event);
	} else {
		monitor_print_daemon(stdout, event);
		json_decref(event);
	}
}

/* What dfcctl itself has to say. */
static void say(struct ctl *ctl, const char *what)
{
	show(ctl, json_pack("{so,ss,ss}", "time", dfc_stamp_now(), "origin",
			    "dfcctl", "event", what));
}

static void take_daemon(json_t *event, void *data)
{
	const char *why = json_string_value(json_object_get(event, "error"));
	const char *name = json_string_value(json_object_get(event, "event"));
	struct ctl *ctl = data;
	json_t *o;

	if (why) {
		error_say(0, "dtcpd: %s", why);
		return;
	}
	if (name && !strcmp(name, "listening")) {
		say(ctl, "dtcpd-connected");
		return;
	}
	o = json_pack("{s:O?,ss}", "time", json_object_get(event, "time"),
		      "origin", "dtcpd");
	json_object_update(o, event);
	show(ctl, o);
}

/* Returns 0 or an exit status after saying what is wrong. */
static int read_kernel(struct ctl *ctl)
{
	int err = genl_listen(ctl->genl, take_kernel, ctl);

	switch (err) {
	case 0:
	case -EINTR:
		return 0;
	case -ENOBUFS:
		say(ctl, "lost");
		return 0;
	case -ENODEV:
		return error_say(ERROR_USAGE,
				 "kernel module dfc was unloaded");
	default:
		return error_say(ERROR_USAGE, "cannot read events: %s",
				 strerror(-err));
	}
}

/* Where dtcpd is not, it is looked for every second. */
static void wait_for_any(const struct ctl *ctl, const struct subscription *s,
			 struct pollfd ready[2])
{
	ready[0] = (struct pollfd){ genl_fd(ctl->genl), POLLIN, 0 };
	ready[1] = (struct pollfd){ s->fd, POLLIN, 0 };
	if (poll(ready, 2, s->fd < 0 ? RETRY : -1) < 0)
		ready[0].revents = ready[1].revents = 0;
}

/*
 * An older dtcpd, or one that has enough listeners, refuses: that is said
 * once, and it is left alone from then on.
 */
static int follow(struct ctl *ctl, struct subscription *s)
{
	bool refused = false, heard;
	struct pollfd ready[2];
	int err, status = 0;

	if (subscription_connect(s))
		say(ctl, "dtcpd-disconnected");
	while (!status) {
		if (fflush(stdout))
			return error_say(ERROR_USAGE, "cannot write: %s",
					 strerror(errno));
		wait_for_any(ctl, s, ready);
		if (ready[0].revents)
			status = read_kernel(ctl);
		if (s->fd < 0 && !refused) {
			subscription_connect(s);
		} else if (ready[1].revents) {
			heard = s->heard;
			err = subscription_read(s, take_daemon, ctl);
			refused = err == -EACCES;
			if (err && heard)
				say(ctl, "dtcpd-disconnected");
		}
	}
	return status;
}

int monitor_run(struct ctl *ctl, int argc, char **argv)
{
	static struct subscription s;
	int status = command_no_words(argc, argv);

	if (!status)
		status = ctl_open(ctl);
	if (!status)
		status = genl_subscribe(ctl->genl);
	if (status)
		return status;
	/* One object a line, whatever -p says. */
	ctl->pretty = false;
	subscription_init(&s, ctl->control);
	status = follow(ctl, &s);
	subscription_close(&s);
	return status;
}
