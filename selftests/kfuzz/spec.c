// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stddef.h>

#define SPEC_TABLES
#include "spec.h"

const struct spec_attr *spec_attr(int set, unsigned int type)
{
	const struct spec_set *s = &spec_sets[set];

	return type < s->n && s->attrs[type].name ? &s->attrs[type] : NULL;
}

const struct spec_command *spec_command(unsigned int number)
{
	unsigned int i;

	for (i = 0; i < SPEC_COMMANDS; i++)
		if (spec_commands[i].number == number)
			return &spec_commands[i];
	return NULL;
}
