// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>

#include "dtcp/usage.h"

void usage_show(FILE *out)
{
	fputs("Usage: dtcp [OPTION]... [USER@]ROUTER[:PORT] COMMAND "
	      "[ARGUMENT]...\n"
	      "       dtcp [OPTION]... digest | help | listen [ARGUMENT]...\n"
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

void usage_command(FILE *out, const struct command *c)
{
	static const char *const router[] = {
		[COMMAND_REMOTE] = "[USER@]ROUTER[:PORT] ",
		[COMMAND_LOCAL] = "",
		[COMMAND_EITHER] = "[[USER@]ROUTER[:PORT]] ",
	};

	fprintf(out, "Usage: dtcp [OPTION]... %s%s [ARGUMENT]...\n  %s %s\n"
		"'dtcp --help' lists the options and the other commands.\n",
		router[c->place], c->name, c->name, c->usage);
}

static bool is_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h");
}

/* A -h further back may be a value. */
static bool asks(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--help"))
			return true;
	}
	return argc && is_help(argv[0]);
}

bool usage_wanted(int argc, char **argv)
{
	const struct command *c;
	int i;

	for (i = 0; i < argc && i < 2; i++) {
		c = dtcp_command_find(argv[i]);
		if (c && asks(argc - i - 1, argv + i + 1)) {
			usage_command(stdout, c);
			return true;
		}
	}
	if (argc < 2 || !is_help(argv[1]))
		return false;
	usage_show(stdout);
	return true;
}
