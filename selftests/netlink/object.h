/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef OBJECT_H
#define OBJECT_H

#include <net/if.h>

#include "wire.h"

/**
 * struct addr - a range of addresses, as in &enum dfc_addr_attr
 * @from: first address, behind it zeros if it is of IPv4
 * @to: last address, same
 * @negated: DFC_ENTRY_F_NOT
 */
struct addr {
	uint8_t from[16];
	uint8_t to[16];
	bool negated;
};

/**
 * struct range - a range of numbers, as in &enum dfc_range_attr
 * @from: first
 * @to: last
 * @negated: DFC_ENTRY_F_NOT
 */
struct range {
	uint16_t from;
	uint16_t to;
	bool negated;
};

struct addrs {
	unsigned int n;
	struct addr entry[DFC_FILTER_ENTRIES_MAX];
};

struct ranges {
	unsigned int n;
	struct range entry[DFC_FILTER_ENTRIES_MAX];
};

/* A list of one entry, whose members are given. */
#define ONE(...) { .n = 1, .entry = { { __VA_ARGS__ } } }

/**
 * struct counters - as in &enum dfc_counters_attr
 * @present: bit of each attribute that was there
 * @matched_packets: same names there
 * @matched_bytes: same
 * @copies: same
 * @sent_packets: same
 * @sent_bytes: same
 * @dropped_packets: same
 * @bandwidth: same
 * @drop: by cause
 * @drop_bytes: same
 */
struct counters {
	uint32_t present;
	uint64_t matched_packets;
	uint64_t matched_bytes;
	uint64_t copies;
	uint64_t sent_packets;
	uint64_t sent_bytes;
	uint64_t dropped_packets;
	uint64_t bandwidth;
	uint64_t drop[DFC_DROP_MAX + 1];
	uint64_t drop_bytes[DFC_DROP_MAX + 1];
};

/**
 * struct rule - what user space says of a filter; names as in the contract
 * @id: 0 is left out, like all other zeros here
 * @flags: DFC_FILTER_F_*
 * @family: AF_INET or AF_INET6; needed if there are addresses
 * @priority: lower is more important
 * @timeout_total: seconds
 * @timeout_idle: seconds
 * @limit_packets: packets
 * @limit_bytes: bytes
 * @src: source addresses
 * @dst: destination addresses
 * @protocol: protocols
 * @src_port: source ports
 * @dst_port: destination ports
 * @icmp_type: ICMP types
 * @icmp_code: ICMP codes
 * @scope: enum dfc_scope
 * @ndevices: number of @device
 * @device: names of network devices
 * @action: enum dfc_action
 * @has_ids: copies bear the ids, which then are written even if they are 0
 * @intercept: first of them
 * @session: second
 * @group: id of the group
 * @ndests: number of @dest
 * @dest: ids of destinations
 */
struct rule {
	uint32_t id;
	uint32_t flags;
	uint16_t family;
	uint32_t priority;
	uint32_t timeout_total;
	uint32_t timeout_idle;
	uint64_t limit_packets;
	uint64_t limit_bytes;
	struct addrs src;
	struct addrs dst;
	struct ranges protocol;
	struct ranges src_port;
	struct ranges dst_port;
	struct ranges icmp_type;
	struct ranges icmp_code;
	uint32_t scope;
	unsigned int ndevices;
	char device[DFC_FILTER_DEVICES_MAX][IFNAMSIZ];
	uint32_t action;
	bool has_ids;
	uint32_t intercept;
	uint32_t session;
	uint32_t group;
	unsigned int ndests;
	uint32_t dest[DFC_FILTER_DESTS_MAX];
};

/**
 * struct filter - a filter as the kernel reports it
 * @rule: what user space said
 * @present: bit of each attribute that was there
 * @left_total: milliseconds
 * @left_idle: milliseconds
 * @left_packets: packets
 * @left_bytes: bytes
 * @age: milliseconds
 * @counters: of it
 */
struct filter {
	struct rule rule;
	uint32_t present;
	uint64_t left_total;
	uint64_t left_idle;
	uint64_t left_packets;
	uint64_t left_bytes;
	uint64_t age;
	struct counters counters;
};

/**
 * struct dest - a destination
 * @id: 0 is left out, like all other zeros here but @security
 * @flags: DFC_DEST_F_*
 * @family: AF_INET or AF_INET6
 * @addr: outer destination address
 * @src_addr: outer source address
 * @port: outer destination port
 * @src_port: outer source port
 * @ttl: outer TTL or hop limit
 * @security: enum dfc_security
 * @format: enum dfc_format
 * @dscp: outer code point
 * @queue_max: bytes that may wait
 * @tag: of user space
 * @present: bit of each attribute that was there; out only
 * @filters: filters that use it; out only
 * @queued_packets: copies that wait; out only
 * @queued_bytes: bytes of these; out only
 * @counters: of it; out only
 */
