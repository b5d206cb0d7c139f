// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <syslog.h>

#include "dtcpd/daemon-audit.h"
#include "dtcpd/lock.h"
#include "dtcpd/log.h"
#include "dtcpd/memory.h"
#include "dtcpd/notify.h"
#include "dtcpd/restart.h"
#include "dtcpd/sandbox.h"
#include "dtcpd/sanitized.h"

static void on_kernel(void *arg, uint32_t events)
{
	struct daemon *d = arg;
	int err = dfc_client_events(d->client, d->tasking);

	if (err == -ENODEV) {
		log_msg(LOG_ERR, "kernel module dfc was unloaded");
		tasking_kernel_gone(d->tasking);
		server_flush(d->server);
		loop_stop(&d->loop, 1);
		return;
	}
	if (err)
		log_limited(LOG_WARNING, "events of the kernel: %s",
			    strerror(-err));
	tasking_settle(d->tasking);
}

static void on_tick(void *arg)
{
	struct daemon *d = arg;

	/* Lost events may still wait for a dump that succeeds. */
	on_kernel(d, 0);
	tasking_tick(d->tasking, loop_now(), memory_used("/proc/meminfo"));
	state_tick(d->state);
	audit_tick(d->audit);
	associations_tick(d->associations);
	server_tick(d->server);
	udp_tick(d->udp);
	control_tick(d->control);
}

static void on_hangup(void *arg)
{
	notify_send("RELOADING=1");
	daemon_reload(arg);
	notify_send("READY=1");
}

/* All that leaves or comes by UDP. */
static json_t *show_udp(const struct daemon *d)
{
	json_t *o = udp_show(d->udp), *more = notifier_show(d->notifier);

	json_object_update(o, more);
	json_decref(more);
	return o;
}

static json_t *show_destinations(const struct daemon *d)
{
	json_t *o = tasking_show(d->tasking, "destinations");

	associations_show(d->associations, d->config, o);
	return o;
}

static json_t *answer(void *arg, const char *request, const char *argument)
{
	struct daemon *d = arg;

	if (!strcmp(request, "clear"))
		return tasking_clear(d->tasking, argument);
	if (argument)
		return NULL;
	if (!strcmp(request, "audit"))
		return audit_show(d->audit);
	if (!strcmp(request, "ssh"))
		return server_show(d->server);
	if (!strcmp(request, "udp"))
		return show_udp(d);
	if (!strcmp(request, "destinations"))
		return show_destinations(d);
	return tasking_show(d->tasking, request);
}

static int start_client(struct daemon *d)
{
	char why[256];
	int err;

	d->client = dfc_client_open(why, sizeof(why));
	if (!d->client) {
		log_msg(LOG_ERR, "%s", why);
		return -ENODEV;
	}
	d->kernel.fd = dfc_client_event_fd(d->client);
	d->kernel.fn = on_kernel;
	d->kernel.arg = d;
	err = loop_add(&d->loop, &d->kernel, EPOLLIN);
	if (err) {
		log_msg(LOG_ERR, "epoll: %s", strerror(-err));
		dfc_client_close(d->client);
	}
	return err;
}

static void stop_client(struct daemon *d)
{
	loop_del(&d->loop, &d->kernel);
	dfc_client_close(d->client);
}

/* At the start there is nobody on a channel yet, and no server. */
static void on_notification(void *arg, const struct config_source *source,
			    const struct dtcp_writer *mixed,
			    const struct dtcp_writer *upper)
{
	struct daemon *d = arg;

	notifier_send(d->notifier, source, mixed);
	if (d->server)
		server_notify(d->server, source, upper);
}

static void on_remember(void *arg, const char *source,
			const struct tasking_memory *m)
{
	state_remember(((struct daemon *)arg)->state, source, m);
}

static bool on_recall(void *arg, const char *source, struct tasking_memory *m)
{
	return state_recall(((struct daemon *)arg)->state, source, m);
}

static void on_event(void *arg, json_t *event)
{
	control_publish(((struct daemon *)arg)->control, event);
}

static bool on_heard(void *arg)
{
	return control_heard(((struct daemon *)arg)->control);
}

void daemon_tell(struct daemon *d, const char *what)
{
	json_t *event = json_pack("{ss}", "event", what);

	on_event(d, event);
	json_decref(event);
}

static const struct tasking_outlet outlet = {
	.event = on_event,
	.heard = on_heard,
	.notify = on_notification,
	.remember = on_remember,
	.recall = on_recall,
	.audit = daemon_audit_write,
	.audit_ready = daemon_audit_ready,
	.attempt = daemon_audit_attempt,
};

static int start_audit(struct daemon *d)
{
	d->audit = audit_open(d->config);
	if (!d->audit)
		return -EIO;
	daemon_audit_config(d, "started");
	return 0;
}

static void stop_audit(struct daemon *d, const char *event)
{
	daemon_audit(d, event);
	audit_close(d->audit);
}

static int start_state(struct daemon *d)
{
	d->state = state_open(d->config->state_directory);
	return d->state ? 0 : -EIO;
}

static int start_journal(struct daemon *d)
{
	int err;

	d->journal = journal_open(d->config->state_directory, &d->found);
	if (!d->journal)
		return -EIO;
	err = holding_open(&d->holding, &d->loop, d->journal);
	if (err) {
		log_msg(LOG_ERR, "epoll: %s", strerror(-err));
		journal_close(d->journal);
	}
	return err;
}

