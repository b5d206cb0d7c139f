// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dtcp-proto/line.h"
#include "dtcp-proto/request.h"
#include "dtcp-proto/value.h"
#include "dtcp/compose.h"
#include "dtcp/ipproto.h"

/* The one header that 0.7 does not have. */
#define ONLY_IN_0_8 "X-JTap-Filter-Family"

/* Headers that are not an operator's to write; `dtcp raw` takes any. */
static const char *const reserved[] = {
	"Csource-ID", "Seq", "Authentication-Info",
};

static int refuse_option(const struct compose_arg *args, const char *word,
			 struct trouble *t)
{
	char known[640] = "";
	size_t n = 0;

	for (; args->option; args++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, " --%s",
				      args->option);
	return trouble_set(t, "unknown option '%s'; expected%s", word, known);
}

static int check_extra(const char *line, struct trouble *t)
{
	struct dtcp_text text = { line, strlen(line) };
	struct dtcp_header h;
	size_t i;

	if (!dtcp_line_header(text, &h))
		return trouble_set(t, "--header: '%s' is none; expected "
				   "'Name: value'", line);
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		if (dtcp_text_is(h.name, reserved[i]))
			return trouble_set(t, "--header: %s is written by dtcp "
					   "itself; 'raw' sends what you like",
					   reserved[i]);
	}
	return 0;
}

static int take_extra(struct compose_values *v, const char *line,
		      struct trouble *t)
{
	if (v->nextra == COMPOSE_EXTRA_MAX)
		return trouble_set(t, "--header: given more than %d times",
				   COMPOSE_EXTRA_MAX);
	if (check_extra(line, t))
		return -1;
	v->extra[v->nextra++] = line;
	return 0;
}

static int take_value(struct compose_values *v, const struct compose_arg *args,
		      size_t i, const char *value, struct trouble *t)
{
	struct dtcp_text text = { value, strlen(value) };

	if (!text.len || !dtcp_line_is_printable(text) ||
	    value[text.len - 1] == '\r')
		return trouble_set(t, "--%s: %s; expected a value",
				   args[i].option, text.len ?
				   "control characters" : "nothing");
	if (args[i].kind == COMPOSE_HEADER)
		return take_extra(v, value, t);
	if (v->value[i])
		return trouble_set(t, "--%s: given twice", args[i].option);
	v->value[i] = value;
	if (args[i].kind != COMPOSE_PROTOCOL)
		return 0;
	v->value[i] = v->protocol;
	return ipproto_translate(value, v->protocol, sizeof(v->protocol), t);
}

/* Finds the option of a word, which may have "=VALUE" behind it. */
static size_t find(const struct compose_arg *args, const char *word)
{
	size_t i, len = strcspn(word, "=");

	for (i = 0; args[i].option; i++) {
		if (strlen(args[i].option) == len &&
		    !strncmp(args[i].option, word, len))
			break;
	}
	return i;
}

/* Takes one option; returns the words it used or -1. */
static int take_option(struct compose_values *v, const struct compose_arg *args,
		       int argc, char **argv, struct trouble *t)
{
	const char *equals = strchr(argv[0], '=');
	size_t i;

	if (strncmp(argv[0], "--", 2))
		return refuse_option(args, argv[0], t);
	i = find(args, argv[0] + 2);
	if (!args[i].option)
		return refuse_option(args, argv[0], t);
	if (args[i].kind == COMPOSE_FLAG) {
		if (equals)
			return trouble_set(t, "--%s: expected no value",
					   args[i].option);
		v->value[i] = args[i].word;
		return 1;
	}
	if (equals)
		return take_value(v, args, i, equals + 1, t) ? -1 : 1;
	if (argc < 2 || !strncmp(argv[1], "--", 2))
		return trouble_set(t, "--%s: expected a value",
				   args[i].option);
	return take_value(v, args, i, argv[1], t) ? -1 : 2;
}

int compose_parse(struct compose_values *v, const struct compose_form *form,
		  int argc, char **argv, struct trouble *t)
{
	memset(v, 0, sizeof(*v));
	v->form = form;
	while (argc > 0) {
		int used = take_option(v, form->args, argc, argv, t);

		if (used < 0)
			return -1;
		argc -= used;
		argv += used;
	}
	return form->check ? form->check(v, t) : 0;
}

bool compose_has(const struct compose_values *v, const char *option)
{
	size_t i = find(v->form->args, option);

	return v->form->args[i].option && v->value[i];
}

struct dtcp_version compose_version(const struct compose_values *v)
{
	const struct compose_arg *args = v->form->args;
	unsigned int minor = 7;
	size_t i;

	for (i = 0; args[i].option; i++) {
		if (v->value[i] && args[i].word &&
		    !strcmp(args[i].word, ONLY_IN_0_8))
			minor = 8;
	}
	return (struct dtcp_version){ 0, minor };
}

static void write_flags(struct dtcp_writer *w, const struct compose_arg *args,
			const struct compose_values *v)
{
	char flags[128] = "";
	size_t i, n = 0;

	for (i = 0; args[i].option; i++) {
		if (args[i].kind == COMPOSE_FLAG && v->value[i])
			n += (size_t)snprintf(flags + n, sizeof(flags) - n,
					      "%s%s", n ? "," : "",
					      args[i].word);
	}
	if (n)
		dtcp_writer_header(w, "Flags", "%s", flags);
}

static void write_extra(struct dtcp_writer *w, const char *line)
{
	struct dtcp_text text = { line, strlen(line) };
	char name[256];
	struct dtcp_header h;

	dtcp_line_header(text, &h);
	snprintf(name, sizeof(name), "%.*s", (int)h.name.len, h.name.at);
	dtcp_writer_header(w, name, "%.*s", (int)h.value.len, h.value.at);
}

void compose_write(struct dtcp_writer *w, const struct compose_values *v,
		   struct dtcp_version version, const char *csource,
		   uint64_t seq)
{
	const struct compose_arg *args = v->form->args;
	char name[4 * DTCP_NAME_MAX + 1];
	size_t i;

	dtcp_value_escape(csource, name, sizeof(name));
	dtcp_writer_request(w, v->form->method, version);
	dtcp_writer_header(w, "Csource-ID", "%s", name);
	for (i = 0; args[i].option; i++) {
		if (v->value[i] && args[i].kind != COMPOSE_FLAG)
			dtcp_writer_header(w, args[i].word, "%s", v->value[i]);
	}
	write_flags(w, args, v);
	for (i = 0; i < v->nextra; i++)
		write_extra(w, v->extra[i]);
	dtcp_writer_header(w, "Seq", "%" PRIu64, seq);
}
