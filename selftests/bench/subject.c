// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// dtcpd as it is, from the loop to tasking, but for the kernel: that one says
// yes and keeps nothing, so that what is measured is dtcpd.

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <ftw.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dtcpd/log.h"
#include "dtcpd/notifier.h"
#include "dtcpd/restart.h"
#include "dtcpd/server.h"
#include "dtcpd/state.h"
#include "dtcpd/ticker.h"
#include "dtcpd/udp.h"
#include "subject.h"

/* What runs in the server's process. */
struct world {
	struct loop loop;
	struct state *state;
	struct journal *journal;
	struct holding holding;
	struct notifier *notifier;
	struct tasking *tasking;
	struct server *server;
	struct udp *udp;
	struct ticker ticker;
	struct loop_watch orders;
	int answer;
};

static int filter_add(void *ctx, const struct tasking_filter *f)
{
	return 0;
}

static int filter_set(void *ctx, const struct tasking_filter *limits,
		      const uint32_t *id, size_t n)
{
	return 0;
}

static int filter_del(void *ctx, const uint32_t *id, size_t n)
{
	return 0;
}

/* Numbers as long as those of a tap that has been running for a while. */
static int filter_get(void *ctx, const uint32_t *id, size_t n,
		      struct tasking_counters *c, bool *found)
{
	size_t i;

	for (i = 0; i < n; i++) {
		found[i] = true;
		c[i] = (struct tasking_counters){
			.matched_packets = 1000003 + id[i],
			.matched_bytes = 1000000007 + id[i],
			.bandwidth = 8000000,
			.left_total = 85399001,
			.left_idle = 599001,
		};
	}
	return 0;
}

static int group_add(void *ctx, uint32_t id, const struct config_group *g)
{
	return 0;
}

static int group_set(void *ctx, uint32_t id, const struct config_group *g)
{
	return 0;
}

static int group_del(void *ctx, uint32_t id)
{
	return 0;
}

static int filter_each(void *ctx, tasking_filter_fn *fn, void *arg)
{
	return 0;
}

static int group_each(void *ctx, tasking_group_fn *fn, void *arg)
{
	return 0;
}

static int dest_each(void *ctx, tasking_dest_fn *fn, void *arg)
{
	return 0;
}

static int instance_get(void *ctx, uint64_t *instance)
{
	*instance = 1;
	return 0;
}

static int dest_add(void *ctx, uint32_t id, const struct config_dest *d)
{
	return 0;
}

static int dest_del(void *ctx, uint32_t id)
{
	return 0;
}

static int device_check(void *ctx, const char *name, bool vrf)
{
	return 0;
}

static const char *no_error(void *ctx)
{
	return "";
}

static int64_t now(void *ctx)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static const struct tasking_ops yes = {
	.filter_add = filter_add,
	.filter_set = filter_set,
	.filter_del = filter_del,
	.filter_get = filter_get,
	.filter_each = filter_each,
	.group_each = group_each,
	.dest_each = dest_each,
	.instance_get = instance_get,
	.group_add = group_add,
	.group_set = group_set,
	.group_del = group_del,
	.dest_add = dest_add,
	.dest_del = dest_del,
	.device_check = device_check,
	.error = no_error,
	.now = now,
};

static void notify(void *arg, const struct config_source *source,
		   const struct dtcp_writer *mixed,
		   const struct dtcp_writer *upper)
{
	struct world *w = arg;

	notifier_send(w->notifier, source, mixed);
	if (w->server)
		server_notify(w->server, source, upper);
}

static void remember(void *arg, const char *source,
		     const struct tasking_memory *m)
{
	state_remember(((struct world *)arg)->state, source, m);
}

static bool recall(void *arg, const char *source, struct tasking_memory *m)
{
	return state_recall(((struct world *)arg)->state, source, m);
}

static const struct tasking_outlet outlet = {
	.notify = notify,
	.remember = remember,
	.recall = recall,
};

