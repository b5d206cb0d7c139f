// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/config-alias.h"

#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyz" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-/:"
#define UNIT_DIGITS	10

static bool is_unit(const char *text)
{
	size_t len = strspn(text, "0123456789");

	return len && len <= UNIT_DIGITS && !text[len] &&
	       (text[0] != '0' || len == 1);
}

bool config_alias_name(const char *name, char full[CONFIG_ALIAS_NAME])
{
	size_t len = strspn(name, NAME_CHARS);

	if (!isalpha((unsigned char)name[0]) ||
	    len + 1 + UNIT_DIGITS >= CONFIG_ALIAS_NAME)
		return false;
	if (name[len] && (name[len] != '.' || !is_unit(name + len + 1)))
		return false;
	sprintf(full, "%s%s", name, name[len] ? "" : ".0");
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct config_alias *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void config_alias_sort(struct config *c)
{
	qsort(c->alias, c->nalias, sizeof(*c->alias), compare);
}

bool config_device(const char *name)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < len; i++)
		if (isspace((unsigned char)name[i]) || strchr("/:", name[i]))
			return false;
	return len && len < IFNAMSIZ && strcmp(name, ".") && strcmp(name, "..");
}

const char *config_interface(const struct config *c, const char *name)
{
	char full[CONFIG_ALIAS_NAME];
	struct config_alias wanted = { .name = full }, *found = NULL;

	if (c->nalias && config_alias_name(name, full))
		found = bsearch(&wanted, c->alias, c->nalias,
				sizeof(*c->alias), compare);
	if (found)
		return found->device;
	return config_device(name) ? name : NULL;
}
