// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dfcctl/args.h"
#include "dfcctl/command.h"
#include "dfcctl/error.h"
#include "dfcctl/schema.h"

static int show(struct ctl *ctl, int argc, char **argv)
{
	return object_show(ctl, &object_destination, argc, argv);
}

static int add(struct ctl *ctl, int argc, char **argv)
{
	int status = args_put(schema_destination, FIELD_ADD, DFC_A_DEST, argv,
			      argc, genl_begin(DFC_CMD_DEST_ADD));

	return status ? status : ctl_send(ctl, NULL, NULL);
}

static int delete(struct ctl *ctl, int argc, char **argv)
{
	int status;

	if (argc != 1)
		return error_say(ERROR_USAGE,
				 "'destination delete' needs one id");
	status = args_put_id(DFC_A_DEST, DFC_DEST_A_ID, argv[0],
			     genl_begin(DFC_CMD_DEST_DEL));
	return status ? status : ctl_send(ctl, NULL, NULL);
}

const struct command destination_commands[] = {
	{ .name = "show", .args = "[ID]...", .run = show,
	  .repeats = true,
	  .ids = &object_destination,
	  .help = "list destinations, or tell all about some" },
	{ .name = "add", .args = "WORD VALUE...", .run = add,
	  .fields = schema_destination, .where = FIELD_ADD,
	  .help = "add one that outlives this command" },
	{ .name = "delete", .args = "ID", .run = delete,
	  .ids = &object_destination,
	  .help = "delete a destination that no filter uses" },
	{ 0 }
};
