// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "dtcpd/daemon.h"
#include "dtcpd/hostkey.h"
#include "dtcpd/keyfile.h"
#include "dtcpd/log.h"
#include "dtcpd/privileges.h"
#include "dtcpd/secret-file.h"
#include "dtcpd/state.h"

#define CONFIG_PATH	"/etc/dtcpd.conf"

static const char usage[] =
	"Usage: dtcpd [-c FILE] [-t] [-f] [-s]\n"
	"  -c FILE  configuration, default " CONFIG_PATH "\n"
	"  -t       check the configuration and what it names, and exit\n"
	"  -f       stay in the foreground (it always does)\n"
	"  -s       log to syslog instead of standard error\n"
	"  -V       print the version and exit\n"
	"  -h       print this and exit\n";

struct options {
	const char *path;
	bool check;
	bool to_syslog;
};

/* Ends the program where there is nothing else to do. */
static void parse_options(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "c:tfsVh")) >= 0) {
		switch (c) {
		case 'c':
			o->path = optarg;
			break;
		case 't':
			o->check = true;
			break;
		case 'f':
			break;
		case 's':
			o->to_syslog = true;
			break;
		case 'V':
			puts("dtcpd " DFC_VERSION);
			exit(0);
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "dtcpd: unexpected argument \"%s\"\n%s",
			argv[optind], usage);
		exit(2);
	}
}

static bool to_syslog;

/* FILE:LINE: first, as editors and scripts expect it. */
static void report(const char *line)
{
	fprintf(stderr, "%s\n", line);
	if (to_syslog)
		syslog(LOG_ERR, "%s", line);
}

/* Sessions, and a socket for each service-port and address: 1024 may be few. */
static void allow_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static const struct config_trials trials = {
	.host_key = hostkey_try,
	.authorized_keys = keyfile_try,
	.state_directory = state_try,
	.key = esp_key_try,
	.audit_key = audit_key_try,
};

/* With the rights that a reload has, not with those of the start. */
static struct config *load(const struct options *o)
{
	if (privileges_hide() || privileges_drop(NULL))
		return NULL;
	secret_file_init(SECRET_FILE_GROUP);
	return o->check ? config_try(o->path, &trials, report) :
	       config_load(o->path, report);
}

static int run(struct daemon *d)
{
	int status;

	if (privileges_drop(d->config))
		return 1;
	if (ssh_init()) {
		log_msg(LOG_ERR, "cannot start libssh");
		return 1;
	}
	status = daemon_start(d) ? 1 : 0;
	if (!status) {
		status = loop_run(&d->loop);
		daemon_stop(d);
	}
	ssh_finalize();
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { .path = CONFIG_PATH };
	struct daemon d;
	int status = 0;

	parse_options(&o, argc, argv);
	to_syslog = o.to_syslog;
	log_init(o.to_syslog);
	allow_descriptors();
	memset(&d, 0, sizeof(d));
	d.path = o.path;
	d.config = load(&o);
	if (!d.config)
		return 1;
	daemon_warn_exposed(o.path, d.config);
	if (!o.check)
		status = run(&d);
	config_free(d.config);
	return status;
}
