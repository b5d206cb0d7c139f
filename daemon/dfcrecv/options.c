// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dfcrecv/options.h"
#include "dfcrecv/tap.h"
#include "dfcrecv/recv-usage.h"

/* A day, in seconds. */
#define DAY		86400
/* tcpdump's unit of -C, and as many as have room in 64 bits. */
#define SIZE_UNIT	1000000
#define SIZE_MAX_UNITS	1000000000

/* Options without a letter. */
enum {
	OPTION_FORMAT = 256,
	OPTION_FRAMES,
	OPTION_INTERVAL,
	OPTION_IP_IP,
	OPTION_NO_COMMENTS,
	OPTION_PACKETS,
	OPTION_TAP,
	OPTION_TAP_MTU,
	OPTION_TOP,
};

static const char letters[] = ":l:w:C:G:W:c:t:u:qjVh";

static const struct option names[] = {
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "frames", no_argument, NULL, OPTION_FRAMES },
	{ "help", no_argument, NULL, 'h' },
	{ "interval", required_argument, NULL, OPTION_INTERVAL },
	{ "ip-ip", required_argument, NULL, OPTION_IP_IP },
	{ "no-comments", no_argument, NULL, OPTION_NO_COMMENTS },
	{ "packets", no_argument, NULL, OPTION_PACKETS },
	{ "rotate-count", required_argument, NULL, 'W' },
	{ "rotate-size", required_argument, NULL, 'C' },
	{ "rotate-time", required_argument, NULL, 'G' },
	{ "tap", required_argument, NULL, OPTION_TAP },
	{ "tap-mtu", required_argument, NULL, OPTION_TAP_MTU },
	{ "top", no_argument, NULL, OPTION_TOP },
	{ "version", no_argument, NULL, 'V' },
	{ 0 }
};

/* What is wrong, and which option it is about; returns -1. */
static int refuse(const char *option, const char *text, const char *why)
{
	fprintf(stderr, "dfcrecv: %s '%s': %s\n", option, text, why);
	return -1;
}

static int contradict(const char *sentence)
{
	fprintf(stderr, "dfcrecv: %s\n", sentence);
	return -1;
}

static int add_inlets(struct options *o, const struct inlet *l, int n,
		      const char *option)
{
	if (o->ninlet + n > INLETS_MAX) {
		fprintf(stderr, "dfcrecv: %s: more than %d sockets\n", option,
			INLETS_MAX);
		return -1;
	}
	memcpy(&o->inlet[o->ninlet], l, n * sizeof(*l));
	o->ninlet += n;
	return 0;
}

static int add_port(struct options *o, const char *text)
{
	struct inlet l;

	if (inlet_parse(text, &l))
		return refuse("-l", text, "expected PORT, ADDRESS:PORT or "
			      "[ADDRESS]:PORT");
	return add_inlets(o, &l, 1, "-l");
}

static int add_tunnel(struct options *o, const char *text)
{
	struct inlet l[INLET_TUNNELS];
	int n = inlet_parse_tunnel(text, l);

	if (n < 0)
		return refuse("--ip-ip", text, "expected an IPv4 or IPv6 "
			      "address, or any");
	return add_inlets(o, l, n, "--ip-ip");
}

static int number(const char *option, const char *text, uint64_t min,
		  uint64_t max, uint64_t *value)
{
	char *end;

	errno = 0;
	*value = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !errno && !*end &&
	    *value >= min && *value <= max)
		return 0;
	fprintf(stderr, "dfcrecv: %s '%s': expected a number, %llu..%llu\n",
		option, text, (unsigned long long)min,
		(unsigned long long)max);
	return -1;
}

static int small_number(const char *option, const char *text, uint64_t min,
			uint64_t max, unsigned int *value)
{
	uint64_t wide;

	if (number(option, text, min, max, &wide))
		return -1;
	*value = wide;
	return 0;
}

static int set_size(struct options *o, const char *text)
{
	if (number("-C", text, 1, SIZE_MAX_UNITS, &o->rotation.size))
		return -1;
	o->rotation.size *= SIZE_UNIT;
	return 0;
}

static int set_format(struct options *o, const char *name)
{
	if (!mirror_format(name, &o->format))
		return 0;
	return refuse("--format", name,
		      "expected auto, ip-udp, jmirror or dfc");
}

static int set_rule(struct options *o, enum content_rule rule)
{
	if (o->rule != CONTENT_GUESS && o->rule != rule)
		return contradict("--packets and --frames exclude each other");
	o->rule = rule;
	return 0;
}

