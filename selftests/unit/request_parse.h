/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/* What the tests of requests share: a request that is built and parsed. */

#ifndef REQUEST_PARSE_H
#define REQUEST_PARSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcp-proto/request.h"

static struct dtcp_message m;
static struct dtcp_request r;
static struct dtcp_error e;
static char buf[8192];

/* Builds a request and parses it; the caller calls dtcp_request_fini(). */
static unsigned int parse_version(const char *method, const char *version,
				  const char *headers)
{
	int len = snprintf(buf, sizeof(buf), "%s DTCP/%s\r\nCsource-ID: c\r\n"
			   "Seq: 7\r\n%s", method, version, headers);

	assert_true((size_t)len < sizeof(buf));
	assert_int_equal(dtcp_message_parse(&m, buf, (size_t)len), 0);
	return dtcp_request_parse(&r, &m, &e);
}

static unsigned int parse(const char *method, const char *headers)
{
	return parse_version(method, "0.7", headers);
}

/* The request is refused with @code because of header @culprit. */
static void assert_refused(const char *method, const char *headers,
			   unsigned int code, const char *culprit)
{
	unsigned int got = parse(method, headers);

	if (got != code)
		print_error("%s %s: %u\n", method, headers, got);
	assert_int_equal(got, code);
	assert_int_equal(e.code, code);
	assert_non_null(e.why);
	if (!culprit) {
		assert_null(e.header);
	} else {
		assert_non_null(e.header);
		assert_true(dtcp_text_is(e.header->name, culprit));
	}
	dtcp_request_fini(&r);
}

/* The same for an ADD that is right but for @headers. */
static void assert_add_refused(const char *headers, unsigned int code,
			       const char *culprit)
{
	char text[4096];

	snprintf(text, sizeof(text),
		 "Cdest-ID: cd1\r\nFlags: Static\r\n%s\r\n", headers);
	assert_refused("ADD", text, code, culprit);
}

__attribute__((unused))
static void assert_text(struct dtcp_text t, const char *expected)
{
	assert_int_equal(t.len, strlen(expected));
	assert_memory_equal(t.at, expected, t.len);
}

#endif
