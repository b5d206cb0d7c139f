// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "dtcpd/association-private.h"
#include "dtcpd/config-address.h"
#include "dtcpd/log.h"

#define PROTO_ETHERIP	97	/* RFC 3378 */

const char *association_address(const struct dtcp_outer_addr *a, char *text)
{
	return inet_ntop(a->family, a->addr, text, INET6_ADDRSTRLEN);
}

bool association_same_sa(const struct xfrm_sa *a, const struct xfrm_sa *b)
{
	return a->spi == b->spi && a->transport == b->transport &&
	       a->esn == b->esn && config_address_same(&a->local, &b->local) &&
	       config_address_same(&a->remote, &b->remote);
}

static bool same_flow(const struct xfrm_flow *a, const struct xfrm_flow *b)
{
	return a->proto == b->proto && a->sport == b->sport &&
	       a->dport == b->dport && config_address_same(&a->src, &b->src) &&
	       config_address_same(&a->dst, &b->dst);
}

struct association *association_flow(const struct association_set *s,
				     const struct xfrm_flow *flow)
{
	size_t i, j;

	for (i = 0; i < s->n; i++)
		for (j = 0; j < s->a[i].nflow; j++)
			if (same_flow(&s->a[i].flow[j], flow))
				return &s->a[i];
	return NULL;
}

static bool add_flow(struct association_set *s, struct association *a,
		     const struct xfrm_flow *flow)
{
	struct xfrm_flow *all;

	if (association_flow(s, flow))
		return true;
	all = realloc(a->flow, (a->nflow + 1) * sizeof(*all));
	if (!all)
		return false;
	a->flow = all;
	a->flow[a->nflow++] = *flow;
	return true;
}

/* Nothing else of the router's goes into it. */
static bool add_flows(struct association_set *s, struct association *a,
		      const struct config_dest *d)
{
	static const uint8_t ip_ip[] = {
		IPPROTO_IPIP, IPPROTO_IPV6, PROTO_ETHERIP,
	};
	struct xfrm_flow flow = {
		.src = d->source,
		.dst = d->address,
		.proto = IPPROTO_UDP,
		.sport = d->source_port ? d->source_port : d->port,
		.dport = d->port,
	};
	size_t i;

	if (d->format != DFC_FORMAT_IPIP)
		return add_flow(s, a, &flow);
	flow.sport = 0;
	flow.dport = 0;
	for (i = 0; i < sizeof(ip_ip); i++) {
		flow.proto = ip_ip[i];
		if (!add_flow(s, a, &flow))
			return false;
	}
	return true;
}

static bool take_key(struct association *a, const struct config_association *c,
		     uint8_t *key_id)
{
	char why[256];

	if (esp_key_load(c->key_file, c->algorithm, a->key, why,
			 sizeof(why)) &&
	    esp_key_id(a->key, c->algorithm, key_id))
		return true;
	log_msg(LOG_ERR, "security-association %s: key-file %s: %s", c->name,
		c->key_file, why);
	return false;
}

static bool take(struct association *a, const struct config_association *c)
{
	a->name = strdup(c->name);
	a->algorithm = c->algorithm;
	a->sa.local = c->local;
	a->sa.remote = c->remote;
	a->sa.spi = c->spi;
	a->sa.transport = c->transport;
	a->sa.esn = c->esn;
	if (!a->name)
		log_msg(LOG_ERR, "out of memory");
	return a->name && take_key(a, c, a->key_id);
}

static bool is_used(const struct config *c, size_t number)
{
	size_t g, d;

	for (g = 0; g < c->ngroup; g++)
		for (d = 0; d < c->group[g].ndest; d++)
			if (c->group[g].dest[d].association == number)
				return true;
	return false;
}

static bool add_all_flows(struct association_set *s, struct association *a,
			  const struct config *c, size_t number)
{
	const struct config_dest *d;
	size_t g, i;

	for (g = 0; g < c->ngroup; g++)
		for (i = 0; i < c->group[g].ndest; i++) {
			d = &c->group[g].dest[i];
			if (d->association == number && !add_flows(s, a, d)) {
				log_msg(LOG_ERR, "out of memory");
				return false;
			}
		}
	return true;
}

/* The nonce is made of key and number, whatever the spi. */
static bool is_unique(const struct association_set *s,
		      const struct association *a)
{
	size_t i;

	for (i = 0; &s->a[i] != a; i++) {
		if (memcmp(s->a[i].key_id, a->key_id, ESP_KEY_ID))
			continue;
		log_msg(LOG_ERR,
			"security-associations %s and %s have the same key, expected a key of its own for each",
			s->a[i].name, a->name);
		return false;
	}
	return true;
}

bool association_set_build(struct association_set *s, const struct config *c)
{
	struct association *a;
	size_t i;

	s->n = 0;
	s->a = calloc(c->nassociation + 1, sizeof(*s->a));
	if (!s->a) {
		log_msg(LOG_ERR, "out of memory");
		return false;
	}
	for (i = 0; i < c->nassociation; i++) {
		if (!is_used(c, i + 1))
			continue;
		a = &s->a[s->n++];
		if (take(a, &c->association[i]) && is_unique(s, a) &&
		    add_all_flows(s, a, c, i + 1))
			continue;
		association_set_free(s);
		return false;
	}
	return true;
}

void association_set_free(struct association_set *s)
{
	size_t i;

	for (i = 0; i < s->n; i++) {
		explicit_bzero(s->a[i].key, sizeof(s->a[i].key));
		free(s->a[i].name);
		free(s->a[i].flow);
	}
	free(s->a);
	s->a = NULL;
	s->n = 0;
}
