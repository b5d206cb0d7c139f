// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp/options.h"

#define TIMEOUT		10	/* s */
#define TIMEOUT_MAX	3600

enum { ACCEPT_NEW = 256, KNOWN_HOSTS };

static const struct option names[] = {
	{ "port", required_argument, NULL, 'p' },
	{ "login", required_argument, NULL, 'l' },
	{ "identity", required_argument, NULL, 'i' },
	{ "key", required_argument, NULL, 'k' },
	{ "known-hosts", required_argument, NULL, KNOWN_HOSTS },
	{ "accept-new", no_argument, NULL, ACCEPT_NEW },
	{ "json", no_argument, NULL, 'j' },
	{ "timeout", required_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static int parse_number(const char *name, unsigned int max, unsigned int *out,
			struct trouble *t)
{
	struct dtcp_text text = { optarg, strlen(optarg) };
	uint64_t value;

	if (dtcp_value_unsigned(text, max, &value) || !value)
		return trouble_set(t, "%s: '%s'; expected 1..%u", name, optarg,
				   max);
	*out = (unsigned int)value;
	return 0;
}

static int set_user(struct options *o, const char *user, size_t len,
		    struct trouble *t)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)user[i] < ' ' || user[i] == 0x7f)
			len = 0;
	}
	if (!len || len > DTCP_NAME_MAX)
		return trouble_set(t, "expected a control source of 1..%d "
				   "characters as USER", DTCP_NAME_MAX);
	memcpy(o->user, user, len);
	o->user[len] = '\0';
	return 0;
}

static int take(struct options *o, int c, const char *word, struct trouble *t)
{
	switch (c) {
	case 'p':
		return parse_number("--port", UINT16_MAX, &o->port, t);
	case 't':
		return parse_number("--timeout", TIMEOUT_MAX, &o->timeout, t);
	case 'l':
		return set_user(o, optarg, strlen(optarg), t);
	case 'k':
		return secret_read(&o->secret, optarg, t);
	case 'i':
		o->identity = optarg;
		return 0;
	case KNOWN_HOSTS:
		o->known_hosts = optarg;
		return 0;
	case ACCEPT_NEW:
		o->accept_new = true;
		return 0;
	case 'j':
		o->json = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case ':':
		return trouble_set(t, "option '%s': expected a value", word);
	default:
		return trouble_set(t, "unknown option '%s'; 'dtcp --help' "
				   "lists them", word);
	}
}

int dtcp_options_parse(struct options *o, int argc, char **argv,
		       struct trouble *t)
{
	int c;

	*o = (struct options){ .port = OPTIONS_PORT, .timeout = TIMEOUT };
	secret_default(&o->secret);
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, "+:p:l:i:k:jt:h", names, NULL)) !=
	       -1) {
		const char *word = optind > 0 && optind <= argc ?
				   argv[optind - 1] : "";

		if (take(o, c, word, t))
			return -1;
	}
	return optind;
}

int dtcp_options_router(struct options *o, const char *word, struct trouble *t)
{
	const char *at = strrchr(word, '@');
	const char *router = at ? at + 1 : word;
	size_t len = strlen(router);

	if (at && set_user(o, word, (size_t)(at - word), t))
		return -1;
	if (!*o->user)
		return trouble_set(t, "no control source; expected USER@%s or "
				   "-l USER", router);
	if (len > 2 && router[0] == '[' && router[len - 1] == ']') {
		router++;
		len -= 2;
	}
	if (!len || len >= sizeof(o->router))
		return trouble_set(t, "'%s': expected the router's name or "
				   "address", word);
	memcpy(o->router, router, len);
	o->router[len] = '\0';
	return 0;
}
