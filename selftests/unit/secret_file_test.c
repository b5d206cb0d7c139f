// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <grp.h>
#include <unistd.h>

#include "dtcpd/secret-file.h"

static bool is_private(uid_t owner, gid_t group, mode_t mode)
{
	struct stat st = { .st_mode = S_IFREG | mode, .st_uid = owner,
			   .st_gid = group };

	return secret_file_is_private(&st);
}

static void owner_only(void **state)
{
	assert_true(is_private(0, 0, 0600));
	assert_true(is_private(1000, 1000, 0400));
	assert_false(is_private(0, 0, 0604));
	assert_false(is_private(0, 0, 0640));
	assert_false(is_private(0, 9, 0640));
}

static void readers(void **state)
{
	gid_t group = getgrnam("daemon")->gr_gid;

	assert_false(is_private(0, group, 0640));
	secret_file_init("daemon");
	assert_true(is_private(0, group, 0640));
	assert_true(is_private(0, group, 0440));
	assert_false(is_private(0, group, 0660));
	assert_false(is_private(0, group, 0650));
	assert_false(is_private(0, group, 0644));
	/* Who owns it could be anybody of the group. */
	assert_false(is_private(1000, group, 0640));
	/* That of root is not one for that. */
	secret_file_init("root");
	assert_false(is_private(0, 0, 0640));
	secret_file_init("there is no such group");
	assert_false(is_private(0, group, 0640));
	assert_false(is_private(0, 0, 0640));
	if (getegid())
		assert_true(is_private(0, getegid(), 0640));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owner_only),
		cmocka_unit_test(readers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
