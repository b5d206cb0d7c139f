/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * What the tests of tasking share: a kernel and a clock that are pretended, a
 * log that is kept, and a control source that signs what it asks.
 */

#ifndef TASKING_FAKE_H
#define TASKING_FAKE_H

#include "log_fake.h"
#include "tasking_fake_kernel.h"

/* Statements of dtcpd.conf besides the capture groups of fake_start(). */
static const char *fake_statements = "";

static struct tasking *tasking;
static struct config *config;

static void no_report(const char *line)
{
	fail_msg("%s", line);
}

/* Loads capture groups as dtcpd.conf would have them. */
static struct config *fake_config(const char *groups)
{
	char path[] = "/tmp/tasking-test-XXXXXX";
	struct config *c;
	FILE *f = fdopen(mkstemp(path), "w");

	assert_non_null(f);
	fprintf(f, "flow-tap-dtcp { ssh { host-key = {\"%s\"} } }\n%s%s", path,
		fake_statements, groups);
	fclose(f);
	c = config_load(path, no_report);
	unlink(path);
	assert_non_null(c);
	return c;
}

__attribute__((unused))
static int reconfigure(const char *groups)
{
	struct config *c = fake_config(groups);
	int err = tasking_configure(tasking, c);

	if (err) {
		config_free(c);
		return err;
	}
	config_free(config);
	config = c;
	return 0;
}

/* Who is told; see tasking_fake_outlet.h. */
static const struct tasking_outlet *outlet_used;
/* What tasking_request() said last. */
__attribute__((unused)) static bool asked_async;

static void fake_start(const char *groups)
{
	memset(&fake, 0, sizeof(fake));
	memset(&load, 0, sizeof(load));
	fake.sentence = "";
	fake.now = 1297612802802;	/* 2011-02-13 16:00:02.802 UTC */
	logged[0] = 0;
	setenv("TZ", "UTC", 1);
	tasking = tasking_alloc(&fake_ops, NULL);
	assert_non_null(tasking);
	tasking_set_outlet(tasking, outlet_used, (void *)outlet_used);
	config = NULL;
	assert_int_equal(reconfigure(groups), 0);
}

static void fake_stop(void)
{
	tasking_free(tasking);
	config_free(config);
}

static inline int fake_setup(void **state)
{
	fake_start(*state);
	return 0;
}

static inline int fake_teardown(void **state)
{
	fake_stop();
	return 0;
}

/* A test that begins with no more than these groups. */
#define FAKE_TEST(name, groups) \
	cmocka_unit_test_prestate_setup_teardown(name, fake_setup, \
						 fake_teardown, groups)

/* Signs @text, sends it as @user, and returns the answer ("" for none). */
__attribute__((unused))
static const char *ask_signed(const char *user, const char *text,
			      const char *key)
{
	static char answer[1 << 20], msg[1 << 16];
	struct tasking_origin o = { .user = user, .peer = "203.0.113.2" };
	uint8_t digest[DTCP_DIGEST_LEN];
	struct dtcp_message m;
	struct dtcp_writer w;
	size_t i, len;

	assert_int_equal(dtcp_hmac(key, strlen(key), text, strlen(text),
				   digest), 0);
	len = snprintf(msg, sizeof(msg), "%sAuthentication-Info: ", text);
	for (i = 0; i < sizeof(digest); i++)
		len += sprintf(msg + len, "%02x", digest[i]);
	len += sprintf(msg + len, "\r\n\r\n");
	dtcp_writer_init(&w, true);
	asked_async = tasking_request(tasking, &o, msg, len, &w);
	assert_false(w.failed);
	snprintf(answer, sizeof(answer), "%.*s", (int)w.len,
		 w.len ? w.buf : "");
	dtcp_writer_fini(&w);
	if (!answer[0])
		return answer;
	assert_int_equal(dtcp_message_parse(&m, answer, strlen(answer)), 0);
	assert_true(dtcp_message_verify(&m, answer, key, strlen(key)));
	*strstr(answer, "AUTHENTICATION-INFO: ") = 0;
	return answer;
}

/* As a control source with the default key: METHOD, headers between. */
__attribute__((unused))
static const char *ask(const char *user, const char *method,
		       const char *headers)
{
	char text[1 << 15];

	snprintf(text, sizeof(text),
		 "%s DTCP/0.7\r\nCsource-ID: %s\r\n%sSeq: 10\r\n", method,
		 user, headers);
	return ask_signed(user, text, "Juniper");
}

#define HEAD(code) "DTCP/0.7 " code "\r\nSEQ: 10\r\n"
#define TAIL "TIMESTAMP: 2011-02-13 16:00:02.802\r\n"

/* Asks and expects exactly this answer. */
#define asks(user, method, headers, answer) \
	assert_string_equal(ask(user, method, headers), answer)

#endif
