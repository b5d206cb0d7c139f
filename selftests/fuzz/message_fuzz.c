// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *start, *end;

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_text(struct dtcp_text t)
{
	check(t.at >= start && t.at + t.len <= end);
}

static void parse(const char *buf, size_t len)
{
	struct dtcp_message m;
	size_t i;

	start = buf;
	end = buf + len;
	if (dtcp_message_parse(&m, buf, len))
		return;
	check_text(m.first_line);
	check_text(m.is_response ? m.reason : m.method);
	check(m.is_response == (m.code != 0));
	check(m.nheaders <= DTCP_HEADERS_MAX);
	check(m.signed_len <= len);
	check(buf + m.signed_len >= m.first_line.at + m.first_line.len);
	for (i = 0; i < m.nheaders; i++) {
		check_text(m.headers[i].line);
		check_text(m.headers[i].name);
		check_text(m.headers[i].value);
		check(m.headers[i].line.len > 0);
	}
	dtcp_message_find(&m, "Seq");
	dtcp_message_verify(&m, buf, "Juniper", 7);
}

/* A frame is the same however much of the stream behind it is there. */
static void frame(const char *buf, size_t len)
{
	long n = dtcp_message_frame(buf, len);

	check(n <= (long)len);
	if (n <= 0)
		return;
	check(dtcp_message_frame(buf, (size_t)n) == n);
	check(dtcp_message_frame(buf, (size_t)n - 1) == 0);
	parse(buf, (size_t)n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	frame((const char *)data, size);
	parse((const char *)data, size);
	return 0;
}
