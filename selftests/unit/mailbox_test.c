// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "dtcpd/mailbox.h"

static void assert_first(struct mailbox *m, const char *text)
{
	const struct letter *l = mailbox_first(m);

	assert_non_null(l);
	assert_int_equal(l->len, strlen(text));
	assert_memory_equal(l->text, text, l->len);
	mailbox_drop(m);
}

static void in_order(void **state)
{
	struct mailbox m;

	mailbox_init(&m);
	assert_null(mailbox_first(&m));
	assert_true(mailbox_put(&m, "one", 3));
	assert_true(mailbox_put(&m, "three", 5));
	assert_first(&m, "one");
	assert_true(mailbox_put(&m, "x", 1));
	assert_first(&m, "three");
	assert_first(&m, "x");
	assert_null(mailbox_first(&m));
	assert_int_equal(m.bytes, 0);
}

static void bounded(void **state)
{
	static const char text[MAILBOX_MAX + 1];
	struct mailbox m;

	mailbox_init(&m);
	assert_false(mailbox_put(&m, text, MAILBOX_MAX + 1));
	assert_true(mailbox_put(&m, text, MAILBOX_MAX - 1));
	assert_false(mailbox_put(&m, text, 2));
	assert_true(mailbox_put(&m, text, 1));
	assert_false(mailbox_put(&m, text, 1));
	mailbox_drop(&m);
	assert_true(mailbox_put(&m, text, 1));
	mailbox_fini(&m);
	assert_null(mailbox_first(&m));
	assert_true(mailbox_put(&m, text, MAILBOX_MAX));
	mailbox_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
