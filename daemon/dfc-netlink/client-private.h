/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFC_NETLINK_CLIENT_PRIVATE_H
#define DFC_NETLINK_CLIENT_PRIVATE_H

#include <netlink/netlink.h>
#include <netlink/genl/genl.h>

#include "dfc-netlink/client.h"

#define CLIENT_ERROR_MAX	256

/**
 * struct dfc_client - two sockets to the kernel module
 * @request: sends requests and owns what they add; blocking
 * @route: asks rtnetlink for network devices; blocking
 * @event: listens to events; not blocking
 * @cb: callbacks of @request
 * @event_cb: callbacks of @event
 * @family: id of the family dfc
 * @longest: bytes that a message to @request may have
 * @error: sentence about the last request that failed
 * @tag: of what is added
 * @keep: what is added is not owned
 * @unloaded: the family is gone
 * @lost: events were lost
 * @t: told of events while they are read
 */
struct dfc_client {
	struct nl_sock *request;
	struct nl_sock *route;
	struct nl_sock *event;
	struct nl_cb *cb;
	struct nl_cb *event_cb;
	int family;
	size_t longest;
	char error[CLIENT_ERROR_MAX];
	uint32_t tag;
	bool keep;
	bool unloaded;
	bool lost;
	struct tasking *t;
};

/* Looks at one reply; may be called many times. */
typedef void (*client_parse)(struct nlmsghdr *nlh, void *arg);

/**
 * client_alloc() - make a client whose sockets are not connected yet
 *
 * Return: freed by dfc_client_close(); NULL when out of memory.
 */
struct dfc_client *client_alloc(void);

/**
 * client_message() - begin a request
 * @c: client
 * @cmd: &enum dfc_cmd
 * @flags: NLM_F_DUMP or 0
 * @room: bytes of attributes that will follow, at most
 *
 * Return: freed by client_call(); NULL when out of memory.
 */
struct nl_msg *client_message(struct dfc_client *c, uint8_t cmd, int flags,
			      size_t room);

/**
 * client_talk() - send a request on any socket and wait for its end
 * @c: client; its error is the kernel's sentence, or that of libnl
 * @sk: @c->request or @c->route
 * @msg: request, freed; NULL: -ENOMEM
 * @parse: called for each reply, or NULL
 * @arg: passed to @parse
 *
 * Return: as client_call(), but the error may be empty.
 */
int client_talk(struct dfc_client *c, struct nl_sock *sk, struct nl_msg *msg,
		client_parse parse, void *arg);

/**
 * client_call() - send a request and wait for its end
 * @c: client; its error is filled on failure
 * @msg: request, freed; NULL: -ENOMEM
 * @parse: called for each reply, or NULL
 * @arg: passed to @parse
 *
 * Return: 0, 1 for a dump that was complete but changed under way, or what the
 * kernel refused with, a negative errno; -ENODEV: the module was unloaded.
 */
int client_call(struct dfc_client *c, struct nl_msg *msg, client_parse parse,
		void *arg);

/**
 * client_each() - dump all objects of a kind, once
 * @c: client
 * @cmd: &enum dfc_cmd that gets them
 * @parse: called for each, for none twice
 * @arg: passed to @parse
 *
 * A dump that changed under way has shown what was there all the time.
 *
 * Return: 0 or a negative errno, as client_call().
 */
int client_each(struct dfc_client *c, uint8_t cmd, client_parse parse,
		void *arg);

/**
 * client_dump() - dump all filters of the namespace
 * @c: client
 * @parse: called for each filter, twice if the dump had to be repeated
 * @arg: passed to @parse
 *
 * Return: as client_call(). After 1, what lived all the time has been seen.
 */
int client_dump(struct dfc_client *c, client_parse parse, void *arg);

/**
 * client_filter_put() - write a filter into a request
 * @msg: request
 * @f: filter
 * @keep: it is not owned
 *
 * Return: 0 or -EMSGSIZE.
 */
int client_filter_put(struct nl_msg *msg, const struct tasking_filter *f,
		      bool keep);

/**
 * client_name_filters() - begin a request that names filters
 * @c: client
 * @cmd: &enum dfc_cmd
 * @limits: limits that are not 0 are written for each of them
 * @id: filters
 * @n: number of them
 *
 * Return: freed by client_call(); NULL when out of memory.
 */
struct nl_msg *client_name_filters(struct dfc_client *c, uint8_t cmd,
				   const struct tasking_filter *limits,
				   const uint32_t *id, size_t n);

/**
 * client_filter_read() - read id and counters of a filter
 * @nlh: reply or event
 * @id: filled in
 * @c: filled in
 * @reason: filled in unless NULL; DFC_REASON_DELETED where there is none
 *
 * Return: 0 or -EBADMSG.
 */
int client_filter_read(struct nlmsghdr *nlh, uint32_t *id,
		       struct tasking_counters *c, enum dfc_reason *reason);

/**
 * client_dest_read() - read id and counters of a destination
 * @nlh: reply or event
 * @d: filled in
 *
 * Return: 0 or -EBADMSG.
 */
int client_dest_read(struct nlmsghdr *nlh, struct tasking_dest *d);

/* Operations of tasking, by noun. */
int client_filter_add(void *ctx, const struct tasking_filter *f);
int client_filter_set(void *ctx, const struct tasking_filter *limits,
		      const uint32_t *id, size_t n);
int client_filter_del(void *ctx, const uint32_t *id, size_t n);
int client_filter_get(void *ctx, const uint32_t *id, size_t n,
		      struct tasking_counters *counters, bool *found);
int client_filter_each(void *ctx, tasking_filter_fn *fn, void *arg);
int client_group_add(void *ctx, uint32_t id, const struct config_group *g);
int client_group_set(void *ctx, uint32_t id, const struct config_group *g);
int client_group_del(void *ctx, uint32_t id);
int client_group_each(void *ctx, tasking_group_fn *fn, void *arg);
int client_dest_add(void *ctx, uint32_t id, const struct config_dest *d);
int client_dest_del(void *ctx, uint32_t id);
int client_dest_each(void *ctx, tasking_dest_fn *fn, void *arg);
int client_seen_get(void *ctx, uint32_t group, uint64_t *packets);
int client_instance_get(void *ctx, uint64_t *instance);
int client_device_check(void *ctx, const char *name, bool vrf);

/**
 * client_event_expect() - say what becomes of events
 * @c: client
 */
void client_event_expect(struct dfc_client *c);

/**
 * client_event_init() - listen to events
 * @c: client with @c->request connected
 *
 * Return: 0 or a negative NLE_* of libnl.
 */
int client_event_init(struct dfc_client *c);

#endif