static int set_tap(struct options *o, const char *name)
{
	if (!tap_name_is_good(name))
		return refuse("--tap", name, "expected the name of a device, "
			      "at most 15 characters, none of them blank, /, "
			      ": or %");
	o->tap = name;
	return 0;
}

/* What takes no argument. Returns 0, or 1: it was answered. */
static int take_flag(struct options *o, int option)
{
	switch (option) {
	case OPTION_NO_COMMENTS:
		o->no_comments = true;
		return 0;
	case OPTION_TOP:
		o->top = true;
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
	default:
		recv_usage_print(stdout);
		return 1;
	}
}

/* Returns 0, 1: help or the version was asked for, -1: bad. */
static int take(struct options *o, int option, char *argument)
{
	switch (option) {
	case 'l':
		return add_port(o, argument);
	case OPTION_IP_IP:
		return add_tunnel(o, argument);
	case OPTION_FORMAT:
		return set_format(o, argument);
	case OPTION_PACKETS:
		return set_rule(o, CONTENT_PACKETS);
	case OPTION_FRAMES:
		return set_rule(o, CONTENT_FRAMES);
	case 'w':
		o->file = argument;
		return 0;
	case 'C':
		return set_size(o, argument);
	case 'G':
		return small_number("-G", argument, 1, INT32_MAX,
				    &o->rotation.seconds);
	case 'W':
		return small_number("-W", argument, 1, ROTATION_KEEP_MAX,
				    &o->rotation.keep);
	case OPTION_TAP:
		return set_tap(o, argument);
	case OPTION_TAP_MTU:
		return small_number("--tap-mtu", argument, TAP_MTU_MIN,
				    TAP_MTU_MAX, &o->tap_mtu);
	case OPTION_INTERVAL:
		return small_number("--interval", argument, 1, DAY,
				    &o->interval);
	case 'c':
		return number("-c", argument, 1, INT64_MAX, &o->count);
	case 't':
		return small_number("-t", argument, 1, DAY, &o->idle);
	case 'u':
		o->user = argument;
		return 0;
	default:
		return take_flag(o, option);
	}
}

static int check_file(const struct options *o)
{
	const struct rotation *r = &o->rotation;
	bool rotates = r->size || r->seconds;

	if (r->keep && !rotates)
		return contradict("-W needs -C or -G");
	if (rotates && !o->file)
		return contradict("-C and -G need -w");
	if (o->no_comments && !o->file)
		return contradict("--no-comments needs -w");
	if (o->file && !*o->file)
		return refuse("-w", o->file, "expected a file, or -");
	if (!o->file || strcmp(o->file, "-")) {
		if (r->seconds && !rotation_is_pattern(o->file))
			return refuse("-w", o->file, "-G needs a name with a "
				      "time in it, such as tap-%H%M%S.pcapng");
		return 0;
	}
	if (rotates)
		return contradict("-C and -G need a file, not -w -");
	if (isatty(STDOUT_FILENO))
		return contradict("-w -: standard output is a terminal; "
				  "pipe it to wireshark -k -i -");
	return 0;
}

static int check(const struct options *o)
{
	if (o->tap_mtu && !o->tap)
		return contradict("--tap-mtu needs --tap");
	if (o->interval && !o->top)
		return contradict("--interval needs --top");
	return check_file(o);
}

/* What getopt_long() did not take; returns -1. */
static int refuse_option(int option, char **argv)
{
	const char letter[] = { '-', optopt, '\0' };
	bool is_letter = optopt > 0 && optopt <= UINT8_MAX;
	const char *why = ": unknown option";

	if (option == ':')
		why = " needs an argument";
	else if (optopt && !is_letter)
		why = ": it takes no argument";
	fprintf(stderr, "dfcrecv: %s%s; try dfcrecv --help\n",
		is_letter ? letter : argv[optind - 1], why);
	return -1;
}

int options_parse(struct options *o, int argc, char **argv)
{
	int option, ret;

	memset(o, 0, sizeof(*o));
	o->count = UINT64_MAX;
	while ((option = getopt_long(argc, argv, letters, names, NULL)) !=
	       -1) {
		ret = option == '?' || option == ':' ?
			refuse_option(option, argv) : take(o, option, optarg);
		if (ret)
			return ret;
	}
	if (optind < argc) {
		fprintf(stderr, "dfcrecv: unexpected word '%s'\n",
			argv[optind]);
		return -1;
	}
	if (check(o))
		return -1;
	if (!o->interval)
		o->interval = 1;
	return o->ninlet ? 0 : add_port(o, INLET_DEFAULT);
}
