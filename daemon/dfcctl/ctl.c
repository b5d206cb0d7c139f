// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dfcctl/ctl.h"
#include "dfcctl/error.h"

int ctl_open(struct ctl *ctl)
{
	if (!ctl->genl)
		ctl->genl = genl_open();
	if (ctl->genl)
		return 0;
	if (errno == ENOENT)
		return error_say(ERROR_USAGE,
				 "kernel module dfc is not loaded; load it "
				 "with: modprobe dfc (or insmod dfc.ko)");
	return error_say(ERROR_USAGE, "cannot talk to the kernel: %s",
			 strerror(errno));
}

int ctl_send(struct ctl *ctl, answer_handler handler, void *data)
{
	int status = ctl_open(ctl);

	return status ? status : genl_send(ctl->genl, handler, data);
}

void ctl_close(struct ctl *ctl)
{
	genl_close(ctl->genl);
	ctl->genl = NULL;
}

void ctl_print(const struct ctl *ctl, json_t *document)
{
	size_t flags = JSON_REAL_PRECISION(15);

	if (ctl->pretty)
		flags |= JSON_INDENT(2);
	json_dumpf(document, stdout, flags);
	putchar('\n');
	json_decref(document);
}
