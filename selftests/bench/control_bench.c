// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// How fast dtcpd takes requests, how fast it lists, and what a criterion costs
// in memory. See Documentation/performance.md.

#include <err.h>
#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "requests.h"
#include "ssh_client.h"
#include "subject.h"
#include "udp_client.h"

#define CRITERIA	100000
#define CRITERIA_MAX	10000000U

/**
 * struct row - what is measured, and what it should be
 * @key: its name in JSON
 * @what: its name in the table
 * @unit: of all three
 * @target: at least so much, or with @at_most, at most
 * @figure: on one core: by the processor time that dtcpd used
 * @seen: what the client saw, by the clock; 0 where there is no such thing
 */
struct row {
	const char *key;
	const char *what;
	const char *unit;
	double target;
	bool at_most;
	double figure;
	double seen;
};

enum {
	ADD_SSH, ADD_UDP, LIST_CRITERIA, LIST_BOTH, ALLOCATED, RESIDENT,
	KEPT_SSH, KEPT_UDP, KEPT_RATIO, ROWS
};

static struct row rows[ROWS] = {
	[ADD_SSH] = { "add-ssh", "ADD, one SSH channel, pipelined", "/s",
		      20000, false, 0, 0 },
	[ADD_UDP] = { "add-udp", "ADD over UDP, 128 on the way", "/s", 50000,
		      false, 0, 0 },
	[LIST_CRITERIA] = { "list-criteria", "LIST of all, Criteria, SSH",
			    "s", 1, true, 0, 0 },
	[LIST_BOTH] = { "list-both", "LIST of all, Both, SSH", "s", 1, true,
			0, 0 },
	[ALLOCATED] = { "memory-allocated", "memory of a criterion, malloc()",
			"bytes", 600, true, 0, 0 },
	[RESIDENT] = { "memory-resident", "memory of a criterion, resident",
		       "bytes", 600, true, 0, 0 },
	[KEPT_SSH] = { "add-ssh-journal", "ADD, as above, with journal", "/s",
		       14000, false, 0, 0 },
	[KEPT_UDP] = { "add-udp-journal", "ADD over UDP, with journal", "/s",
		       35000, false, 0, 0 },
	[KEPT_RATIO] = { "journal-ratio", "ADD over SSH, with / without",
			 "", 0.7, false, 0, 0 },
};

static const char usage[] =
	"Usage: control_bench [-n CRITERIA] [-o FILE] [-l FILE]\n"
	"  -n  criteria that are added, then listed (default: 100000)\n"
	"  -o  JSON goes to this file (default: none)\n"
	"  -l  dtcpd's log goes to this file (default: /dev/null)\n";

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void send_adds(const struct subject *s, struct ssh_client *c,
		      const struct requests *r)
{
	if (c)
		ssh_client_add(c, r);
	else
		udp_client_add(s, r);
}

/* Over SSH, or where there is no @c, over UDP; the first has number @seq. */
static void measure_add(const struct subject *s, struct ssh_client *c,
			size_t n, uint64_t seq, struct row *row)
{
	struct subject_figures before = subject_measure(s), after;
	struct requests r;
	double start;

	requests_add(&r, n, seq);
	start = now();
	send_adds(s, c, &r);
	row->seen = (double)n / (now() - start);
	after = subject_measure(s);
	row->figure = (double)n / (after.cpu - before.cpu);
	requests_free(&r);
	if (after.criteria - before.criteria != n)
		errx(1, "%zu criteria, expected %zu more than %zu",
		     after.criteria, n, before.criteria);
	if (row != &rows[ADD_SSH])
		return;
	rows[ALLOCATED].figure = ((double)after.allocated -
				  (double)before.allocated) / (double)n;
	rows[RESIDENT].figure = ((double)after.resident -
				 (double)before.resident) / (double)n;
}

