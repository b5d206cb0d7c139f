// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "faults.h"
#include "flow.h"
#include "storm.h"
#include "wire.h"

static const char usage[] =
	"Usage: stress_test faults\n"
	"       stress_test storm|nests SECONDS\n"
	"       stress_test storm-blind\n"
	"       stress_test expire NUMBER\n"
	"       stress_test echo|sink PORT\n"
	"       stress_test flow|noise ADDRESS PORT SIZE\n";

/* The others need no module. */
static int of_module(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "storm-blind"))
		return storm_blind();
	if (!wire_init()) {
		fputs("the module dfc is not loaded\n", stderr);
		return 1;
	}
	if (argc == 2 && !strcmp(argv[1], "faults"))
		return faults_main();
	if (argc == 3 && !strcmp(argv[1], "storm"))
		return storm_main(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "nests"))
		return nests_main(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "expire"))
		return expire_main(argv[2]);
	fputs(usage, stderr);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "echo"))
		return flow_echo(argv[2]);
	if (argc == 3 && !strcmp(argv[1], "sink"))
		return flow_sink(argv[2]);
	if (argc == 5 && !strcmp(argv[1], "flow"))
		return flow_run(argv[2], argv[3], argv[4]);
	if (argc == 5 && !strcmp(argv[1], "noise"))
		return flow_noise(argv[2], argv[3], argv[4]);
	return of_module(argc, argv);
}
