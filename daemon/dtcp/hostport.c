// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "dtcp-proto/value.h"
#include "dtcp/hostport.h"

static int parse_port(struct hostport *e, const char *port, struct trouble *t)
{
	struct dtcp_text text = { port, strlen(port) };
	uint64_t value;

	if (dtcp_value_unsigned(text, UINT16_MAX, &value) || !value)
		return trouble_set(t, "port '%s'; expected 1..65535", port);
	e->port = (unsigned int)value;
	return 0;
}

int hostport_parse(struct hostport *e, const char *word, struct trouble *t)
{
	const char *end = strchr(word, ':'), *host = word;

	*e = (struct hostport){ .port = 0 };
	if (*word == '[') {
		host++;
		end = strchr(host, ']');
		if (!end || (end[1] && end[1] != ':'))
			return trouble_set(t, "'%s'; expected [ADDRESS] or "
					   "[ADDRESS]:PORT", word);
	} else if (!end || strchr(end + 1, ':')) {
		end = word + strlen(word);
	}
	if (end == host || (size_t)(end - host) >= sizeof(e->host))
		return trouble_set(t, "'%s': expected a name or address", word);
	memcpy(e->host, host, (size_t)(end - host));
	end += *end == ']';
	return *end ? parse_port(e, end + 1, t) : 0;
}

void hostport_text(const struct sockaddr_storage *addr,
		   char text[HOSTPORT_TEXT_MAX])
{
	static const char mapped[] = "::ffff:";
	char host[HOSTPORT_TEXT_MAX - 16], port[8];
	const char *at = host;
	bool brackets;

	if (getnameinfo((const struct sockaddr *)addr, sizeof(*addr), host,
			sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV)) {
		snprintf(text, HOSTPORT_TEXT_MAX, "an unknown address");
		return;
	}
	if (strchr(host, '.') && !strncmp(host, mapped, sizeof(mapped) - 1))
		at += sizeof(mapped) - 1;
	brackets = strchr(at, ':');
	snprintf(text, HOSTPORT_TEXT_MAX, "%s%s%s:%s", brackets ? "[" : "", at,
		 brackets ? "]" : "", port);
}

static bool equal_v6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return !memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) &&
	       a->sin6_port == b->sin6_port &&
	       (a->sin6_scope_id == b->sin6_scope_id || !a->sin6_scope_id ||
		!b->sin6_scope_id);
}

bool hostport_equal(const struct sockaddr_storage *a,
		    const struct sockaddr_storage *b)
{
	const struct sockaddr_in *p = (const struct sockaddr_in *)a;
	const struct sockaddr_in *q = (const struct sockaddr_in *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET6)
		return equal_v6((const struct sockaddr_in6 *)a,
				(const struct sockaddr_in6 *)b);
	return p->sin_addr.s_addr == q->sin_addr.s_addr &&
	       p->sin_port == q->sin_port;
}