static void measure_list(const struct subject *s, struct ssh_client *c,
			 size_t n, const char *flags, struct row *row)
{
	struct subject_figures before = subject_measure(s), after;
	struct requests r;
	double start;

	requests_list(&r, flags, n + 1);
	start = now();
	ssh_client_list(c, &r, n);
	row->seen = now() - start;
	after = subject_measure(s);
	row->figure = after.cpu - before.cpu;
	requests_free(&r);
}

static bool is_met(const struct row *r)
{
	return r->at_most ? r->figure <= r->target : r->figure >= r->target;
}

static void print_figure(double value, const char *unit)
{
	char text[32] = "-";

	if (value > 0)
		snprintf(text, sizeof(text), value < 100 ? "%.3f %s" :
			 "%.0f %s", value, unit);
	printf("%15s", text);
}

static void print_table(size_t n)
{
	const struct row *r;

	printf("%zu criteria, on one core\n%-33s%15s%15s%20s\n", n, "",
	       "dtcpd can", "client saw", "target");
	for (r = rows; r < rows + ROWS; r++) {
		printf("%-33s", r->what);
		print_figure(r->figure, r->unit);
		print_figure(r->seen, r->unit);
		printf("   %s", r->at_most ? "<=" : ">=");
		print_figure(r->target, r->unit);
		printf("  %s\n", is_met(r) ? "met" : "MISSED");
	}
}

static void write_json(const char *path, size_t n)
{
	json_t *o = json_object(), *list = json_array();
	const struct row *r;

	for (r = rows; r < rows + ROWS; r++)
		json_array_append_new(list, json_pack(
			"{s:s,s:s,s:f,s:o,s:f,s:s,s:b}", "name", r->key,
			"unit", r->unit, "figure", r->figure,
			"seen", r->seen > 0 ? json_real(r->seen) : json_null(),
			"target", r->target,
			"bound", r->at_most ? "at-most" : "at-least",
			"met", is_met(r)));
	json_object_set_new(o, "criteria", json_integer((json_int_t)n));
	json_object_set_new(o, "rows", list);
	if (json_dump_file(o, path, JSON_INDENT(1)))
		err(1, "%s", path);
	json_decref(o);
}

/* In a process of its own, so that it has no more to do than the other. */
static void measure_kept(size_t n, const char *log)
{
	struct subject s;
	struct ssh_client c;

	subject_start(&s, true, log);
	ssh_client_open(&c, &s);
	measure_add(&s, &c, n, 1, &rows[KEPT_SSH]);
	ssh_client_close(&c);
	measure_add(&s, NULL, n, n + 2, &rows[KEPT_UDP]);
	subject_stop(&s);
	rows[KEPT_RATIO].figure = rows[KEPT_SSH].figure / rows[ADD_SSH].figure;
	rows[KEPT_RATIO].seen = rows[KEPT_SSH].seen / rows[ADD_SSH].seen;
}

static void measure(size_t n, const char *log)
{
	struct subject s;
	struct ssh_client c;

	subject_start(&s, false, log);
	ssh_client_open(&c, &s);
	measure_add(&s, &c, n, 1, &rows[ADD_SSH]);
	measure_list(&s, &c, n, "Criteria", &rows[LIST_CRITERIA]);
	measure_list(&s, &c, n, "Both", &rows[LIST_BOTH]);
	ssh_client_close(&c);
	measure_add(&s, NULL, n, n + 2, &rows[ADD_UDP]);
	subject_stop(&s);
}

static size_t read_count(const char *text)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || !n || n > CRITERIA_MAX)
		errx(2, "-n %s: expected a number from 1 to %u", text,
		     CRITERIA_MAX);
	return n;
}

int main(int argc, char **argv)
{
	const char *json = NULL, *log = "/dev/null";
	size_t n = CRITERIA;
	int option;

	while ((option = getopt(argc, argv, "n:o:l:h")) != -1) {
		if (option == 'n') {
			n = read_count(optarg);
		} else if (option == 'o') {
			json = optarg;
		} else if (option == 'l') {
			log = optarg;
		} else {
			fputs(usage, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return 2;
	}
	measure(n, log);
	measure_kept(n, log);
	print_table(n);
	if (json)
		write_json(json, n);
	return 0;
}
