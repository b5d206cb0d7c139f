// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <getopt.h>
#include <string.h>

#include "dtcp/client.h"
#include "dtcp/command.h"

#define SECONDS_MAX 31536000	/* a year */

static const struct option names[] = {
	{ "count", required_argument, NULL, 'n' },
	{ "wait", required_argument, NULL, 'w' },
	{ NULL, 0, NULL, 0 }
};

static int take(struct listener *n, int c, const char *word, struct trouble *t)
{
	uint64_t value;

	switch (c) {
	case 'n':
		return dtcp_options_number("--count", optarg, 1, UINT64_MAX,
					   &n->count, t);
	case 'w':
		if (dtcp_options_number("--wait", optarg, 1, SECONDS_MAX,
					&value, t))
			return -1;
		n->wait = (int64_t)value * 1000;
		return 0;
	case ':':
		return trouble_set(t, "listen: option '%s': expected a value",
				   word);
	default:
		return trouble_set(t, "listen: unknown option '%s'; expected "
				   "-n COUNT, -w SECONDS", word);
	}
}

/* Reads options; returns the place of the first word that is none, or -1. */
static int parse(struct listener *n, int argc, char **argv, struct trouble *t)
{
	int c;

	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, "+:n:w:", names, NULL)) != -1) {
		const char *word = optind > 0 && optind <= argc ?
				   argv[optind - 1] : "";

		if (take(n, c, word, t))
			return -1;
	}
	return optind;
}

/* Reads [ADDRESS:]PORT. */
static int parse_place(struct hostport *at, const char *word, struct trouble *t)
{
	uint64_t port;

	*at = (struct hostport){ .port = 0 };
	if (strspn(word, "0123456789") == strlen(word)) {
		if (dtcp_options_number("listen: port", word, 1, UINT16_MAX,
					&port, t))
			return -1;
		at->port = (unsigned int)port;
		return 0;
	}
	if (hostport_parse(at, word, t))
		return -1;
	if (!at->port)
		return trouble_set(t, "listen: '%s'; expected PORT, "
				   "ADDRESS:PORT or [ADDRESS]:PORT", word);
	return 0;
}

static int check(const struct options *o, int words, struct trouble *t)
{
	if (*o->router && o->udp)
		return trouble_set(t, "listen: a router sends notifications "
				   "over UDP where its configuration says; "
				   "expected 'dtcp listen [ADDRESS:]PORT' "
				   "there");
	if (!*o->router && (o->retries || o->has_seq || o->sequence_file))
		return trouble_set(t, "%s: without a router listen asks "
				   "nothing; expected it without", o->retries ?
				   "--retries" : o->has_seq ? "--seq" :
				   "--sequence-file");
	if (*o->router ? words : words != 1)
		return trouble_set(t, "listen: expected %s", *o->router ?
				   "no PORT behind a router" :
				   "one [ADDRESS:]PORT, or a router before it");
	return 0;
}

static int run(struct options *o, int argc, char **argv)
{
	struct listener n = { .json = o->json };
	struct trouble t = { "" };
	struct hostport at;
	/* getopt() wants a name before its options: that of the command. */
	int words = parse(&n, argc + 1, argv - 1, &t);

	if (words < 0 || check(o, argc + 1 - words, &t))
		return trouble_say(&t);
	if (*o->router)
		return client_listen(o, &n);
	if (parse_place(&at, argv[words - 1], &t))
		return trouble_say(&t);
	return client_listen_at(o, &n, &at);
}

const struct command command_listen = {
	.name = "listen",
	.usage = "[-n COUNT] [-w SECONDS] [ADDRESS:]PORT; behind a router "
		 "without PORT",
	.place = COMMAND_EITHER,
	.run = run,
};
