/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_CONFIG_H
#define DTCPD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/dfc.h>

#include "dtcp-proto/request.h"
#include "dtcpd/esp-key.h"

#define CONFIG_LISTEN_MAX	8
#define CONFIG_HOST_KEYS_MAX	4
#define CONFIG_SOURCE_ADDRESSES_MAX	8
#define CONFIG_MASKS_MAX	1024	/* of all groups, in the kernel */
#define CONFIG_TARGETS_MAX	8	/* notification-targets of a source */

/* An address prefix. */
struct config_prefix {
	struct dtcp_outer_addr addr;
	uint8_t len;
};

/* Where notifications go over UDP. */
struct config_target {
	struct dtcp_outer_addr addr;
	uint16_t port;
};

enum config_sequence_check {
	CONFIG_SEQUENCE_DEFAULT,	/* on over UDP, off over SSH */
	CONFIG_SEQUENCE_ON,
	CONFIG_SEQUENCE_OFF,
};

/**
 * struct config_association - security-association NAME
 * @name: 1..CONFIG_ASSOCIATION_NAME_MAX characters
 * @transport: `mode = transport`
 * @local: outer source of ESP; family AF_UNSPEC if no destination uses it and
 *	it is not given
 * @remote: outer destination of ESP; likewise
 * @spi: 256..2^32 - 1
 * @algorithm: what encrypts
 * @key_file: absolute path
 * @esn: extended-sequence-numbers
 */
struct config_association {
	char *name;
	bool transport;
	struct dtcp_outer_addr local;
	struct dtcp_outer_addr remote;
	uint32_t spi;
	const struct esp_algorithm *algorithm;
	char *key_file;
	bool esn;
};

/**
 * struct config_limit - how much a content destination may be sent, in bit/s
 * @soft: soft-limit; 0: none
 * @soft_clear: soft-limit-clear, below @soft
 * @hard: hard-limit; 0: none
 * @hard_target: hard-limit-target, below @hard; above @soft if there are both
 */
struct config_limit {
	uint64_t soft;
	uint64_t soft_clear;
	uint64_t hard;
	uint64_t hard_target;
};

/**
 * struct config_dest - content-destination NAME
 * @name: Cdest-ID, 1..DTCP_NAME_MAX characters
 * @address: outer destination
 * @port: outer UDP destination port; 0 with @format ipip
 * @source: outer source; family AF_UNSPEC: chosen by the route
 * @source_port: outer UDP source port; 0: as @port
 * @ttl: 1..255
 * @security_none: `security = none`: copies may leave in the clear
 * @association: number of its security-association, from 1 on; 0: none. With
 *	one, @source is never AF_UNSPEC
 * @format: what copies look like
 * @dscp: 0..63
 * @queue_limit: bytes of copies that may wait,
 *	DFC_DEST_QUEUE_MIN..DFC_DEST_QUEUE_MAX
 * @limit: soft-limit, hard-limit and what belongs to them
 */
struct config_dest {
	char *name;
	struct dtcp_outer_addr address;
	uint16_t port;
	struct dtcp_outer_addr source;
	uint16_t source_port;
	uint8_t ttl;
	bool security_none;
	size_t association;
	enum dfc_format format;
	uint8_t dscp;
	uint32_t queue_limit;
	struct config_limit limit;
};

/**
 * struct config_source - control-source ID
 * @name: Csource-ID and SSH user
 * @password: crypt(3) hash or NULL: no password login
 * @authorized_keys: file of public keys or NULL: no key login
 * @key: shared-key; `Juniper` where none is configured
 * @key_len: 1..DTCP_KEY_MAX
 * @allowed: allowed-destinations; NULL: all of its group
 * @nallowed: number of them
 * @minimum_priority: 0..254, added to the priority of each criterion
 * @dynamic_destinations: ADD may name an outer address of its own
 * @max_criteria: 0: no limit of its own
 * @service_port: UDP port that its requests come to; 0: it has none
 * @source_address: source-addresses, over UDP and SSH
 * @nsource_address: number of them; 0: it may send from anywhere
 * @target: notification-targets
 * @ntarget: number of them
 * @notification_version: version of notifications; 0.0: that which the source
 *	used last, 0.7 before
 * @sequence_check: whether sequence numbers are checked
 * @ssh_notifications: notifications go to all of its SSH channels, asked or not
 * @no_syslog: requests and answers are not logged
 * @rate_limit: requests a second over UDP; 0: no limit
 * @action_redirect: ADD may say Action: Redirect
 * @action_block: ADD may say Action: Block
 */
struct config_source {
	char *name;
	char *password;
	char *authorized_keys;
	char key[DTCP_KEY_MAX];
	size_t key_len;
	char **allowed;
	size_t nallowed;
	uint8_t minimum_priority;
	bool dynamic_destinations;
	uint32_t max_criteria;
	uint16_t service_port;
	struct config_prefix source_address[CONFIG_SOURCE_ADDRESSES_MAX];
	size_t nsource_address;
	struct config_target target[CONFIG_TARGETS_MAX];
	size_t ntarget;
	struct dtcp_version notification_version;
	enum config_sequence_check sequence_check;
	bool ssh_notifications;
	bool no_syslog;
	uint32_t rate_limit;
	bool action_redirect;
	bool action_block;
};

