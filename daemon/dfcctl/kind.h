/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_KIND_H
#define DFCCTL_KIND_H

#include "dfcctl/field.h"

extern const struct kind kind_id;		/* u32, 1.. */
extern const struct kind kind_count;		/* u32 or u64, 0.. */
extern const struct kind kind_limit;		/* u64, 1.. */
extern const struct kind kind_u32;		/* u32, 0.. */
extern const struct kind kind_timeout;		/* u32, seconds */
extern const struct kind kind_milliseconds;	/* u64, s in JSON */
extern const struct kind kind_instance;		/* u64, hexadecimal */
extern const struct kind kind_port;		/* u16, 1.. */
extern const struct kind kind_queue;		/* u32, bytes */
extern const struct kind kind_ttl;		/* u8, 1.. */
extern const struct kind kind_dscp;		/* u8, 6 bits */
extern const struct kind kind_family;		/* u16, inet, inet6, ccc */
extern const struct kind kind_security;		/* u32, enum dfc_security */
extern const struct kind kind_format;		/* u32, enum dfc_format */
extern const struct kind kind_action;		/* u32, enum dfc_action */
extern const struct kind kind_mode;		/* u32, enum dfc_mode */
extern const struct kind kind_masks;		/* u32, limit of masks */
extern const struct kind kind_duplicates;	/* u32, limit of copies */
extern const struct kind kind_device;		/* string */
extern const struct kind kind_intercept;	/* u32, 30 bits */
extern const struct kind kind_owned;		/* u32 flags */
extern const struct kind kind_local;		/* u32 flags */
extern const struct kind kind_address;		/* 4 or 16 bytes */
extern const struct kind kind_addresses;	/* nest of dfc_addr_attr */
extern const struct kind kind_ports;		/* nest of dfc_range_attr */
extern const struct kind kind_protocols;	/* nest of dfc_range_attr */
extern const struct kind kind_octets;		/* nest of dfc_range_attr */
extern const struct kind kind_drop;		/* nest of dfc_drop_attr */
extern const struct kind kind_drop_bytes;	/* same */

/**
 * kind_number_parse() - read a decimal number
 * @word: digits only
 * @min: smallest number allowed
 * @max: largest number allowed
 * @value: filled
 *
 * Return: 0 or -EINVAL.
 */
int kind_number_parse(const char *word, uint64_t min, uint64_t max,
		      uint64_t *value);

#endif