struct dest {
	uint32_t id;
	uint32_t flags;
	uint16_t family;
	uint8_t addr[16];
	uint8_t src_addr[16];
	uint16_t port;
	uint16_t src_port;
	uint8_t ttl;
	uint32_t security;
	uint32_t format;
	uint8_t dscp;
	uint32_t queue_max;
	uint32_t tag;
	uint32_t present;
	uint32_t filters;
	uint32_t queued_packets;
	uint32_t queued_bytes;
	struct counters counters;
};

/**
 * struct site - a capture group
 * @id: 0 is left out, like all other zeros here
 * @flags: DFC_GROUP_F_*
 * @mode: enum dfc_mode
 * @masks_max: masks that its filters may have
 * @duplicates_max: copies of one packet that they may make
 * @tag: of user space; not for act_site_set()
 * @ndevices: number of @device
 * @device: names of network devices
 * @present: bit of each attribute that was there; out only
 * @filters: filters that are in it; out only
 * @masks: masks that these have; out only
 * @seen_packets: frames that came in by its devices; out only
 */
struct site {
	uint32_t id;
	uint32_t flags;
	uint32_t mode;
	uint32_t masks_max;
	uint32_t duplicates_max;
	uint32_t tag;
	unsigned int ndevices;
	char device[DFC_GROUP_DEVICES_MAX][IFNAMSIZ];
	uint32_t present;
	uint32_t filters;
	uint32_t masks;
	uint64_t seen_packets;
};

/**
 * struct stats - a network namespace
 * @present: bit of each attribute that was there
 * @filters: filters now
 * @dests: destinations now
 * @groups: groups now
 * @masks: combinations of fields and prefix lengths now
 * @seen_packets: packets looked up
 * @malformed_packets: packets without usable headers
 * @expired: filters that met a limit
 * @instance: random, of this state of the namespace
 * @counters: of all
 */
struct stats {
	uint32_t present;
	uint32_t filters;
	uint32_t dests;
	uint32_t groups;
	uint32_t masks;
	uint64_t seen_packets;
	uint64_t malformed_packets;
	uint64_t expired;
	uint64_t lost_fragments;
	uint64_t lost_pending;
	uint64_t instance;
	struct counters counters;
};

/**
 * struct event - the end of a filter
 * @reason: enum dfc_reason
 * @filter: the filter
 */
struct event {
	uint32_t reason;
	struct filter filter;
};

/**
 * rule_put() - write a filter
 * @r: request
 * @rule: filter
 */
void rule_put(struct request *r, const struct rule *rule);

/**
 * rule_put_id() - write a filter of which only the id is named
 * @r: request
 * @id: id
 */
void rule_put_id(struct request *r, uint32_t id);

/**
 * dest_put() - write a destination
 * @r: request
 * @dest: destination
 */
void dest_put(struct request *r, const struct dest *dest);

/**
 * dest_put_id() - write a destination of which only the id is named
 * @r: request
 * @id: id
 */
void dest_put_id(struct request *r, uint32_t id);

/**
 * site_put() - write a group
 * @r: request
 * @site: group
 */
void site_put(struct request *r, const struct site *site);

/**
 * site_put_id() - write a group of which only the id is named
 * @r: request
 * @id: id
 */
void site_put_id(struct request *r, uint32_t id);

/**
 * filter_read() - a wire_reader for a filter
 * @nlh: answer to FILTER_GET
 * @arg: &struct filter, filled
 *
 * Return: whether the message was as the contract has it.
 */
bool filter_read(const struct nlmsghdr *nlh, void *arg);

/**
 * dest_read() - a wire_reader for a destination
 * @nlh: answer to DEST_GET
 * @arg: &struct dest, filled
 *
 * Return: whether the message was as the contract has it.
 */
bool dest_read(const struct nlmsghdr *nlh, void *arg);

/**
 * site_read() - a wire_reader for a group
 * @nlh: answer to GROUP_GET
 * @arg: &struct site, filled
 *
 * Return: whether the message was as the contract has it.
 */
bool site_read(const struct nlmsghdr *nlh, void *arg);

/**
 * stats_read() - a wire_reader for the counters of the namespace
 * @nlh: answer to STATS_GET
 * @arg: &struct stats, filled
 *
 * Return: whether the message was as the contract has it.
 */
bool stats_read(const struct nlmsghdr *nlh, void *arg);

/**
 * event_read() - a wire_reader for the end of a filter
 * @nlh: event
 * @arg: &struct event, filled
 *
 * Return: whether the message was as the contract has it.
 */
bool event_read(const struct nlmsghdr *nlh, void *arg);

/**
 * drops_read() - a wire_reader for a destination that loses copies
 * @nlh: event
 * @arg: &struct dest, of which id and counters are filled
 *
 * Return: whether the message was as the contract has it.
 */
bool drops_read(const struct nlmsghdr *nlh, void *arg);

/**
 * has() - ask whether an attribute was there
 * @present: bits of those that were
 * @type: attribute
 *
 * Return: whether it was.
 */
static inline bool has(uint32_t present, unsigned int type)
{
	return present & UINT32_C(1) << type;
}

#endif /* OBJECT_H */
