/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCPD_RECORD_H
#define DTCPD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <net/if.h>

#include "dtcp-proto/request.h"
#include "dtcpd/config.h"

/*
 * What the journal has of a capture group, a destination and a criterion, as
 * bytes: a version, then fields one after the other, numbers with the lowest
 * byte first, strings with their length in front. Names are those of
 * dtcpd.conf; what the kernel has is the key of the row.
 *
 * Pure functions: what is read may be anything.
 */

#define RECORD_MAX	(64 << 10)	/* bytes of a row */
#define RECORD_GROUP_MAX 64		/* bytes in the name of a capture group */

/**
 * struct record_group - a capture group
 * @name: its name
 * @passive: its mode
 * @local: its flag
 * @mask_limit: its limits
 * @max_duplicates: same
 * @ndevice: number of @device
 * @device: its devices
 */
struct record_group {
	char name[RECORD_GROUP_MAX + 1];
	bool passive;
	bool local;
	uint32_t mask_limit;
	uint32_t max_duplicates;
	size_t ndevice;
	char device[DFC_GROUP_DEVICES_MAX][IFNAMSIZ];
};

/**
 * struct record_dest - a destination
 * @group: name of its capture group
 * @name: Cdest-ID
 * @outer: where copies go; its name is left out, its limit is not kept
 * @configured: as in &struct destination
 * @unlisted: it counts as one that dtcpd.conf does not have
 */
struct record_dest {
	char group[RECORD_GROUP_MAX + 1];
	char name[DTCP_NAME_MAX + 1];
	struct config_dest outer;
	bool configured;
	bool unlisted;
};

/**
 * struct record_criterion - a criterion
 * @source: Csource-ID
 * @group: kernel id of its capture group
 * @dest: kernel ids of its destinations
 * @ndest: number of them, 1..
 * @listed: bit of each of them whose Cdest-ID was a configured one that the
 *	source might use
 * @id: Criteria-ID, 1..
 * @priority: as the kernel has it
 * @action: &enum dtcp_action
 * @limits: CRITERION_*
 * @of_group: as in &struct criterion
 * @is_static: same
 * @send_async: same
 * @nrefresh: same
 * @added: same
 * @refreshed: same
 * @ends: same
 * @idle: same
 * @text: same; not looked at here
 * @text_len: bytes in @text
 */
struct record_criterion {
	char source[DTCP_NAME_MAX + 1];
	uint32_t group;
	uint32_t dest[DTCP_CDESTS_MAX];
	size_t ndest;
	uint8_t listed;
	uint32_t id;
	uint16_t priority;
	uint8_t action;
	uint8_t limits;
	bool of_group;
	bool is_static;
	bool send_async;
	uint32_t nrefresh;
	int64_t added;
	int64_t refreshed;
	int64_t ends;
	uint32_t idle;
	const char *text;
	size_t text_len;
};

/**
 * record_put_group() - write a capture group
 * @g: group
 * @data: filled in, of RECORD_MAX
 *
 * Return: number of bytes, 0 if it does not fit.
 */
size_t record_put_group(const struct config_group *g, void *data);
size_t record_put_dest(const struct record_dest *d, void *data);
size_t record_put_criterion(const struct record_criterion *c, void *data);

/**
 * record_get_group() - read a capture group
 * @g: filled in
 * @data: what record_put_group() wrote, or anything
 * @len: bytes in @data
 *
 * Return: whether it is one, whole and with nothing behind it.
 */
bool record_get_group(struct record_group *g, const void *data, size_t len);
bool record_get_dest(struct record_dest *d, const void *data, size_t len);

/* As these; the text stays in @data. */
bool record_get_criterion(struct record_criterion *c, const void *data,
			  size_t len);

#endif
