// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dfcctl/args.h"
#include "dfcctl/command.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"

static int show(struct ctl *ctl, int argc, char **argv)
{
	return object_show(ctl, &object_filter, argc, argv);
}

static int put(struct ctl *ctl, enum dfc_cmd cmd, unsigned int where, int argc,
	       char **argv)
{
	int status = args_put(schema_filter, where, DFC_A_FILTER, argv, argc,
			      genl_begin(cmd));

	return status ? status : ctl_send(ctl, NULL, NULL);
}

static int add(struct ctl *ctl, int argc, char **argv)
{
	return put(ctl, DFC_CMD_FILTER_ADD, FIELD_ADD, argc, argv);
}

static int set(struct ctl *ctl, int argc, char **argv)
{
	return put(ctl, DFC_CMD_FILTER_SET, FIELD_SET, argc, argv);
}

/* One message, so that all of them go or none. */
static int delete(struct ctl *ctl, int argc, char **argv)
{
	struct nlmsghdr *nlh;
	int i, status = 0;

	if (!argc)
		return error_say(ERROR_USAGE, "'filter delete' needs an id");
	nlh = genl_begin(DFC_CMD_FILTER_DEL);
	for (i = 0; !status && i < argc; i++)
		status = args_put_id(DFC_A_FILTER, DFC_FILTER_A_ID, argv[i],
				     nlh);
	return status ? status : ctl_send(ctl, NULL, NULL);
}

static int flush(struct ctl *ctl, int argc, char **argv)
{
	struct nlmsghdr *nlh;
	int status = 0;

	if (argc && strcmp(argv[0], "destination"))
		return error_say(ERROR_USAGE,
				 "unknown word '%s', expected destination",
				 argv[0]);
	if (argc == 1)
		return error_say(ERROR_USAGE, "'destination' needs its id");
	if (argc > 2)
		return command_no_words(argc - 2, argv + 2);
	nlh = genl_begin(DFC_CMD_FILTER_FLUSH);
	if (argc)
		status = args_put_id(DFC_A_FILTER, DFC_FILTER_A_DEST_ID,
				     argv[1], nlh);
	return status ? status : ctl_send(ctl, NULL, NULL);
}

/* What `flush` can be limited to. */
static const struct field flush_fields[] = {
	{ .name = "destination", .flags = FIELD_ADD | FIELD_DEST },
	{ 0 }
};

const struct command filter_commands[] = {
	{ .name = "show", .args = "[ID]...", .run = show,
	  .repeats = true,
	  .ids = &object_filter,
	  .help = "list filters, or tell all about some" },
	{ .name = "add", .args = "WORD VALUE...", .run = add,
	  .fields = schema_filter, .where = FIELD_ADD,
	  .help = "add a filter that outlives this command" },
	{ .name = "set", .args = "WORD VALUE...", .run = set,
	  .fields = schema_filter, .where = FIELD_SET,
	  .help = "replace what is left of limits" },
	{ .name = "delete", .args = "ID...", .run = delete,
	  .ids = &object_filter,
	  .help = "delete filters, all of these or none" },
	{ .name = "flush", .args = "[destination ID]", .run = flush,
	  .fields = flush_fields, .where = FIELD_ADD,
	  .help = "delete all, or those of a destination" },
	{ 0 }
};