/**
 * struct config_group - capture-group NAME
 * @name: 1..CONFIG_GROUP_NAME_MAX characters
 * @passive: `mode = passive`: what comes in by the devices goes no further
 * @device: interfaces, as Linux names, each once; one that is in a passive
 *	group is in no other passive one
 * @ndevice: number of them; 0, for an active group only: all
 * @local: `capture-local = yes`: packets to and from this machine count
 * @mask_limit: 1..CONFIG_MASKS_MAX
 * @max_duplicates: copies of one packet, 1..DFC_GROUP_DUPLICATES_MAX; its own,
 *	or g-max-duplicates
 * @duplicates_period: duplicates-dropped-periodicity, 1..255 s; likewise
 * @packet_rate: input-packet-rate-threshold, packets/s; 0: none
 * @memory: pic-memory-threshold, 0..100 %; -1: none
 * @dest: destinations, for sources of this group only
 * @ndest: number of them
 * @source: control sources
 * @nsource: number of them
 */
struct config_group {
	char *name;
	bool passive;
	char **device;
	size_t ndevice;
	bool local;
	uint32_t mask_limit;
	uint32_t max_duplicates;
	uint32_t duplicates_period;
	uint64_t packet_rate;
	int memory;
	struct config_dest *dest;
	size_t ndest;
	struct config_source *source;
	size_t nsource;
};

struct config_ssh {
	char *listen[CONFIG_LISTEN_MAX];
	size_t nlisten;
	uint16_t port;
	char *host_key[CONFIG_HOST_KEYS_MAX];
	size_t nhost_key;
	unsigned int connection_limit;
	unsigned int rate_limit;
	unsigned int lockout_attempts;	/* 1..LOCKOUT_ATTEMPTS_MAX */
	unsigned int lockout_period;	/* s, 1..LOCKOUT_PERIOD_MAX */
	bool legacy_algorithms;
};

/* Addresses that the service-ports of all control sources are opened at. */
struct config_udp {
	char *listen[CONFIG_LISTEN_MAX];
	size_t nlisten;
};

/* interface-alias NAME: what a Junos interface is called here. */
struct config_alias {
	char *name;	/* with its unit */
	char *device;
};

/**
 * struct config - dtcpd.conf
 * @ssh: flow-tap-dtcp ssh
 * @udp: flow-tap-dtcp udp
 * @control_socket: path
 * @state_directory: where sequence numbers and Criteria-IDs are kept
 * @restart_drop: restart = drop: what is tapped goes when dtcpd ends
 * @audit_log: file of the audit log; NULL: `audit` in the state directory
 * @audit_key_file: key of its chain; NULL: none
 * @max_criteria: of all control sources together, 1..
 * @log_criteria: the log may name addresses of targets
 * @alias: interface-alias
 * @nalias: number of them
 * @association: security-association
 * @nassociation: number of them
 * @group: capture-group
 * @ngroup: number of them
 */
struct config {
	struct config_ssh ssh;
	struct config_udp udp;
	char *control_socket;
	char *state_directory;
	bool restart_drop;
	char *audit_log;
	char *audit_key_file;
	uint32_t max_criteria;
	bool log_criteria;
	struct config_alias *alias;
	size_t nalias;
	struct config_association *association;
	size_t nassociation;
	struct config_group *group;
	size_t ngroup;
};

/**
 * config_load() - read and check dtcpd.conf
 * @path: file
 * @report: called with one line `FILE:LINE: what, what was expected` for the
 *	first error
 *
 * Control source names are unique over all groups, since an SSH user has no
 * group; destination names are unique within a group.
 *
 * Return: the configuration, freed by config_free(), or NULL.
 */
struct config *config_load(const char *path, void (*report)(const char *line));

/**
 * struct config_trials - what config_try() tries beside the checks
 *
 * All return whether it can be used as it is; else @why is filled with what
 * is wrong and what was expected, without the path.
 *
 * @host_key: a file of host-key; @type is filled with a name of its type, of
 *	which there may be one
 * @authorized_keys: a file of authorized-keys
 * @state_directory: state-directory
 * @key: a key-file for this algorithm
 * @audit_key: audit-key-file
 */
struct config_trials {
	bool (*host_key)(const char *path, const char **type, char *why,
			 size_t room);
	bool (*authorized_keys)(const char *path, char *why, size_t room);
	bool (*state_directory)(const char *path, char *why, size_t room);
	bool (*key)(const char *path, const struct esp_algorithm *algorithm,
		    char *why, size_t room);
	bool (*audit_key)(const char *path, char *why, size_t room);
};

/**
 * config_try() - as config_load(), and try what the file names
 * @path: file
 * @trials: how
 * @report: as for config_load(); what is wrong is reported with the line of
 *	the statement
 *
 * Return: as config_load().
 */
struct config *config_try(const char *path, const struct config_trials *trials,
			  void (*report)(const char *line));

/**
 * config_free() - free a configuration and wipe its secrets
 * @c: configuration or NULL
 */
void config_free(struct config *c);

/**
 * config_source_find() - look up a control source
 * @c: configuration
 * @name: Csource-ID
 * @group: filled with its group unless NULL
 *
 * Return: the source or NULL.
 */
const struct config_source *
config_source_find(const struct config *c, const char *name,
		   const struct config_group **group);

/**
 * config_interface() - the Linux device that an interface name means
 * @c: configuration
 * @name: Junos name (unit 0 if left out) or Linux name
 *
 * Return: device owned by @c, @name itself if it can be a Linux name, or NULL
 * for a Junos name without an alias.
 */
const char *config_interface(const struct config *c, const char *name);

/**
 * config_exposed() - whether strangers can read secrets in the file
 * @path: file that @c was loaded from
 * @c: configuration
 *
 * Return: true if users other than owner and group may read @path and it
 * holds a password or a shared-key.
 */
bool config_exposed(const char *path, const struct config *c);

#endif
