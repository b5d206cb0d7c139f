// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp/options.h"

#define TIMEOUT		10	/* s */
#define TIMEOUT_MAX	3600
#define RETRIES_MAX	100
#define KEY_VARIABLE	"DTCP_KEY"

enum { ACCEPT_NEW = 256, KNOWN_HOSTS, KEY, DTCP_VERSION, SEQ, SEQUENCE_FILE };

static const struct option names[] = {
	{ "udp", no_argument, NULL, 'u' },
	{ "port", required_argument, NULL, 'p' },
	{ "login", required_argument, NULL, 'l' },
	{ "identity", required_argument, NULL, 'i' },
	{ "key-file", required_argument, NULL, 'k' },
	{ "key", required_argument, NULL, KEY },
	{ "known-hosts", required_argument, NULL, KNOWN_HOSTS },
	{ "accept-new", no_argument, NULL, ACCEPT_NEW },
	{ "json", no_argument, NULL, 'j' },
	{ "timeout", required_argument, NULL, 't' },
	{ "retries", required_argument, NULL, 'r' },
	{ "dtcp-version", required_argument, NULL, DTCP_VERSION },
	{ "seq", required_argument, NULL, SEQ },
	{ "sequence-file", required_argument, NULL, SEQUENCE_FILE },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

int dtcp_options_number(const char *name, const char *text, uint64_t min,
			uint64_t max, uint64_t *value, struct trouble *t)
{
	struct dtcp_text digits = { text, strlen(text) };

	if (dtcp_value_unsigned(digits, max, value) || *value < min)
		return trouble_set(t, "%s: '%s'; expected %" PRIu64 "..%"
				   PRIu64, name, text, min, max);
	return 0;
}

static int take_number(const char *name, unsigned int min, unsigned int max,
		       unsigned int *out, struct trouble *t)
{
	uint64_t value;

	if (dtcp_options_number(name, optarg, min, max, &value, t))
		return -1;
	*out = (unsigned int)value;
	return 0;
}

static int take_version(struct options *o, struct trouble *t)
{
	if (strlen(optarg) != 3 || strncmp(optarg, "0.", 2) ||
	    optarg[2] < '6' || optarg[2] > '8')
		return trouble_set(t, "--dtcp-version: '%s'; expected 0.6, "
				   "0.7 or 0.8 ('raw' sends what you like)",
				   optarg);
	o->version = (struct dtcp_version){ 0, (unsigned int)optarg[2] - '0' };
	return 0;
}

int dtcp_options_take_key(struct options *o, char *key, struct trouble *t)
{
	int err = secret_set(&o->secret, key, "--key", t);

	memset(key, '*', strlen(key));
	return err;
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

/* Those that are a switch; true if @c is one. */
static bool take_switch(struct options *o, int c)
{
	o->udp |= c == 'u';
	o->accept_new |= c == ACCEPT_NEW;
	o->json |= c == 'j';
	o->help |= c == 'h';
	o->show_version |= c == 'V';
	return c == 'u' || c == ACCEPT_NEW || c == 'j' || c == 'h' || c == 'V';
}

static int take(struct options *o, int c, const char *word, struct trouble *t)
{
	switch (c) {
	case 'p':
		return take_number("--port", 1, UINT16_MAX, &o->port, t);
	case 't':
		return take_number("--timeout", 1, TIMEOUT_MAX, &o->timeout, t);
	case 'r':
		return take_number("--retries", 0, RETRIES_MAX, &o->retries, t);
	case 'l':
		return set_user(o, optarg, strlen(optarg), t);
	case 'k':
		return secret_read(&o->secret, optarg, t);
	case KEY:
		return dtcp_options_take_key(o, optarg, t);
	case 'i':
		o->identity = optarg;
		return 0;
	case KNOWN_HOSTS:
		o->known_hosts = optarg;
		return 0;
	case DTCP_VERSION:
		return take_version(o, t);
	case SEQ:
		o->has_seq = true;
		return dtcp_options_number("--seq", optarg, 0, UINT64_MAX,
					   &o->seq, t);
	case SEQUENCE_FILE:
		o->sequence_file = optarg;
		return 0;
	case ':':
		return trouble_set(t, "option '%s': expected a value", word);
	default:
		return trouble_set(t, "unknown option '%s'; 'dtcp --help' "
				   "lists them", word);
	}
}

int dtcp_options_transport(const struct options *o, struct trouble *t)
{
	const char *ssh_only = o->identity ? "--identity" :
			       o->known_hosts ? "--known-hosts" :
			       o->accept_new ? "--accept-new" : NULL;

	if (o->udp && ssh_only)
		return trouble_set(t, "%s: over UDP there is neither login nor "
				   "host key, only the shared key; expected it "
				   "with SSH", ssh_only);
	if (!o->udp && o->retries)
		return trouble_set(t, "--retries: SSH sends nothing twice; "
				   "expected it with --udp");
	return 0;
}

int dtcp_options_parse(struct options *o, int argc, char **argv,
		       struct trouble *t)
{
	int c;

	*o = (struct options){ .timeout = TIMEOUT };
	opterr = 0;
	optind = 0;
	while ((c = getopt_long(argc, argv, "+:up:l:i:k:jt:r:hV", names,
				NULL)) != -1) {
		const char *word = optind > 0 && optind <= argc ?
				   argv[optind - 1] : "";

		if (!take_switch(o, c) && take(o, c, word, t))
			return -1;
	}
	if (o->has_seq && o->sequence_file)
		return trouble_set(t, "expected only one of --seq and "
				   "--sequence-file");
	return dtcp_options_transport(o, t) ? -1 : optind;
}

static int set_port(struct options *o, unsigned int port, struct trouble *t)
{
	if (o->port && port)
		return trouble_set(t, "a port is given twice; expected "
				   "ROUTER:%u or --port %u", port, o->port);
	if (port)
		o->port = port;
	if (!o->port && o->udp)
		return trouble_set(t, "no port; over UDP there is none by "
				   "default, expected ROUTER:PORT, the control "
				   "source's service-port");
	if (!o->port)
		o->port = OPTIONS_PORT;
	return 0;
}

int dtcp_options_router(struct options *o, const char *word, struct trouble *t)
{
	const char *at = strrchr(word, '@');
	const char *router = at ? at + 1 : word;
	struct hostport e;

	if (at && set_user(o, word, (size_t)(at - word), t))
		return -1;
	if (!*o->user)
		return trouble_set(t, "no control source; expected USER@%s or "
				   "-l USER", router);
	if (hostport_parse(&e, router, t))
		return -1;
	memcpy(o->router, e.host, sizeof(o->router));
	return set_port(o, e.port, t);
}

int dtcp_options_key(struct options *o, struct trouble *t)
{
	const char *key = getenv(KEY_VARIABLE);

	if (o->secret.len)
		return 0;
	if (key)
		return secret_set(&o->secret, key, KEY_VARIABLE, t);
	if (o->udp)
		return trouble_set(t, "no shared key; over UDP there is none "
				   "by default, expected -k FILE, --key KEY "
				   "or " KEY_VARIABLE);
	secret_default(&o->secret);
	return 0;
}
