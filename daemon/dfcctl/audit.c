// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfc-audit/verify.h"
#include "dfcctl/command.h"
#include "dfcctl/dtcpd.h"
#include "dfcctl/error.h"

/* Where dtcpd keeps it if nothing else is configured. */
#define DEFAULT_LOG	"/var/lib/dtcpd/audit"
#define DEFAULT_HEAD	"/var/lib/dtcpd/audit-head"
#define REPORTS_MAX	100

/* The log that dtcpd writes now, or would. */
struct place {
	char path[PATH_MAX];
	struct chain_head head;		/* seq 0: not known */
};

/* Returns whether it was dtcpd who told. */
static bool find(const struct ctl *ctl, struct place *p)
{
	json_t *answer = dtcpd_ask(ctl->control, "audit");
	const char *path = NULL, *hash = NULL;
	json_int_t seq = 0, lost = 0;
	bool told;

	memset(p, 0, sizeof(*p));
	told = answer && !json_unpack(answer, "{s{ss sI ss sI}}", "audit",
				      "path", &path, "sequence", &seq, "hash",
				      &hash, "lost", &lost) &&
	       strlen(hash) == CHAIN_HASH_LEN;
	snprintf(p->path, sizeof(p->path), "%s", told ? path : DEFAULT_LOG);
	if (told) {
		p->head.seq = (uint64_t)seq;
		strcpy(p->head.hash, hash);
	} else {
		chain_head_read(DEFAULT_HEAD, &p->head);
	}
	if (lost)
		error_say(0, "dtcpd cannot write %s: %" JSON_INTEGER_FORMAT
			  " records are lost", path, lost);
	json_decref(answer);
	return told;
}

/* Text of strangers is in it: nothing of that may drive a terminal. */
static void print_text(const char *text)
{
	const char *c = text;
	json_t *string;

	while (*c >= ' ' && *c <= '~')
		c++;
	if (!*c) {
		fputs(text, stdout);
		return;
	}
	string = json_string(text);
	json_dumpf(string, stdout, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	json_decref(string);
}

static void print_members(json_t *o, const char *separator)
{
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value) {
		fputs(separator, stdout);
		separator = ", ";
		print_text(key);
		if (json_is_object(value)) {
			fputs(" {", stdout);
			print_members(value, "");
			putchar('}');
		} else if (json_is_string(value)) {
			putchar(' ');
			print_text(json_string_value(value));
		} else if (json_is_integer(value)) {
			printf(" %" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
		}
	}
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "?";
}

static bool print_line(const struct ctl *ctl, const char *line)
{
	json_t *o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(o) || !json_object_get(o, "event")) {
		json_decref(o);
		return false;
	}
	if (ctl->json) {
		ctl_print(ctl, o);
		return true;
	}
	printf("%" JSON_INTEGER_FORMAT " ",
	       json_integer_value(json_object_get(o, "seq")));
	print_text(text_of(o, "time"));
	putchar(' ');
	print_text(text_of(o, "event"));
	json_object_del(o, "seq");
	json_object_del(o, "time");
	json_object_del(o, "event");
	json_object_del(o, "hash");
	print_members(o, ": ");
	putchar('\n');
	json_decref(o);
	return true;
}

static int cannot_read(const char *path, int err)
{
	return error_say(ERROR_USAGE, "%s: %s", path, strerror(err));
}

static int show_file(const struct ctl *ctl, const char *path)
{
	FILE *f = fopen(path, "re");
	unsigned long number = 0;
	char *line = NULL;
	size_t size = 0;
	int status = 0;

	if (!f)
		return cannot_read(path, errno);
	while (getline(&line, &size, f) > 0) {
		number++;
		if (!print_line(ctl, line))
			status = error_say(ERROR_REFUSED, "%s:%lu: not a line "
					   "of an audit log", path, number);
	}
	if (ferror(f))
		status = cannot_read(path, EIO);
	free(line);
	fclose(f);
	return status;
}

static int show(struct ctl *ctl, int argc, char **argv)
{
	struct place place;
	int status = 0, one, i;

	if (!argc) {
		find(ctl, &place);
		return show_file(ctl, place.path);
	}
	for (i = 0; i < argc; i++) {
		one = show_file(ctl, argv[i]);
		if (one > status)
			status = one;
	}
	return status;
}

