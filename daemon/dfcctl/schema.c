// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <linux/dfc.h>

#include "dfcctl/kind.h"
#include "dfcctl/schema.h"

#define COUNTER(key, title, a, ...) \
	{ .name = (key), .head = (title), .attr = DFC_COUNTERS_A_##a, \
	  .kind = &kind_count, __VA_ARGS__ }

/* Not of the kernel: rates_add() has them from two samples. */
#define RATE(key, title, of, ...) \
	{ .name = (key), .head = (title), .unit = (of), __VA_ARGS__ }

static const struct field counters[] = {
	COUNTER("matched-packets", "MATCHED", MATCHED_PACKETS),
	COUNTER("matched-bytes", "BYTES", MATCHED_BYTES),
	COUNTER("copies", "COPIES", COPIES),
	COUNTER("sent-packets", "SENT", SENT_PACKETS),
	COUNTER("sent-bytes", NULL, SENT_BYTES),
	COUNTER("dropped-packets", "DROPPED", DROPPED_PACKETS,
		.flags = FIELD_ALARM),
	COUNTER("bandwidth", "BANDWIDTH", BANDWIDTH, .unit = UNIT_BITRATE),
	{ .name = "drops", .head = "DROPS", .attr = DFC_COUNTERS_A_DROP,
	  .kind = &kind_drop, .flags = FIELD_LIST | FIELD_ALARM },
	{ .name = "drop-bytes", .attr = DFC_COUNTERS_A_DROP,
	  .kind = &kind_drop_bytes, .flags = FIELD_LIST },
	RATE("matched-packet-rate", "PACKETS/s", UNIT_PACKETRATE),
	RATE("matched-bit-rate", "RATE", UNIT_BITRATE),
	RATE("sent-packet-rate", NULL, UNIT_PACKETRATE),
	RATE("sent-bit-rate", NULL, UNIT_BITRATE),
	RATE("dropped-packet-rate", "DROPS/s", UNIT_PACKETRATE,
	     .flags = FIELD_ALARM),
	{ 0 }
};

/* A list of a filter: what it holds and what it excludes. */
#define LIST(key, a, type, ...) \
	{ .name = (key), .attr = DFC_FILTER_A_##a, .kind = (type), \
	  .flags = FIELD_ADD | FIELD_LIST | FIELD_MATCH, __VA_ARGS__ }, \
	{ .name = "not-" key, .attr = DFC_FILTER_A_##a, .kind = (type), \
	  .flags = FIELD_ADD | FIELD_LIST | FIELD_MATCH | FIELD_NOT, \
	  __VA_ARGS__ }

/* Devices, of which the scope says what they are for. */
#define DEVICE(key, scope, ...) \
	{ .name = (key), .attr = DFC_FILTER_A_DEVICE, .kind = &kind_device, \
	  .when = DFC_FILTER_A_SCOPE, .is = DFC_SCOPE_##scope, \
	  .flags = FIELD_ADD | FIELD_MATCH __VA_ARGS__ }

#define LIMIT(key, a, type, ...) \
	{ .name = (key), .attr = DFC_FILTER_A_##a, .kind = (type), \
	  .flags = FIELD_ADD | FIELD_SET, __VA_ARGS__ }

