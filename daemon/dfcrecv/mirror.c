// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "dfcrecv/mirror.h"

int mirror_format(const char *name, enum format *format)
{
	if (!strcmp(name, "ip-udp"))
		*format = FORMAT_IP_UDP;
	else if (!strcmp(name, "jmirror"))
		*format = FORMAT_JMIRROR;
	else
		return -EINVAL;
	return 0;
}

/* The kernel has seen to it that the header is whole. */
static void open_raw(struct copy *copy)
{
	size_t header;

	if (copy->router->ss_family != AF_INET || !copy->len)
		return;
	header = (copy->data[0] & 0x0f) * 4;
	if (header > copy->len)
		header = copy->len;
	copy->data += header;
	copy->len -= header;
}

void mirror_open(enum format format, struct copy *copy)
{
	uint32_t words[2];

	if (copy->raw) {
		open_raw(copy);
		return;
	}
	if (format != FORMAT_JMIRROR || copy->len < sizeof(words))
		return;
	memcpy(words, copy->data, sizeof(words));
	copy->has_ids = true;
	copy->intercept = ntohl(words[0]);
	copy->session = ntohl(words[1]);
	copy->data += sizeof(words);
	copy->len -= sizeof(words);
}