static double processor_time(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1e6;
}

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long total, pages = 0;

	if (!f || fscanf(f, "%lu %lu", &total, &pages) != 2)
		err(1, "/proc/self/statm");
	fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static size_t count_criteria(struct tasking *t)
{
	uint32_t *id;
	long n = tasking_filter_ids(t, &id);

	if (n < 0)
		err(1, "out of memory");
	free(id);
	return (size_t)n;
}

static void on_order(void *arg, uint32_t events)
{
	struct world *w = arg;
	struct subject_figures f = { .cpu = processor_time() };
	struct mallinfo2 m;
	char order;

	if (read(w->orders.fd, &order, 1) != 1)
		exit(0);
	malloc_trim(0);
	m = mallinfo2();
	f.allocated = m.uordblks + m.hblkhd;
	f.resident = resident();
	f.criteria = count_criteria(w->tasking);
	if (write(w->answer, &f, sizeof(f)) != sizeof(f))
		_exit(1);
}

static void on_tick(void *arg)
{
	struct world *w = arg;

	server_tick(w->server);
	state_tick(w->state);
}

static void report(const char *line)
{
	warnx("%s", line);
}

static struct config *load(const struct subject *p)
{
	char path[96];
	struct config *c;
	FILE *f;

	snprintf(path, sizeof(path), "%s/dtcpd.conf", p->dir);
	f = fopen(path, "w");
	if (!f)
		err(1, "%s", path);
	fprintf(f, "flow-tap-dtcp {\n ssh {\n  listen = { \"127.0.0.1\" }\n"
		"  port = %u\n  host-key = { \"%s/host_key\" }\n }\n"
		" udp {\n  listen = { \"127.0.0.1\" }\n }\n}\n"
		"state-directory = \"%s/state\"\nmax-criteria = 4294967295\n"
		"capture-group g1 {\n content-destination " SUBJECT_CDEST
		" {\n  address = \"203.0.113.2\"\n  port = 7890\n }\n"
		" control-source " SUBJECT_USER " {\n"
		"  authorized-keys = \"%s/keys\"\n"
		"  shared-key = \"" SUBJECT_KEY "\"\n"
		"  service-port = %u\n  rate-limit = 0\n }\n}\n",
		p->ssh_port, p->dir, p->dir, p->dir, p->udp_port);
	fclose(f);
	c = config_load(path, report);
	if (!c)
		exit(1);
	return c;
}

/* Each ADD is a row of it then, that its answer waits for. */
static void start_journal(struct world *w, const struct config *c)
{
	enum journal_found found;

	w->journal = journal_open(c->state_directory, &found);
	if (!w->journal || restart_tasking(w->tasking, w->journal, found, c) ||
	    journal_start(w->journal) ||
	    holding_open(&w->holding, &w->loop, w->journal))
		errx(1, "cannot start the journal");
}

static void start_tasking(struct world *w, const struct config *c,
			  bool journal)
{
	w->state = state_open(c->state_directory);
	w->notifier = notifier_alloc();
	w->tasking = tasking_alloc(&yes, NULL);
	if (!w->state || !w->notifier || !w->tasking)
		errx(1, "cannot start tasking");
	tasking_set_outlet(w->tasking, &outlet, w);
	if (journal)
		start_journal(w, c);
	else if (tasking_configure(w->tasking, c))
		errx(1, "cannot start tasking");
}

/* In the order of daemon_start(). */
static void start_layers(struct world *w, const struct config *c,
			 bool journal)
{
	struct server_change *ssh;
	struct udp_change *udp;

	if (loop_init(&w->loop))
		errx(1, "cannot start a loop");
	start_tasking(w, c, journal);
	w->server = server_alloc(&w->loop, w->tasking,
				 w->journal ? &w->holding : NULL);
	ssh = w->server ? server_prepare(w->server, c) : NULL;
	w->udp = udp_alloc(&w->loop, w->tasking,
			   w->journal ? &w->holding : NULL);
	udp = w->udp ? udp_prepare(w->udp, c) : NULL;
	if (!ssh || !udp ||
	    ticker_open(&w->ticker, &w->loop, on_tick, w) ||
	    loop_add(&w->loop, &w->orders, EPOLLIN))
		errx(1, "cannot start the servers");
	server_commit(ssh);
	udp_commit(udp);
}

