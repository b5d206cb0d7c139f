// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/genetlink.h>
#include <stdio.h>

#include "dfcctl/args.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/interval.h"
#include "dfcctl/object.h"
#include "dfcctl/schema.h"
#include "dfcctl/table.h"

const struct object object_filter = {
	.name = "filter", .plural = "filters",
	.get = DFC_CMD_FILTER_GET,
	.attr = DFC_A_FILTER, .id_attr = DFC_FILTER_A_ID,
	.fields = schema_filter, .join = dtcpd_join_filters,
};

const struct object object_destination = {
	.name = "destination", .plural = "destinations",
	.get = DFC_CMD_DEST_GET,
	.attr = DFC_A_DEST, .id_attr = DFC_DEST_A_ID,
	.fields = schema_destination, .join = dtcpd_join_destinations,
};

const struct object object_group = {
	.name = "group", .plural = "groups",
	.get = DFC_CMD_GROUP_GET,
	.attr = DFC_A_GROUP, .id_attr = DFC_GROUP_A_ID,
	.fields = schema_group, .join = dtcpd_join_groups,
};

struct reading {
	const struct object *object;
	json_t *rows;
};

void object_read(const struct object *o, const struct nlmsghdr *nlh,
		 json_t *rows)
{
	const struct nlattr *a;
	json_t *record;

	mnl_attr_for_each(a, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(a) != o->attr)
			continue;
		record = json_object();
		field_read(o->fields, a, record);
		json_array_append_new(rows, record);
	}
}

static void take(const struct nlmsghdr *nlh, void *data)
{
	struct reading *r = data;

	object_read(r->object, nlh, r->rows);
}

static void reset(void *data)
{
	struct reading *r = data;

	json_array_clear(r->rows);
}

int object_dump(struct ctl *ctl, const struct object *o, json_t **rows)
{
	struct reading r = { .object = o, .rows = json_array() };

	*rows = r.rows;
	return genl_dump(ctl->genl, o->get, reset, take, &r);
}

static int put_id(const struct object *o, const char *id)
{
	return args_put_id(o->attr, o->id_attr, id, genl_begin(o->get));
}

static int get(struct ctl *ctl, const struct object *o, const char *id,
	       json_t *rows)
{
	struct reading r = { .object = o, .rows = rows };
	int status = put_id(o, id);

	return status ? status : ctl_send(ctl, take, &r);
}

/* All of them before the kernel is asked for the first. */
static int check_ids(const struct object *o, int argc, char **argv)
{
	int i, status = 0;

	for (i = 0; !status && i < argc; i++)
		status = put_id(o, argv[i]);
	return status;
}

/* What of a kind is to be shown: some by their ids, or, without any, all. */
struct choice {
	const struct object *object;
	int argc;
	char **argv;
};

static int read_chosen(struct ctl *ctl, void *arg, json_t **document)
{
	const struct choice *c = arg;
	int i, status = ctl_open(ctl);
	json_t *rows = NULL;

	if (!status && !c->argc)
		status = object_dump(ctl, c->object, &rows);
	else if (!status)
		rows = json_array();
	for (i = 0; !status && i < c->argc; i++)
		status = get(ctl, c->object, c->argv[i], rows);
	if (!status) {
		c->object->join(ctl->control, rows);
		*document = json_pack("{sO}", c->object->plural, rows);
	}
	json_decref(rows);
	return status;
}

static void print_chosen(struct ctl *ctl, void *arg, json_t *document)
{
	const struct choice *c = arg;
	const struct object *o = c->object;
	json_t *rows = json_object_get(document, o->plural), *row;
	size_t i;

	if (!c->argc) {
		table_list(stdout, o->fields, rows, ctl->colour);
		return;
	}
	json_array_foreach(rows, i, row) {
		printf("%s%s %" JSON_INTEGER_FORMAT "\n", i ? "\n" : "",
		       o->name,
		       json_integer_value(json_object_get(row, "id")));
		table_detail(stdout, o->fields, row, 2, ctl->colour);
	}
}

int object_show(struct ctl *ctl, const struct object *o, int argc,
		char **argv)
{
	static const struct interval_view view = {
		.read = read_chosen, .print = print_chosen,
	};
	struct choice c = { .object = o, .argc = argc, .argv = argv };
	int status = check_ids(o, argc, argv);

	return status ? status : interval_run(ctl, &view, &c);
}
