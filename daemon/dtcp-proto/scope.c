// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>

#include "dtcp-proto/header.h"
#include "dtcp-proto/value.h"

static const struct {
	const char *name;
	enum dtcp_scope scope;
	size_t max;
	const char *why;
} headers[] = {
	{ "X-JTap-VRF-Name", DTCP_VRF, 1,
	  "X-JTap-VRF-Name: expected one name" },
	{ "X-JTap-Input-Interface", DTCP_INPUT, DTCP_INTERFACES_MAX,
	  "X-JTap-Input-Interface: expected 1..8 names" },
	{ "X-JTap-Output-Interface", DTCP_OUTPUT, DTCP_INTERFACES_MAX,
	  "X-JTap-Output-Interface: expected 1..8 names" },
};

#define NHEADERS (sizeof(headers) / sizeof(headers[0]))

/* Return: 0, -EINVAL malformed or too many, -E2BIG no name is that long. */
static int read_names(struct dtcp_request *r, struct dtcp_text rest,
		      size_t max)
{
	struct dtcp_text entry;
	int err, more;

	while ((more = dtcp_value_next(&rest, &entry)) > 0) {
		if (r->ninterface == max)
			return -EINVAL;
		err = dtcp_header_text(entry, r->interface[r->ninterface],
				       sizeof(r->interface[0]));
		if (err)
			return err;
		r->ninterface++;
	}
	return more;
}

unsigned int dtcp_request_parse_scope(struct dtcp_request *r,
				      const struct dtcp_message *m,
				      struct dtcp_error *e)
{
	const struct dtcp_header *h, *found = NULL;
	size_t i, which = 0;
	int err;

	for (i = 0; i < NHEADERS; i++) {
		h = dtcp_message_find(m, headers[i].name);
		if (h && found)
			return dtcp_header_refuse(e, 432, NULL,
				"more than one of VRF, input and output");
		if (!h)
			continue;
		found = h;
		which = i;
	}
	if (!found)
		return 0;
	err = read_names(r, found->value, headers[which].max);
	if (err == -E2BIG)
		return dtcp_header_refuse(e, 901, found,
			"an interface of such a long name cannot be");
	if (err)
		return dtcp_header_refuse(e, 432, found, headers[which].why);
	if (r->family_ccc && headers[which].scope == DTCP_VRF)
		return dtcp_header_refuse(e, 432, found,
			"X-JTap-VRF-Name: it routes packets, and ccc are frames");
	r->scope = headers[which].scope;
	return 0;
}
