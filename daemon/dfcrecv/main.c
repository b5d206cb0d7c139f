// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dfcrecv/options.h"
#include "dfcrecv/session.h"

int main(int argc, char **argv)
{
	static struct options options;
	struct session session;
	int status;

	status = options_parse(&options, argc, argv);
	if (status)
		return status < 0 ? 2 : 0;
	status = 1;
	if (!session_open(&session, &options))
		status = session_run(&session);
	return session_close(&session) ? 1 : status;
}
