// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dfcrecv/options.h"

/* Longest -t, in seconds: what poll() can wait for is longer. */
#define IDLE_MAX 86400

/* Options without a letter. */
enum { OPTION_FORMAT = 256, OPTION_PACKETS, OPTION_FRAMES };

static const char usage[] =
	"Usage: dfcrecv [-l [ADDRESS:]PORT]... [--format FORMAT]\n"
	"               [--packets | --frames] [-w FILE] [-c COUNT]\n"
	"               [-t SECONDS] [-u USER] [-q] [-j]\n"
	"Receives the copies that dfc sends, shows them and writes them to a "
	"file.\n\n"
	"  -l [ADDRESS:]PORT  listen on this UDP port, by default 7890; "
	"may repeat;\n"
	"                     an IPv6 address stands in brackets\n"
	"  --format FORMAT    what is in a datagram: ip-udp, the packet "
	"(default);\n"
	"                     jmirror, intercept and session id and the "
	"packet\n"
	"  --packets          all copies are packets, none is a frame\n"
	"  --frames           all copies are frames\n"
	"  -w FILE            write pcapng to FILE, or - for standard output\n"
	"  -c COUNT           end after COUNT packets\n"
	"  -t SECONDS         end when nothing came for SECONDS\n"
	"  -u USER            become USER once all is open\n"
	"  -q                 no line a packet, only the summary\n"
	"  -j                 a JSON object a packet, and one as summary\n"
	"  -V                 version\n"
	"  -h                 this text\n";

static int add_inlet(struct options *o, const char *text)
{
	if (o->ninlet == INLETS_MAX) {
		fprintf(stderr, "dfcrecv: -l: more than %d\n", INLETS_MAX);
		return -1;
	}
	if (inlet_parse(text, &o->inlet[o->ninlet])) {
		fprintf(stderr, "dfcrecv: -l '%s': expected PORT, "
			"ADDRESS:PORT or [ADDRESS]:PORT\n", text);
		return -1;
	}
	o->ninlet++;
	return 0;
}

static int number(char option, const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !errno && !*end && *value &&
	    *value <= max)
		return 0;
	fprintf(stderr, "dfcrecv: -%c '%s': expected a number, 1..%llu\n",
		option, text, (unsigned long long)max);
	return -1;
}

static int set_format(struct options *o, const char *name)
{
	if (!mirror_format(name, &o->format))
		return 0;
	fprintf(stderr, "dfcrecv: --format '%s': expected ip-udp or jmirror\n",
		name);
	return -1;
}

static int set_rule(struct options *o, enum content_rule rule)
{
	if (o->rule == CONTENT_GUESS || o->rule == rule) {
		o->rule = rule;
		return 0;
	}
	fputs("dfcrecv: --packets and --frames exclude each other\n", stderr);
	return -1;
}

/* Returns 0, 1: help or the version was asked for, -1: bad. */
static int take(struct options *o, int option, char *argument)
{
	uint64_t value;

	switch (option) {
	case 'l':
		return add_inlet(o, argument);
	case OPTION_FORMAT:
		return set_format(o, argument);
	case OPTION_PACKETS:
		return set_rule(o, CONTENT_PACKETS);
	case OPTION_FRAMES:
		return set_rule(o, CONTENT_FRAMES);
	case 'w':
		o->file = argument;
		return 0;
	case 'c':
		return number(option, argument, INT64_MAX, &o->count);
	case 't':
		if (number(option, argument, IDLE_MAX, &value))
			return -1;
		o->idle = value;
		return 0;
	case 'u':
		o->user = argument;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case 'V':
		puts("dfcrecv " DFC_VERSION);
		return 1;
	case 'h':
		fputs(usage, stdout);
		return 1;
	default:
		fputs(usage, stderr);
		return -1;
	}
}

int options_parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "format", required_argument, NULL, OPTION_FORMAT },
		{ "packets", no_argument, NULL, OPTION_PACKETS },
		{ "frames", no_argument, NULL, OPTION_FRAMES },
		{ 0 }
	};
	int option, ret;

	memset(o, 0, sizeof(*o));
	o->count = UINT64_MAX;
	while ((option = getopt_long(argc, argv, "l:w:c:t:u:qjVh", names,
				     NULL)) != -1) {
		ret = take(o, option, optarg);
		if (ret)
			return ret;
	}
	if (optind < argc) {
		fprintf(stderr, "dfcrecv: unexpected word '%s'\n",
			argv[optind]);
		return -1;
	}
	if (o->file && !strcmp(o->file, "-") && isatty(STDOUT_FILENO)) {
		fputs("dfcrecv: -w -: standard output is a terminal; "
		      "pipe it to wireshark -k -i -\n", stderr);
		return -1;
	}
	return o->ninlet ? 0 : add_inlet(o, INLET_DEFAULT);
}
