// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "dfcctl/answer.h"

#define SEQ	7
#define PORTID	4711
#define FAMILY	0x20

/* What the kernel would have sent, put together piece by piece. */
static struct {
	char data[4096] __attribute__((aligned(4)));
	size_t len;
	struct nlmsghdr *last;
} sent;

static void *add(uint16_t type, uint16_t flags, uint32_t seq, size_t payload)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(sent.data + sent.len);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = flags;
	nlh->nlmsg_seq = seq;
	nlh->nlmsg_pid = PORTID;
	sent.last = nlh;
	return mnl_nlmsg_put_extra_header(nlh, payload);
}

static void end(void)
{
	sent.len += NLMSG_ALIGN(sent.last->nlmsg_len);
}

static void add_error(uint16_t flags, int error, const char *text)
{
	struct nlmsgerr *err = add(NLMSG_ERROR, flags, SEQ, sizeof(*err));

	err->error = error;
	err->msg.nlmsg_len = NLMSG_HDRLEN;
	if (text)
		mnl_attr_put_strz(sent.last, NLMSGERR_ATTR_MSG, text);
	end();
}

static int clear(void **state)
{
	sent.len = 0;
	memset(sent.data, 0, sizeof(sent.data));
	return 0;
}

static void count(const struct nlmsghdr *nlh, void *data)
{
	assert_int_equal(nlh->nlmsg_type, FAMILY);
	++*(int *)data;
}

static int feed(struct answer *a, int *seen)
{
	*a = (struct answer) {
		.seq = SEQ, .portid = PORTID, .handler = count, .data = seen,
	};
	*seen = 0;
	return answer_feed(a, sent.data, sent.len);
}

static void an_ack_ends_it(void **state)
{
	struct answer a;
	int seen;

	add(FAMILY, 0, SEQ, 4);
	end();
	assert_int_equal(feed(&a, &seen), 1);
	add_error(NLM_F_CAPPED, 0, NULL);
	assert_int_equal(feed(&a, &seen), 0);
	assert_int_equal(seen, 1);
}

static void a_refusal_has_the_kernels_words(void **state)
{
	struct answer a;
	int seen;

	add_error(NLM_F_CAPPED | NLM_F_ACK_TLVS, -EEXIST, "id is taken");
	assert_int_equal(feed(&a, &seen), -EEXIST);
	assert_string_equal(a.text, "id is taken");
}

static void a_refusal_may_carry_the_request(void **state)
{
	struct nlmsgerr *err;
	struct answer a;
	int seen;

	err = add(NLMSG_ERROR, NLM_F_ACK_TLVS, SEQ, sizeof(*err) + 12);
	err->error = -EINVAL;
	err->msg.nlmsg_len = NLMSG_HDRLEN + 12;
	mnl_attr_put_strz(sent.last, NLMSGERR_ATTR_MSG, "port is 0");
	end();
	assert_int_equal(feed(&a, &seen), -EINVAL);
	assert_string_equal(a.text, "port is 0");
}

static void a_refusal_may_have_no_words(void **state)
{
	struct answer a;
	int seen;

	add_error(NLM_F_CAPPED, -EPERM, NULL);
	assert_int_equal(feed(&a, &seen), -EPERM);
	assert_string_equal(a.text, "");
}

static void done_ends_a_dump(void **state)
{
	struct answer a;
	int seen;

	add(FAMILY, NLM_F_MULTI, SEQ, 4);
	end();
	add(FAMILY, NLM_F_MULTI, SEQ, 4);
	end();
	*(int *)add(NLMSG_DONE, NLM_F_MULTI, SEQ, sizeof(int)) = 0;
	end();
	assert_int_equal(feed(&a, &seen), 0);
	assert_int_equal(seen, 2);
	assert_false(a.interrupted);
}

static void done_may_refuse(void **state)
{
	struct answer a;
	int seen;

	*(int *)add(NLMSG_DONE, NLM_F_MULTI | NLM_F_ACK_TLVS, SEQ,
		    sizeof(int)) = -ENOMEM;
	mnl_attr_put_strz(sent.last, NLMSGERR_ATTR_MSG, "no memory");
	end();
	assert_int_equal(feed(&a, &seen), -ENOMEM);
	assert_string_equal(a.text, "no memory");
}

static void a_disturbed_dump_is_known(void **state)
{
	struct answer a;
	int seen;

	add(FAMILY, NLM_F_MULTI | NLM_F_DUMP_INTR, SEQ, 4);
	end();
	*(int *)add(NLMSG_DONE, NLM_F_MULTI, SEQ, sizeof(int)) = 0;
	end();
	assert_int_equal(feed(&a, &seen), 0);
	assert_true(a.interrupted);
}

static void others_are_passed_over(void **state)
{
	struct answer a;
	int seen;

	add(FAMILY, 0, SEQ - 1, 4);
	end();
	add(FAMILY, 0, SEQ, 4);
	sent.last->nlmsg_pid = 0;
	end();
	assert_int_equal(feed(&a, &seen), 1);
	assert_int_equal(seen, 0);
}

static void garbage_is_refused(void **state)
{
	struct answer a;
	int seen;

	add(NLMSG_ERROR, 0, SEQ, 2);
	end();
	assert_int_equal(feed(&a, &seen), -EPROTO);
	clear(state);
	add(FAMILY, 0, SEQ, 4);
	sent.last->nlmsg_len = 4000;
	sent.len = 20;
	assert_int_equal(feed(&a, &seen), -EPROTO);
	clear(state);
	add_error(NLM_F_ACK_TLVS, -EINVAL, "text");
	((struct nlmsgerr *)mnl_nlmsg_get_payload(sent.last))->msg.nlmsg_len =
		UINT32_MAX;
	assert_int_equal(feed(&a, &seen), -EINVAL);
	assert_string_equal(a.text, "");
}

/* To libmnl that would be a negative length, which is short enough. */
static void a_huge_length_is_refused(void **state)
{
	struct answer a;
	int seen;

	add(FAMILY, 0, SEQ, 16);
	sent.last->nlmsg_len = 0x80000010;
	sent.len = 32;
	assert_int_equal(feed(&a, &seen), -EPROTO);
	assert_int_equal(seen, 0);
}

static void a_positive_error_is_refused(void **state)
{
	struct answer a;
	int seen;

	add_error(NLM_F_CAPPED, 5, NULL);
	assert_int_equal(feed(&a, &seen), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_ack_ends_it, clear),
		cmocka_unit_test_setup(a_refusal_has_the_kernels_words, clear),
		cmocka_unit_test_setup(a_refusal_may_carry_the_request, clear),
		cmocka_unit_test_setup(a_refusal_may_have_no_words, clear),
		cmocka_unit_test_setup(done_ends_a_dump, clear),
		cmocka_unit_test_setup(done_may_refuse, clear),
		cmocka_unit_test_setup(a_disturbed_dump_is_known, clear),
		cmocka_unit_test_setup(others_are_passed_over, clear),
		cmocka_unit_test_setup(garbage_is_refused, clear),
		cmocka_unit_test_setup(a_huge_length_is_refused, clear),
		cmocka_unit_test_setup(a_positive_error_is_refused, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