static int head(struct ctl *ctl, int argc, char **argv)
{
	struct place place;

	if (argc)
		return command_no_words(argc, argv);
	if (!find(ctl, &place))
		return error_say(ERROR_USAGE, "dtcpd does not answer on %s; "
				 "only it knows where the audit log ends",
				 ctl->control);
	if (ctl->json)
		ctl_print(ctl, json_pack("{ss sI ss}", "path", place.path,
					 "sequence", (json_int_t)place.head.seq,
					 "hash", place.head.hash));
	else
		printf("%llu:%s\n", (unsigned long long)place.head.seq,
		       place.head.hash);
	return 0;
}

static void print_fault(void *arg, const char *file, uint64_t line,
			const char *what)
{
	struct verify *v = arg;

	if (v->faults > REPORTS_MAX)
		return;
	if (line)
		error_say(0, "%s:%llu: %s", file, (unsigned long long)line,
			  what);
	else
		error_say(0, "%s: %s", file, what);
	if (v->faults == REPORTS_MAX)
		error_say(0, "there is more; it is counted, and not shown");
}

/* Takes what stands before the files; returns an exit status. */
static int read_words(struct verify *v, int *argc, char ***argv)
{
	const char *why;

	while (*argc) {
		if (!strcmp(**argv, "key") && *argc > 1) {
			why = chain_key_read((*argv)[1], &v->key);
			if (why)
				return error_say(ERROR_USAGE, "key '%s': %s",
						 (*argv)[1], why);
		} else if (!strcmp(**argv, "head") && *argc > 1) {
			if (!chain_head_parse((*argv)[1], &v->wanted))
				return error_say(ERROR_USAGE, "head '%s': "
						 "expected NUMBER:HASH, as "
						 "'audit head' prints it",
						 (*argv)[1]);
		} else {
			break;
		}
		*argc -= 2;
		*argv += 2;
	}
	return 0;
}

static int verify_path(struct verify *v, const char *path)
{
	FILE *f = fopen(path, "re");
	int err;

	if (!f)
		return cannot_read(path, errno);
	err = verify_file(v, path, f);
	fclose(f);
	return err ? cannot_read(path, err) : 0;
}

static int tell(const struct ctl *ctl, const struct verify *v)
{
	unsigned long long last = v->head.seq, first = v->first;

	if (ctl->json)
		ctl_print(ctl, json_pack("{sI sI sI ss sI}", "lines",
				(json_int_t)v->lines, "first",
				(json_int_t)first, "last", (json_int_t)last,
				"hash", v->head.hash, "faults",
				(json_int_t)v->faults));
	else if (!v->faults)
		printf("intact: %llu lines, numbers %llu to %llu, head %llu:%s\n",
		       (unsigned long long)v->lines, first, last, last,
		       v->head.hash);
	if (!v->faults)
		return 0;
	return error_say(ERROR_REFUSED, "not intact: %llu faults in %llu lines",
			 (unsigned long long)v->faults,
			 (unsigned long long)v->lines);
}

static int verify(struct ctl *ctl, int argc, char **argv)
{
	struct verify v = { .report = print_fault, .arg = &v };
	int status = read_words(&v, &argc, &argv), i;
	struct place place;
	char *own = place.path;

	if (status)
		return status;
	if (!argc) {
		find(ctl, &place);
		if (!v.wanted.seq)
			v.wanted = place.head;
		argc = 1;
		argv = &own;
	}
	for (i = 0; i < argc && !status; i++)
		status = verify_path(&v, argv[i]);
	if (!status) {
		verify_end(&v, argv[argc - 1]);
		status = tell(ctl, &v);
	}
	explicit_bzero(&v.key, sizeof(v.key));
	return status;
}

const struct command audit_commands[] = {
	{ .name = "show", .args = "[FILE]...", .run = show,
	  .help = "print the audit log of dtcpd" },
	{ .name = "verify", .args = "[WORD VALUE]... [FILE]...",
	  .run = verify,
	  .help = "look for lines that are changed or missing" },
	{ .name = "head", .run = head,
	  .help = "where it ends, to be kept elsewhere" },
	{ 0 }
};
