// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <string.h>

#include "dtcp/command.h"

static void show_usage(FILE *out)
{
	fputs("Usage: dtcp [OPTION]... [USER@]ROUTER[:PORT] COMMAND "
	      "[ARGUMENT]...\n"
	      "       dtcp [OPTION]... digest | listen [ARGUMENT]...\n"
	      "A control source for DTCP over SSH and UDP.\n"
	      "  -u, --udp               UDP, not SSH\n"
	      "  -p, --port PORT         port of the router (TCP 32001)\n"
	      "  -l, --login USER        control source\n"
	      "  -i, --identity FILE     private key to log in with\n"
	      "  -k, --key-file FILE     file with the shared key\n"
	      "      --key KEY           shared key (SSH: '" SECRET_DEFAULT_KEY
	      "')\n"
	      "      --known-hosts FILE  known host keys "
	      "(~/.ssh/known_hosts)\n"
	      "      --accept-new        take the key of an unknown router\n"
	      "  -j, --json              print JSON\n"
	      "  -t, --timeout SECONDS   how long to wait for the router "
	      "(10)\n"
	      "  -r, --retries N         send a datagram N times more (0)\n"
	      "      --dtcp-version V    0.6, 0.7 (default) or 0.8\n"
	      "      --seq N             sequence number of the request\n"
	      "      --sequence-file FILE  where the last number is kept\n"
	      "  -h, --help              print this\n"
	      "  -V, --version           print the version\n"
	      "A password is taken from DTCP_PASSWORD or asked for, a shared "
	      "key is taken\nfrom DTCP_KEY.\n"
	      "Commands:\n", out);
	dtcp_command_usage(out);
}

static int run(struct options *o, int argc, char **argv)
{
	struct trouble t = { "" };
	int words;

	words = dtcp_options_parse(o, argc, argv, &t);
	if (words < 0)
		return trouble_say(&t);
	if (o->show_version) {
		puts("dtcp " DFC_VERSION);
		return 0;
	}
	if (o->help || words == argc) {
		show_usage(o->help ? stdout : stderr);
		return o->help ? 0 : TROUBLE_FAILED;
	}
	return dtcp_command_run(o, argc - words, argv + words);
}

int main(int argc, char **argv)
{
	struct options o;
	int status = run(&o, argc, argv);

	explicit_bzero(&o.secret, sizeof(o.secret));
	if (fflush(stdout) || ferror(stdout)) {
		fputs("dtcp: standard output cannot be written\n", stderr);
		return TROUBLE_FAILED;
	}
	return status;
}