static void serve(const struct subject *p, bool journal, int orders,
		  int answer)
{
	static struct world w;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "dtcpd");
	log_init(false);
	w.orders = (struct loop_watch){ orders, 0, on_order, &w };
	w.answer = answer;
	start_layers(&w, load(p), journal);
	loop_run(&w.loop);
}

static uint16_t free_port(int type)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, type, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&in, len) ||
	    getsockname(fd, (struct sockaddr *)&in, &len))
		err(1, "no free port");
	close(fd);
	return ntohs(in.sin_port);
}

static void make_keys(struct subject *p)
{
	char path[96], *base64;
	ssh_key host;
	FILE *f;

	if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &p->login) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &host) ||
	    ssh_pki_export_pubkey_base64(p->login, &base64))
		errx(1, "cannot make SSH keys");
	snprintf(path, sizeof(path), "%s/host_key", p->dir);
	if (ssh_pki_export_privkey_file(host, NULL, NULL, NULL, path) ||
	    chmod(path, 0600))
		err(1, "%s", path);
	snprintf(path, sizeof(path), "%s/keys", p->dir);
	f = fopen(path, "w");
	if (!f)
		err(1, "%s", path);
	fprintf(f, "ssh-ed25519 %s\n", base64);
	fclose(f);
	ssh_string_free_char(base64);
	ssh_key_free(host);
}

struct subject_figures subject_measure(const struct subject *p)
{
	struct subject_figures f;

	if (write(p->ask, "m", 1) != 1 ||
	    read(p->answer, &f, sizeof(f)) != sizeof(f))
		errx(1, "dtcpd is gone, see its log");
	return f;
}

/* Not by freopen(): that would let lines wait in a buffer. */
static void log_to(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || dup2(fd, STDERR_FILENO) < 0)
		err(1, "%s", path);
	close(fd);
}

static int remove_file(const char *path, const struct stat *st, int type,
		       struct FTW *ftw)
{
	return remove(path);
}

/* There is one at a time. */
static struct subject *running;

/* Wherever the program ends, nothing of it is left. */
static void clean_up(void)
{
	if (!running)
		return;
	kill(running->pid, SIGKILL);
	waitpid(running->pid, NULL, 0);
	nftw(running->dir, remove_file, 4, FTW_DEPTH | FTW_PHYS);
	running = NULL;
}

void subject_start(struct subject *p, bool journal, const char *log)
{
	int order[2], answer[2];

	*p = (struct subject){ .dir = "/tmp/control_bench.XXXXXX" };
	if (!mkdtemp(p->dir) || pipe(order) || pipe(answer))
		err(1, "%s", p->dir);
	make_keys(p);
	p->ssh_port = free_port(SOCK_STREAM);
	p->udp_port = free_port(SOCK_DGRAM);
	p->pid = fork();
	if (p->pid < 0)
		err(1, "fork");
	if (!p->pid) {
		close(order[1]);
		close(answer[0]);
		log_to(log);
		serve(p, journal, order[0], answer[1]);
		_exit(1);
	}
	running = p;
	atexit(clean_up);
	close(order[0]);
	close(answer[1]);
	p->ask = order[1];
	p->answer = answer[0];
	/* Answered from the loop: from then on it listens. */
	subject_measure(p);
}

void subject_stop(struct subject *p)
{
	close(p->ask);
	close(p->answer);
	waitpid(p->pid, NULL, 0);
	nftw(p->dir, remove_file, 4, FTW_DEPTH | FTW_PHYS);
	running = NULL;
	ssh_key_free(p->login);
}
