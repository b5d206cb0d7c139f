// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <grp.h>
#include <unistd.h>

#include "dtcpd/secret-file.h"

/* That of root is none: who starts dtcpd by hand is in it. */
static gid_t readers;

void secret_file_init(const char *group)
{
	const struct group *g = getgrnam(group);

	readers = g ? g->gr_gid : 0;
}

static bool may_read(const struct stat *st)
{
	return !st->st_uid && st->st_gid &&
	       (st->st_gid == readers || st->st_gid == getegid());
}

bool secret_file_is_private(const struct stat *st)
{
	mode_t others = st->st_mode & (S_IRWXG | S_IRWXO);

	return !others || (others == S_IRGRP && may_read(st));
}