static void stop_journal(struct daemon *d)
{
	holding_close(&d->holding);
	journal_close(d->journal);
}

static int start_associations(struct daemon *d)
{
	struct associations_change *change = NULL;

	d->associations = associations_open(d->config->state_directory,
					    !d->config->restart_drop);
	if (d->associations)
		change = associations_prepare(d->associations, d->config);
	if (!change) {
		associations_close(d->associations);
		return -EIO;
	}
	associations_commit(change);
	return 0;
}

static void stop_tasking(struct daemon *d)
{
	tasking_free(d->tasking);
	notifier_free(d->notifier);
}

static int start_tasking(struct daemon *d)
{
	int err = -ENOMEM;

	dfc_client_keep(d->client, restart_tag(d->config->state_directory),
			!d->config->restart_drop);
	d->notifier = notifier_alloc();
	d->tasking = tasking_alloc(&dfc_client_ops, d->client);
	if (d->notifier && d->tasking) {
		tasking_set_outlet(d->tasking, &outlet, d);
		err = restart_tasking(d->tasking, d->journal, d->found,
				      d->config);
	}
	if (!err)
		return 0;
	log_msg(LOG_ERR, "cannot set up capture groups: %s",
		strerror(-err));
	stop_tasking(d);
	return err;
}

static void stop_server(struct daemon *d)
{
	server_free(d->server);
	d->server = NULL;
}

static int start_server(struct daemon *d)
{
	struct server_change *change = NULL;

	d->server = server_alloc(&d->loop, d->tasking, &d->holding);
	if (d->server)
		change = server_prepare(d->server, d->config);
	if (!change) {
		stop_server(d);
		return -EINVAL;
	}
	server_commit(change);
	return 0;
}

static int start_udp(struct daemon *d)
{
	struct udp_change *change = NULL;

	d->udp = udp_alloc(&d->loop, d->tasking, &d->holding);
	if (d->udp)
		change = udp_prepare(d->udp, d->config);
	if (!change) {
		udp_free(d->udp);
		return -EINVAL;
	}
	udp_commit(change);
	return 0;
}

/* What ends after it tells nobody. */
static void stop_control(struct daemon *d)
{
	control_close(d->control);
	d->control = NULL;
}

static int start_control(struct daemon *d)
{
	d->control = control_open(&d->loop, d->config->control_socket,
				  answer, d);
	return d->control ? 0 : -EIO;
}

/* Everything that listens to the outside, on top of what it works with. */
static int start_outside(struct daemon *d)
{
	int err;

	err = start_server(d);
	if (err)
		return err;
	err = start_udp(d);
	if (err)
		goto stop_server;
	err = start_control(d);
	if (err)
		goto stop_udp;
	err = signals_open(&d->signals, &d->loop, on_hangup, d);
	if (err)
		goto stop_control;
	err = ticker_open(&d->ticker, &d->loop, on_tick, d);
	if (err)
		goto stop_signals;
	/* Before sandbox_enter(), which holds for threads that are there. */
	err = journal_start(d->journal);
	if (err) {
		log_msg(LOG_ERR, "cannot make a thread: %s", strerror(-err));
		goto stop_ticker;
	}
	return 0;

stop_ticker:
	ticker_close(&d->ticker);
stop_signals:
	signals_close(&d->signals);
stop_control:
	stop_control(d);
stop_udp:
	udp_free(d->udp);
stop_server:
	stop_server(d);
	return err;
}

static void stop_outside(struct daemon *d)
{
	ticker_close(&d->ticker);
	signals_close(&d->signals);
	stop_control(d);
	udp_free(d->udp);
	stop_server(d);
}

int daemon_start(struct daemon *d)
{
	int err;

	err = loop_init(&d->loop);
	if (err) {
		log_msg(LOG_ERR, "epoll: %s", strerror(-err));
		return err;
	}
	d->lock = lock_take(d->config->control_socket);
	if (d->lock < 0) {
		err = d->lock;
		goto fini_loop;
	}
	err = start_client(d);
	if (err)
		goto release_lock;
	err = start_state(d);
	if (err)
		goto stop_client;
	err = start_audit(d);
	if (err)
		goto close_state;
	err = start_journal(d);
	if (err)
		goto stop_audit;
	err = start_associations(d);
	if (err)
		goto stop_journal;
	err = start_tasking(d);
	if (err)
		goto close_associations;
	err = start_outside(d);
	if (err)
		goto stop_tasking;
	err = SANITIZED ? 0 : sandbox_enter();
	if (err)
		goto stop_outside;
	notify_send("READY=1");
	log_msg(LOG_INFO, "ready");
	return 0;

stop_outside:
	stop_outside(d);
stop_tasking:
	stop_tasking(d);
close_associations:
	associations_close(d->associations);
stop_journal:
	stop_journal(d);
stop_audit:
	stop_audit(d, "start-failed");
close_state:
	state_close(d->state);
stop_client:
	stop_client(d);
release_lock:
	lock_release(d->lock);
fini_loop:
	loop_fini(&d->loop);
	return err;
}

void daemon_stop(struct daemon *d)
{
	notify_send("STOPPING=1");
	daemon_tell(d, "stopping");
	stop_outside(d);
	stop_tasking(d);
	/* Where filters go now, nothing is to be encrypted afterwards. */
	stop_client(d);
	associations_close(d->associations);
	stop_journal(d);
	stop_audit(d, "stopped");
	state_close(d->state);
	lock_release(d->lock);
	loop_fini(&d->loop);
}
