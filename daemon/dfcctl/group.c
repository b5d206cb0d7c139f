// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dfcctl/args.h"
#include "dfcctl/command.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"

static int show(struct ctl *ctl, int argc, char **argv)
{
	return object_show(ctl, &object_group, argc, argv);
}

static int put(struct ctl *ctl, enum dfc_cmd cmd, unsigned int where, int argc,
	       char **argv)
{
	int status = args_put(schema_group, where, DFC_A_GROUP, argv, argc,
			      genl_begin(cmd));

	return status ? status : ctl_send(ctl, NULL, NULL);
}

static int add(struct ctl *ctl, int argc, char **argv)
{
	return put(ctl, DFC_CMD_GROUP_ADD, FIELD_ADD, argc, argv);
}

static int set(struct ctl *ctl, int argc, char **argv)
{
	return put(ctl, DFC_CMD_GROUP_SET, FIELD_SET, argc, argv);
}

static int delete(struct ctl *ctl, int argc, char **argv)
{
	int status;

	if (argc != 1)
		return error_say(ERROR_USAGE, "'group delete' needs one id");
	status = args_put_id(DFC_A_GROUP, DFC_GROUP_A_ID, argv[0],
			     genl_begin(DFC_CMD_GROUP_DEL));
	return status ? status : ctl_send(ctl, NULL, NULL);
}

const struct command group_commands[] = {
	{ .name = "show", .args = "[ID]...", .run = show,
	  .repeats = true,
	  .ids = &object_group,
	  .help = "list groups, or tell all about some" },
	{ .name = "add", .args = "WORD VALUE...", .run = add,
	  .fields = schema_group, .where = FIELD_ADD,
	  .help = "add one that outlives this command" },
	{ .name = "set", .args = "WORD VALUE...", .run = set,
	  .fields = schema_group, .where = FIELD_SET,
	  .help = "replace all that it says but its mode" },
	{ .name = "delete", .args = "ID", .run = delete,
	  .ids = &object_group,
	  .help = "delete a group that no filter is in" },
	{ 0 }
};