#define LEFT(key, a, type, ...) \
	{ .name = (key), .attr = DFC_FILTER_A_##a, .kind = (type), __VA_ARGS__ }

const struct field schema_filter[] = {
	{ .name = "id", .head = "ID", .attr = DFC_FILTER_A_ID,
	  .kind = &kind_id, .flags = FIELD_ADD | FIELD_SET | FIELD_NEEDED },
	{ .name = SCHEMA_CONTROL_SOURCE, .head = "SOURCE" },
	{ .name = SCHEMA_CRITERIA_ID, .head = "CRITERION" },
	{ .name = "family", .head = "FAMILY", .attr = DFC_FILTER_A_FAMILY,
	  .kind = &kind_family, .flags = FIELD_ADD },
	LIST("from", SRC, &kind_addresses),
	LIST("to", DST, &kind_addresses),
	LIST("protocol", PROTOCOL, &kind_protocols, .unit = UNIT_PROTOCOL),
	LIST("source-port", SRC_PORT, &kind_ports),
	LIST("dest-port", DST_PORT, &kind_ports),
	LIST("icmp-type", ICMP_TYPE, &kind_octets),
	LIST("icmp-code", ICMP_CODE, &kind_octets),
	{ .name = "group", .head = "GROUP", .attr = DFC_FILTER_A_GROUP_ID,
	  .kind = &kind_id, .flags = FIELD_ADD | FIELD_GROUP },
	DEVICE("input", INPUT, | FIELD_LIST),
	DEVICE("output", OUTPUT, | FIELD_LIST),
	DEVICE("vrf", VRF),
	{ .name = "action", .head = "ACTION", .attr = DFC_FILTER_A_ACTION,
	  .kind = &kind_action, .flags = FIELD_ADD },
	/* What blocks has none: the kernel says where one is missing. */
	{ .name = "destinations", .word = "destination", .head = "DEST",
	  .attr = DFC_FILTER_A_DEST_ID, .kind = &kind_id,
	  .flags = FIELD_ADD | FIELD_LIST | FIELD_DEST },
	{ .name = "intercept-id", .attr = DFC_FILTER_A_INTERCEPT_ID,
	  .kind = &kind_intercept, .flags = FIELD_ADD },
	{ .name = "session-id", .attr = DFC_FILTER_A_SESSION_ID,
	  .kind = &kind_u32, .flags = FIELD_ADD },
	{ .name = SCHEMA_CONTENT_DESTINATIONS, .head = "TO" },
	{ .name = "priority", .head = "PRIORITY",
	  .attr = DFC_FILTER_A_PRIORITY, .kind = &kind_u32,
	  .flags = FIELD_ADD },
	LIMIT("timeout-total", TIMEOUT_TOTAL, &kind_timeout,
	      .unit = UNIT_SECONDS),
	LEFT("left-total", LEFT_TOTAL, &kind_milliseconds,
	     .unit = UNIT_DURATION),
	LIMIT("timeout-idle", TIMEOUT_IDLE, &kind_timeout,
	      .unit = UNIT_SECONDS),
	LEFT("left-idle", LEFT_IDLE, &kind_milliseconds,
	     .unit = UNIT_DURATION),
	LIMIT("limit-packets", LIMIT_PACKETS, &kind_limit),
	LEFT("left-packets", LEFT_PACKETS, &kind_count),
	LIMIT("limit-bytes", LIMIT_BYTES, &kind_limit),
	LEFT("left-bytes", LEFT_BYTES, &kind_count),
	{ .attr = DFC_FILTER_A_COUNTERS, .nest = counters },
	{ .name = "age", .head = "AGE", .attr = DFC_FILTER_A_AGE,
	  .kind = &kind_milliseconds, .unit = UNIT_DURATION },
	{ .name = "owned", .attr = DFC_FILTER_A_FLAGS, .kind = &kind_owned },
	{ 0 }
};

const struct field schema_destination[] = {
	{ .name = "id", .head = "ID", .attr = DFC_DEST_A_ID,
	  .kind = &kind_id, .flags = FIELD_ADD | FIELD_NEEDED },
	{ .name = SCHEMA_NAME, .head = "NAME" },
	{ .name = SCHEMA_CAPTURE_GROUP, .head = "GROUP" },
	{ .name = "address", .head = "ADDRESS", .attr = DFC_DEST_A_ADDRESS,
	  .kind = &kind_address, .flags = FIELD_ADD | FIELD_NEEDED },
	/* With the format ipip there is none: the kernel says so. */
	{ .name = "port", .head = "PORT", .attr = DFC_DEST_A_PORT,
	  .kind = &kind_port, .flags = FIELD_ADD },
	{ .name = "source-address", .attr = DFC_DEST_A_SRC_ADDRESS,
	  .kind = &kind_address, .flags = FIELD_ADD },
	{ .name = "source-port", .attr = DFC_DEST_A_SRC_PORT,
	  .kind = &kind_port, .flags = FIELD_ADD },
	{ .name = "ttl", .attr = DFC_DEST_A_TTL, .kind = &kind_ttl,
	  .flags = FIELD_ADD },
	{ .name = "format", .head = "FORMAT", .attr = DFC_DEST_A_FORMAT,
	  .kind = &kind_format, .flags = FIELD_ADD },
	{ .name = "dscp", .attr = DFC_DEST_A_DSCP, .kind = &kind_dscp,
	  .flags = FIELD_ADD },
	{ .name = "security", .head = "SECURITY", .attr = DFC_DEST_A_SECURITY,
	  .kind = &kind_security, .flags = FIELD_ADD },
	{ .name = "security-association" },
	{ .name = "association-state" },
	{ .name = "queue-max", .attr = DFC_DEST_A_QUEUE_MAX,
	  .kind = &kind_queue, .flags = FIELD_ADD },
	{ .name = "queued-packets", .head = "QUEUED",
	  .attr = DFC_DEST_A_QUEUED_PACKETS, .kind = &kind_count },
	{ .name = "queued-bytes", .attr = DFC_DEST_A_QUEUED_BYTES,
	  .kind = &kind_count },
	{ .name = "filters", .head = "FILTERS", .attr = DFC_DEST_A_FILTERS,
	  .kind = &kind_count },
	{ .attr = DFC_DEST_A_COUNTERS, .nest = counters },
	/* dtcpd's, by Junos' names. */
	{ .name = "criteria" },
	{ .name = "congestion-notifications" },
	{ .name = "congestion-delete-notifications" },
	{ .name = "dynamic" },
	{ .name = "owned", .attr = DFC_DEST_A_FLAGS, .kind = &kind_owned },
	{ .name = "tag", .attr = DFC_DEST_A_TAG, .kind = &kind_u32,
	  .flags = FIELD_ADD },
	{ 0 }
};

/* What `set` leaves out goes back to its default: the kernel has it so. */
#define GROUP(key, a, type, ...) \
	{ .name = (key), .attr = DFC_GROUP_A_##a, .kind = (type), __VA_ARGS__ }

const struct field schema_group[] = {
	GROUP("id", ID, &kind_id, .head = "ID",
	      .flags = FIELD_ADD | FIELD_SET | FIELD_NEEDED),
	{ .name = SCHEMA_CAPTURE_GROUP, .head = "NAME" },
	GROUP("mode", MODE, &kind_mode, .head = "MODE", .flags = FIELD_ADD),
	GROUP("devices", DEVICE, &kind_device, .word = "device",
	      .head = "DEVICES", .flags = FIELD_ADD | FIELD_SET | FIELD_LIST),
	GROUP("local", FLAGS, &kind_local, .head = "LOCAL",
	      .flags = FIELD_ADD | FIELD_SET),
	GROUP("duplicates-max", DUPLICATES_MAX, &kind_duplicates,
	      .head = "DUPLICATES-MAX", .flags = FIELD_ADD | FIELD_SET),
	GROUP("masks-max", MASKS_MAX, &kind_masks, .head = "MASKS-MAX",
	      .flags = FIELD_ADD | FIELD_SET),
	GROUP("masks", MASKS, &kind_count, .head = "MASKS"),
	GROUP("filters", FILTERS, &kind_count, .head = "FILTERS"),
	GROUP("seen-packets", SEEN_PACKETS, &kind_count, .head = "SEEN"),
	RATE("seen-packet-rate", "SEEN/s", UNIT_PACKETRATE),
	GROUP("owned", FLAGS, &kind_owned),
	GROUP("tag", TAG, &kind_u32, .flags = FIELD_ADD),
	{ 0 }
};

const struct field schema_statistics[] = {
	{ .name = "groups", .attr = DFC_STATS_A_GROUPS,
	  .kind = &kind_count },
	{ .name = "filters", .attr = DFC_STATS_A_FILTERS,
	  .kind = &kind_count },
	{ .name = "destinations", .attr = DFC_STATS_A_DESTS,
	  .kind = &kind_count },
	{ .name = "masks", .attr = DFC_STATS_A_MASKS, .kind = &kind_count },
	{ .name = "seen-packets", .attr = DFC_STATS_A_SEEN_PACKETS,
	  .kind = &kind_count },
	{ .name = "malformed-packets",
	  .attr = DFC_STATS_A_MALFORMED_PACKETS, .kind = &kind_count },
	{ .name = "lost-fragments", .attr = DFC_STATS_A_LOST_FRAGMENTS,
	  .kind = &kind_count },
	{ .name = "lost-pending", .attr = DFC_STATS_A_LOST_PENDING,
	  .kind = &kind_count },
	{ .name = "expired", .attr = DFC_STATS_A_EXPIRED,
	  .kind = &kind_count },
	{ .name = "instance", .attr = DFC_STATS_A_INSTANCE,
	  .kind = &kind_instance },
	{ .attr = DFC_STATS_A_COUNTERS, .nest = counters },
	RATE("seen-packet-rate", NULL, UNIT_PACKETRATE),
	/* dtcpd's, by Junos' names. */
	{ .name = "control-protocol-packets" },
	RATE("control-protocol-packet-rate", NULL, UNIT_PACKETRATE),
	{ .name = "control-protocol-drops", .flags = FIELD_ALARM },
	{ .name = "control-protocol-drop-rate", .unit = UNIT_PACKETRATE },
	{ .name = "control-protocol-drop-peak-rate", .unit = UNIT_PACKETRATE },
	{ .name = "control-protocol-drop-causes", .flags = FIELD_SPARSE },
	{ 0 }
};
