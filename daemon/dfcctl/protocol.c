// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dfcctl/protocol.h"

const char *const protocol_words[] = {
	"icmp", "igmp", "tcp", "udp", "dccp", "gre", "esp", "ah", "icmpv6",
	"ospf", "sctp", "udplite", NULL
};

/* In the order of protocol_words. /etc/protocols may be missing. */
static const uint8_t numbers[] = {
	1, 2, 6, 17, 33, 47, 50, 51, 58, 89, 132, 136
};

_Static_assert(sizeof(numbers) + 1 ==
	       sizeof(protocol_words) / sizeof(protocol_words[0]),
	       "a protocol has no number");

const char *protocol_name(unsigned int number)
{
	size_t i;

	for (i = 0; i < sizeof(numbers); i++)
		if (numbers[i] == number)
			return protocol_words[i];
	return NULL;
}

int protocol_parse(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(numbers); i++)
		if (!strcmp(protocol_words[i], name))
			return numbers[i];
	return -EINVAL;
}
