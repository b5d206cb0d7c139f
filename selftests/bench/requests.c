// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>

#include "dtcp-proto/writer.h"
#include "requests.h"
#include "subject.h"

#define KEY "Juniper"	/* of a control source that has no shared-key */

static const struct dtcp_version version = { 0, 7 };

static void begin(struct dtcp_writer *w, const char *method, uint64_t seq)
{
	dtcp_writer_request(w, method, version);
	dtcp_writer_header(w, "Csource-ID", "%s", SUBJECT_USER);
	dtcp_writer_header(w, "Seq", "%" PRIu64, seq);
}

/* One direction of one TCP connection, watched for at most a day. */
static void write_add(struct dtcp_writer *w, uint64_t seq)
{
	unsigned int i = (unsigned int)seq;

	begin(w, "ADD", seq);
	dtcp_writer_header(w, "Cdest-ID", "%s", SUBJECT_CDEST);
	dtcp_writer_header(w, "Source-Address", "192.0.2.%u", i & 255);
	dtcp_writer_header(w, "Dest-Address", "198.51.100.%u", i >> 8 & 255);
	dtcp_writer_header(w, "Protocol", "6");
	dtcp_writer_header(w, "Source-Port", "%u", 1024 + (i >> 16));
	dtcp_writer_header(w, "Dest-Port", "443");
	dtcp_writer_header(w, "Timeout-Idle", "600");
	dtcp_writer_header(w, "Timeout-Total", "86400");
	dtcp_writer_header(w, "Flags", "SendAsync");
	dtcp_writer_header(w, "Priority", "2");
}

static void sign(struct requests *r, struct dtcp_writer *w)
{
	if (dtcp_writer_sign(w, KEY, sizeof(KEY) - 1))
		errx(1, "cannot sign a request");
	r->end[r->n++] = w->len;
}

static void start(struct requests *r, struct dtcp_writer *w, size_t n)
{
	dtcp_writer_init(w, false);
	*r = (struct requests){ .end = calloc(n, sizeof(*r->end)) };
	if (!r->end)
		err(1, "requests");
}

void requests_add(struct requests *r, size_t n, uint64_t seq)
{
	struct dtcp_writer w;

	start(r, &w, n);
	while (r->n < n) {
		write_add(&w, seq + r->n);
		sign(r, &w);
	}
	r->text = w.buf;
}

void requests_list(struct requests *r, const char *flags, uint64_t seq)
{
	struct dtcp_writer w;

	start(r, &w, 1);
	begin(&w, "LIST", seq);
	dtcp_writer_header(&w, "Flags", "%s", flags);
	sign(r, &w);
	r->text = w.buf;
}

void requests_free(struct requests *r)
{
	free(r->text);
	free(r->end);
}
