// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>

#include "dfcctl/interval.h"
#include "dfcctl/rates.h"

/* What becomes of two samples, as JSON. */
static void assert_rates(const char *before, const char *now, double seconds,
			 const char *expected)
{
	json_t *was = json_loads(before, 0, NULL);
	json_t *is = json_loads(now, 0, NULL);
	json_t *wanted = json_loads(expected, 0, NULL);
	char *text;

	assert_non_null(was);
	assert_non_null(is);
	assert_non_null(wanted);
	rates_add(is, was, seconds);
	text = json_dumps(is, JSON_COMPACT);
	if (!json_equal(is, wanted))
		fail_msg("got %s, expected %s", text, expected);
	free(text);
	json_decref(was);
	json_decref(is);
	json_decref(wanted);
}

static void counters(void **state)
{
	assert_rates("{\"matched-packets\":10,\"matched-bytes\":1000}",
		     "{\"matched-packets\":30,\"matched-bytes\":2000}", 2,
		     "{\"matched-packets\":30,\"matched-bytes\":2000,"
		     "\"matched-packet-rate\":10.0,"
		     "\"matched-bit-rate\":4000.0}");
	/* Nothing went: that is a rate as well. What is no counter has none. */
	assert_rates("{\"dropped-packets\":5,\"filters\":1}",
		     "{\"dropped-packets\":5,\"filters\":3}", 1,
		     "{\"dropped-packets\":5,\"filters\":3,"
		     "\"dropped-packet-rate\":0.0}");
}

/* The module was loaded anew, or the object made anew, under the same id. */
static void no_rate(void **state)
{
	assert_rates("{\"sent-packets\":10}", "{\"sent-packets\":9}", 1,
		     "{\"sent-packets\":9}");
	assert_rates("{}", "{\"sent-packets\":9}", 1,
		     "{\"sent-packets\":9}");
	assert_rates("{\"sent-packets\":1}",
		     "{\"sent-packets\":9,\"age\":0.9}", 1,
		     "{\"sent-packets\":9,\"age\":0.9}");
	assert_rates("{\"sent-packets\":1}",
		     "{\"sent-packets\":9,\"age\":1.1}", 1,
		     "{\"sent-packets\":9,\"age\":1.1,"
		     "\"sent-packet-rate\":8.0}");
}

static void rows(void **state)
{
	assert_rates("{\"filters\":[{\"id\":1,\"sent-bytes\":0},"
		     "{\"id\":2,\"sent-bytes\":100}]}",
		     "{\"filters\":[{\"id\":2,\"sent-bytes\":200},"
		     "{\"id\":3,\"sent-bytes\":7}]}", 4,
		     "{\"filters\":[{\"id\":2,\"sent-bytes\":200,"
		     "\"sent-bit-rate\":200.0},{\"id\":3,\"sent-bytes\":7}]}");
	assert_rates("{\"statistics\":{\"seen-packets\":1}}",
		     "{\"statistics\":{\"seen-packets\":2}}", 0.5,
		     "{\"statistics\":{\"seen-packets\":2,"
		     "\"seen-packet-rate\":2.0}}");
}

static void intervals(void **state)
{
	static const char *const bad[] = {
		"", "0", "0.05", "-1", "3601", "1s", " 1", "nan", "inf", "1e9",
	};
	double seconds = 0;
	size_t i;

	assert_int_equal(interval_parse("2", &seconds), 0);
	assert_true(seconds == 2);
	assert_int_equal(interval_parse("0.5", &seconds), 0);
	assert_true(seconds == 0.5);
	assert_int_equal(interval_parse("3600", &seconds), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (interval_parse(bad[i], &seconds) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
}

struct shown {
	int64_t count;
	int times;
};

/* Ends the run by a failure, as a module that goes would. */
static int read_sample(struct ctl *ctl, void *arg, json_t **document)
{
	struct shown *s = arg;

	if (s->times == 3)
		return 2;
	s->times++;
	*document = json_pack("{sI}", "seen-packets", (json_int_t)s->count);
	s->count += 1000;
	return 0;
}

static void print_sample(struct ctl *ctl, void *arg, json_t *document)
{
	const json_t *rate = json_object_get(document, "seen-packet-rate");
	struct shown *s = arg;

	/* The first has nothing to be compared with. */
	assert_int_equal(s->times > 1, rate != NULL);
	assert_true(!rate || json_number_value(rate) > 0);
}

static void samples(void **state)
{
	static const struct interval_view view = {
		.read = read_sample, .print = print_sample,
	};
	struct ctl ctl = { .interval = 0.1 };
	struct shown s = { 0 };

	assert_int_equal(interval_run(&ctl, &view, &s), 2);
	assert_int_equal(s.times, 3);
	ctl.interval = 0;
	s.times = 0;
	assert_int_equal(interval_run(&ctl, &view, &s), 0);
	assert_int_equal(s.times, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters),
		cmocka_unit_test(no_rate),
		cmocka_unit_test(rows),
		cmocka_unit_test(intervals),
		cmocka_unit_test(samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
