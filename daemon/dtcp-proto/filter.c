// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dtcp-proto/filter.h"
#include "dtcp-proto/value.h"

static bool is_any(struct dtcp_text t)
{
	return t.len == 1 && *t.at == '*';
}

/* Cuts @t at the first @c: what is before it stays, what is behind returns. */
static bool cut(struct dtcp_text *t, char c, struct dtcp_text *behind)
{
	const char *at = memchr(t->at, c, t->len);

	if (!at)
		return false;
	behind->at = at + 1;
	behind->len = t->len - (size_t)(behind->at - t->at);
	t->len = (size_t)(at - t->at);
	return true;
}

static bool take_negation(struct dtcp_text *t)
{
	if (!t->len || *t->at != '!')
		return false;
	t->at++;
	t->len--;
	return true;
}

/* Counts the entries of a list, so that it can be allocated in one piece. */
static int count_entries(struct dtcp_text value, size_t *n)
{
	struct dtcp_text entry;
	int more;

	*n = 0;
	while ((more = dtcp_value_next(&value, &entry)) > 0) {
		if (++*n > DTCP_ENTRIES_MAX)
			return -E2BIG;
	}
	return *n ? more : -EINVAL;
}

static size_t addr_len(int family)
{
	return family == AF_INET ? 4 : 16;
}

static int parse_prefix(struct dtcp_addr_entry *e, struct dtcp_text addr,
			struct dtcp_text len)
{
	uint64_t prefix;
	size_t bit;

	if (dtcp_value_address(addr, &e->family, e->from) ||
	    dtcp_value_unsigned(len, 8 * addr_len(e->family), &prefix))
		return -EINVAL;
	memcpy(e->to, e->from, sizeof(e->to));
	for (bit = prefix; bit < 8 * addr_len(e->family); bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		e->from[bit / 8] &= (uint8_t)~mask;
		e->to[bit / 8] |= mask;
	}
	return 0;
}

static int parse_addr_range(struct dtcp_addr_entry *e, struct dtcp_text from,
			    struct dtcp_text to)
{
	int family;

	if (is_any(from)) {
		memset(e->from, 0, sizeof(e->from));
		return dtcp_value_address(to, &e->family, e->to);
	}
	if (dtcp_value_address(from, &e->family, e->from))
		return -EINVAL;
	if (is_any(to)) {
		memset(e->to, 0xff, addr_len(e->family));
		return 0;
	}
	if (dtcp_value_address(to, &family, e->to) || family != e->family ||
	    memcmp(e->from, e->to, addr_len(family)) > 0)
		return -EINVAL;
	return 0;
}

static int parse_addr_entry(struct dtcp_addr_entry *e, struct dtcp_text t)
{
	struct dtcp_text behind;

	e->negated = take_negation(&t);
	if (is_any(t)) {
		e->family = AF_UNSPEC;
		return 0;
	}
	if (cut(&t, '-', &behind))
		return parse_addr_range(e, t, behind);
	if (cut(&t, '/', &behind))
		return parse_prefix(e, t, behind);
	if (dtcp_value_address(t, &e->family, e->from))
		return -EINVAL;
	memcpy(e->to, e->from, sizeof(e->to));
	return 0;
}

int dtcp_filter_addresses(struct dtcp_addr_list *list, struct dtcp_text value)
{
	int err, family = AF_UNSPEC;
	struct dtcp_text t;
	size_t n, i;

	*list = (struct dtcp_addr_list){ NULL, 0 };
	err = count_entries(value, &n);
	if (err)
		return err;
	list->entry = calloc(n, sizeof(*list->entry));
	if (!list->entry)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		struct dtcp_addr_entry *e = &list->entry[i];

		dtcp_value_next(&value, &t);
		if (parse_addr_entry(e, t) ||
		    (family && e->family && e->family != family))
			goto bad;
		if (e->family)
			family = e->family;
	}
	list->n = n;
	return 0;
bad:
	free(list->entry);
	list->entry = NULL;
	return -EINVAL;
}

static int parse_range_entry(struct dtcp_range_entry *e, struct dtcp_text t,
			     uint16_t max)
{
	uint64_t from = 0, to = max;
	struct dtcp_text behind;

	e->negated = take_negation(&t);
	if (is_any(t))
		goto done;
	if (!cut(&t, '-', &behind))
		behind = t;
	else if (is_any(t) && is_any(behind))
		return -EINVAL;
	if (!is_any(t) && dtcp_value_unsigned(t, max, &from))
		return -EINVAL;
	if (!is_any(behind) && dtcp_value_unsigned(behind, max, &to))
		return -EINVAL;
	if (from > to)
		return -EINVAL;
done:
	e->from = (uint16_t)from;
	e->to = (uint16_t)to;
	return 0;
}

int dtcp_filter_numbers(struct dtcp_range_list *list, struct dtcp_text value,
			uint16_t max)
{
	struct dtcp_text t;
	size_t n, i;
	int err;

	*list = (struct dtcp_range_list){ NULL, 0 };
	err = count_entries(value, &n);
	if (err)
		return err;
	list->entry = calloc(n, sizeof(*list->entry));
	if (!list->entry)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		dtcp_value_next(&value, &t);
		if (parse_range_entry(&list->entry[i], t, max)) {
			free(list->entry);
			list->entry = NULL;
			return -EINVAL;
		}
	}
	list->n = n;
	return 0;
}
