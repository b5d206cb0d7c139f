// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"

#define NAME_MAX_LEN 48	/* of a control source */

static int sequence_number(struct ctl *ctl, int argc, char **argv)
{
	char request[32 + NAME_MAX_LEN];
	json_t *answer = NULL;
	int status;

	if (!argc)
		return error_say(ERROR_USAGE,
				 "'sequence-number' needs a control source");
	if (argc > 1)
		return command_no_words(argc - 1, argv + 1);
	if (strlen(argv[0]) > NAME_MAX_LEN || strpbrk(argv[0], "\r\n"))
		return error_say(ERROR_USAGE, "'%s' is no name of a control "
				 "source", argv[0]);
	snprintf(request, sizeof(request), "clear sequence-number %s",
		 argv[0]);
	status = dtcpd_request(ctl->control, request, &answer);
	if (!status && ctl->json)
		ctl_print(ctl, json_incref(answer));
	json_decref(answer);
	return status;
}

const struct command clear_commands[] = {
	{ .name = "sequence-number", .args = "SOURCE", .run = sequence_number,
	  .sources = true,
	  .help = "take any number of a control source next" },
	{ 0 }
};
