/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR MIT) */
/* Copyright (C) 2026 the dfc project */

#ifndef _UAPI_LINUX_DFC_H
#define _UAPI_LINUX_DFC_H

/**
 * DOC: dynamic flow capture
 *
 * The generic netlink family %DFC_GENL_NAME tells the kernel which flows to
 * copy and where the copies go. There are three kinds of objects, all private
 * to one network namespace and named by an id that user space chooses:
 *
 * * a *group* says where the packets of its filters pass; a filter need not be
 *   in one;
 * * a *destination* says where copies go, what they look like, and whether
 *   IPsec must protect them;
 * * a *filter* says which packets are copied and to which destinations, and
 *   how long it lives.
 *
 * A packet may match any number of filters. Every filter that it matches, in
 * the order of priority, then age, copies it, whole and from its IP header on,
 * to each of its destinations. VLAN tags, MPLS labels, PPPoE headers and the
 * like in front of the IP header are looked through, and left out. A packet is
 * as long as its header says: padding is no part of it, and one that says more
 * than is there is malformed and matches nothing. Segments that the
 * receive path has merged (GRO) are taken apart again, so packets are always
 * packets of the wire. Fragments are packets like others; those after the first
 * have the ports (or ICMP type and code) of the first, in whatever order they
 * come.
 *
 * *Active* capture, which is the default, looks at what passes through this
 * machine, routed or bridged, as it came in on the wire: before connection
 * tracking, address translation and routing. A packet that passes netfilter
 * several times is seen once. Packets for this machine, and those that it
 * sends, do not count unless the group says so (%DFC_GROUP_F_LOCAL). A packet
 * is for this machine if its destination is one of its addresses, broadcast, or
 * an address that is never forwarded (link-local, multicast of the link);
 * other multicast passes. But one that is forwarded after all, because address
 * translation has given it another destination, passes: it counts, as it came
 * in, from the moment that it is forwarded.
 *
 * Filters with %DFC_SCOPE_OUTPUT, and only they, see packets as they leave:
 * once each, after address translation, with the TTL that they leave with,
 * before IPsec encrypts them and before they are fragmented. Copies, and
 * packets that IPsec has made of others, they do not see, nor what a flowtable
 * forwards past netfilter.
 *
 * Packets that this machine sends are seen as they leave, too, also by the
 * filters of local groups that have another scope than %DFC_SCOPE_OUTPUT. To
 * them, %DFC_SCOPE_INPUT never holds, and %DFC_SCOPE_VRF if the packet leaves by
 * a device of the VRF; devices of the group are those that it leaves by. Of a
 * tunnel, the packet inside and the one outside are both sent. Not seen are
 * packets to this machine itself, copies and what protects them or tunnels them
 * in the kernel, ICMP errors, neighbour and router discovery, and IGMP and MLD.
 *
 * *Passive* capture takes all that comes in by the devices of the group,
 * whomever it is for, and nothing of it goes any further: such devices only
 * listen (mirror ports, optical taps), and are put in promiscuous mode. Filters
 * that are not in the group see none of it, frames neither.
 *
 * A filter of the family %AF_PACKET copies frames instead of packets, whole and
 * from their link layer header on, whatever is in them, at the devices that it
 * or its group names. The copy has all VLAN tags. Loopback devices and VRFs have
 * frames that leave only; copies are left out.
 *
 * A filter may also keep the packet from going on, see &enum dfc_action. No
 * ICMP message tells the sender. That concerns packets for this machine as
 * well as forwarded ones, and all other filters still get their copies. Only a
 * packet that the filter has accounted is dropped: its end by a timeout or a
 * limit ends that, too. A merged packet is dropped as a whole, if the first of
 * its packets was accounted. A fragment that overtakes the first one has gone
 * on by the time that its ports or ICMP type are known.
 *
 * All commands and the multicast group need %CAP_NET_ADMIN in the user
 * namespace that owns the network namespace. Validation is strict: an
 * unknown attribute, one that the command does not take or that is given twice
 * and may not repeat, an unknown flag, a wrong length or a value out of range
 * is refused (%EINVAL, or %ERANGE for values out of the ranges below), and the
 * extended acknowledgement names the culprit. Integers are in host byte order,
 * addresses in network byte order. Messages may have 16 KiB: so must receive
 * buffers.
 *
 * %DFC_CMD_FILTER_ADD
 *	Adds the filters in one or more %DFC_A_FILTER, all or none of them:
 *	packets match them from the same moment on. If one is refused, those
 *	before it go again, matched by no packet, with an event each.
 *	Errors: %EEXIST (id taken), %ENOENT (no such destination, no such group),
 *	%EINVAL, %ENOMEM, %ENOSPC (too many different combinations of fields
 *	and prefix lengths, in the group or in all).
 * %DFC_CMD_FILTER_SET
 *	Replaces what is left of the named limits of the filters in one or more
 *	%DFC_A_FILTER, of all or of none of them; limits that are not named
 *	stay as they are. Only %DFC_FILTER_A_ID and the four limits may be
 *	given. Counters go on. A filter that meets a limit while the others
 *	are being set is gone, as its event tells, and the others are set.
 *	Errors: %ENOENT, %EINVAL.
 * %DFC_CMD_FILTER_DEL
 *	Deletes the filters whose ids are in one or more %DFC_A_FILTER, all
 *	or none of them; the events carry their final counters. Errors:
 *	%ENOENT.
 * %DFC_CMD_FILTER_GET
 *	do: returns the filter of that id. dump: returns all of them in the
 *	order of their ids; %NLM_F_DUMP_INTR says that an object was added or
 *	deleted meanwhile. Errors: %ENOENT.
 * %DFC_CMD_FILTER_FLUSH
 *	Deletes every filter, or with %DFC_A_FILTER and in it one
 *	%DFC_FILTER_A_DEST_ID every filter that copies to that destination.
 * %DFC_CMD_DEST_ADD
 *	Adds one destination. Errors: %EEXIST, %EINVAL, %ENOMEM,
 *	%EAFNOSUPPORT (the kernel has no IPv6), %EPERM (QUEUE_MAX above its
 *	default, without %CAP_NET_ADMIN in the initial user namespace).
 * %DFC_CMD_DEST_DEL
 *	Deletes one destination. Errors: %ENOENT, %EBUSY (filters use it).
 * %DFC_CMD_DEST_GET
 *	do: returns the destination of that id; dump: all of them, by id.
 * %DFC_CMD_GROUP_ADD
 *	Adds one group. Errors: %EEXIST (id taken), %EBUSY (another passive
 *	group has one of the devices), %EINVAL, %ENOMEM.
 * %DFC_CMD_GROUP_SET
 *	Replaces the devices, the flags and the limits of a group: what is left
 *	out goes back to its default. The mode stays, and so do the
 *	filters. A socket that owns the group goes on to, unless the flags are
 *	without %DFC_GROUP_F_OWNED; a group that none owns may get an owner.
 *	Errors: %ENOENT, %EBUSY (another passive group has one of the devices,
 *	or filters of frames would be left with none), %EINVAL, %ENOMEM.
 * %DFC_CMD_GROUP_DEL
 *	Deletes one group. Errors: %ENOENT, %EBUSY (filters are in it).
 * %DFC_CMD_GROUP_GET
 *	do: returns the group of that id; dump: all of them, by id.
 * %DFC_CMD_STATS_GET
 *	Returns the counters of the network namespace.
 * %DFC_CMD_FILTER_DEL_NTF
 *	Event to the group %DFC_MCGRP_EVENTS: a filter is gone. Carries
 *	%DFC_A_REASON and the filter with its final counters, but without
 *	its group, lists, devices and destinations. It is sent when all copies
 *	of the filter have left or been dropped, which may take some seconds.
 * %DFC_CMD_DEST_DROP_NTF
 *	Event to the group %DFC_MCGRP_EVENTS: copies to a destination are being
 *	dropped. Carries %DFC_A_DEST with id and counters: the causes tell why.
 *	It is sent with the first copy that is dropped, and as long as more are,
 *	at most once a second.
 *
 * The attributes, with their types and defaults::
 *
 *   DFC_A_FILTER                      nest, may repeat in ADD, SET and DEL
 *     DFC_FILTER_A_ID                 u32, 1.., mandatory
 *     DFC_FILTER_A_FLAGS              u32, DFC_FILTER_F_*, default 0
 *     DFC_FILTER_A_FAMILY             u16, AF_INET, AF_INET6 or, without any
 *                                     list, AF_PACKET; default that of the
 *                                     addresses, else both of IP
 *     DFC_FILTER_A_SRC                nest, may repeat, default any address
 *       DFC_ADDR_A_FROM               4 or 16 bytes, mandatory
 *       DFC_ADDR_A_TO                 same length, default FROM
 *       DFC_ADDR_A_FLAGS              u32, DFC_ENTRY_F_*, default 0
 *     DFC_FILTER_A_DST                nest, as DFC_FILTER_A_SRC
 *     DFC_FILTER_A_PROTOCOL           nest, may repeat, default any protocol
 *       DFC_RANGE_A_FROM               u16, mandatory
 *       DFC_RANGE_A_TO                u16, FROM.., default FROM
 *       DFC_RANGE_A_FLAGS             u32, DFC_ENTRY_F_*, default 0
 *     DFC_FILTER_A_SRC_PORT           nest, as DFC_FILTER_A_PROTOCOL
 *     DFC_FILTER_A_DST_PORT           nest, as DFC_FILTER_A_PROTOCOL
 *     DFC_FILTER_A_DEST_ID            u32, repeats, 1..64 times, mandatory;
 *                                     none with ACTION block
 *     DFC_FILTER_A_PRIORITY           u32, lower is more important, default 0
 *     DFC_FILTER_A_ICMP_TYPE          nest, as DFC_FILTER_A_PROTOCOL; not
 *                                     together with ports
 *     DFC_FILTER_A_ICMP_CODE          nest, as DFC_FILTER_A_PROTOCOL
 *     DFC_FILTER_A_SCOPE              u32, enum dfc_scope, default everywhere
 *     DFC_FILTER_A_DEVICE             string, 1..15 bytes, repeats; with SCOPE
 *                                     input or output 1..8 times, vrf once
 *     DFC_FILTER_A_ACTION             u32, enum dfc_action, default copy
 *     DFC_FILTER_A_INTERCEPT_ID       u32, 0..1073741823 (30 bits), default
 *                                     none; not with ACTION block
 *     DFC_FILTER_A_SESSION_ID         u32, only with INTERCEPT_ID, default 0
 *     DFC_FILTER_A_GROUP_ID           u32, 1.., default none
 *     DFC_FILTER_A_TIMEOUT_TOTAL      u32, seconds, 1..86400, default none
 *     DFC_FILTER_A_TIMEOUT_IDLE       u32, seconds, 1..86400, default none
 *     DFC_FILTER_A_LIMIT_PACKETS      u64, 1.., default none
 *     DFC_FILTER_A_LIMIT_BYTES        u64, 1.., default none
 *     DFC_FILTER_A_LEFT_TOTAL         u64, milliseconds; out only
 *     DFC_FILTER_A_LEFT_IDLE          u64, milliseconds; out only
 *     DFC_FILTER_A_LEFT_PACKETS       u64; out only
 *     DFC_FILTER_A_LEFT_BYTES         u64; out only
 *     DFC_FILTER_A_AGE                u64, milliseconds; out only
 *     DFC_FILTER_A_COUNTERS           nest of DFC_COUNTERS_A_*; out only
 *   DFC_A_DEST                        nest
 *     DFC_DEST_A_ID                   u32, 1.., mandatory
 *     DFC_DEST_A_FLAGS                u32, DFC_DEST_F_*, default 0
 *     DFC_DEST_A_ADDRESS              4 or 16 bytes, mandatory to add
 *     DFC_DEST_A_PORT                 u16, 1.., mandatory to add; not with
 *                                     FORMAT ipip
 *     DFC_DEST_A_SRC_ADDRESS          as ADDRESS, default by route
 *     DFC_DEST_A_SRC_PORT             u16, 1.., default PORT; same
 *     DFC_DEST_A_TTL                  u8, 1.., default 255
 *     DFC_DEST_A_SECURITY             u32, enum dfc_security, default required
 *     DFC_DEST_A_FILTERS              u32, filters that use it; out only
 *     DFC_DEST_A_COUNTERS             nest of DFC_COUNTERS_A_*; out only
 *     DFC_DEST_A_FORMAT               u32, enum dfc_format, default udp
 *     DFC_DEST_A_DSCP                 u8, 0..63, default 0
 *     DFC_DEST_A_QUEUE_MAX            u32, bytes, 65536..1073741824, default
 *                                     4194304
 *     DFC_DEST_A_QUEUED_PACKETS       u32; out only
 *     DFC_DEST_A_QUEUED_BYTES         u32; out only
 *     DFC_DEST_A_TAG                  u32, default 0
 *   DFC_A_GROUP                       nest
 *     DFC_GROUP_A_ID                  u32, 1.., mandatory
 *     DFC_GROUP_A_FLAGS               u32, DFC_GROUP_F_*, default 0
 *     DFC_GROUP_A_MODE                u32, enum dfc_mode, default active; not
 *                                     in SET
 *     DFC_GROUP_A_DEVICE              string, 1..15 bytes, repeats, 0..64
 *                                     times; 1..64 times with MODE passive
 *     DFC_GROUP_A_MASKS_MAX           u32, 1..1024, default 1024
 *     DFC_GROUP_A_FILTERS             u32, filters that are in it; out only
 *     DFC_GROUP_A_MASKS               u32; out only
 *     DFC_GROUP_A_SEEN_PACKETS        u64; out only
 *     DFC_GROUP_A_DUPLICATES_MAX      u32, 1..64, default no limit
 *     DFC_GROUP_A_TAG                 u32, default 0; not in SET
 *   DFC_A_STATS                       nest; out only
 *     DFC_STATS_A_GROUPS              u32
 *     DFC_STATS_A_FILTERS             u32
 *     DFC_STATS_A_DESTS               u32
 *     DFC_STATS_A_MASKS               u32
 *     DFC_STATS_A_SEEN_PACKETS        u64
 *     DFC_STATS_A_MALFORMED_PACKETS   u64
 *     DFC_STATS_A_EXPIRED             u64
 *     DFC_STATS_A_COUNTERS            nest of DFC_COUNTERS_A_*
 *     DFC_STATS_A_LOST_FRAGMENTS      u64
 *     DFC_STATS_A_LOST_PENDING        u64
 *     DFC_STATS_A_INSTANCE            u64
 *   DFC_A_REASON                      u32, enum dfc_reason; out only
 *
 *   DFC_COUNTERS_A_MATCHED_PACKETS    u64
 *   DFC_COUNTERS_A_MATCHED_BYTES      u64, from the IP header on
 *   DFC_COUNTERS_A_COPIES             u64
 *   DFC_COUNTERS_A_SENT_PACKETS       u64
 *   DFC_COUNTERS_A_SENT_BYTES         u64, without the outer headers
 *   DFC_COUNTERS_A_DROPPED_PACKETS    u64
 *   DFC_COUNTERS_A_BANDWIDTH          u64, bit/s over the last 10 s
 *   DFC_COUNTERS_A_DROP               nest, repeats, one a cause
 *     DFC_DROP_A_CAUSE                u32, enum dfc_drop
 *     DFC_DROP_A_PACKETS              u64
 *     DFC_DROP_A_BYTES                u64
 */

#define DFC_GENL_NAME		"dfc"
#define DFC_GENL_VERSION	1
#define DFC_MCGRP_EVENTS	"events"

/* Most destinations of one filter. */
#define DFC_FILTER_DESTS_MAX	64
/* Most entries in each list of a filter. */
#define DFC_FILTER_ENTRIES_MAX	64
/* Most network devices of one filter. */
#define DFC_FILTER_DEVICES_MAX	8
/* Most network devices of one group. */
#define DFC_GROUP_DEVICES_MAX	64
/* Most copies of one packet that a group can be limited to. */
#define DFC_GROUP_DUPLICATES_MAX	64
/* Bytes of copies that may wait at a destination. */
#define DFC_DEST_QUEUE_MIN	65536
#define DFC_DEST_QUEUE_DEFAULT	4194304
#define DFC_DEST_QUEUE_MAX	1073741824
/* Largest intercept id. */
#define DFC_INTERCEPT_ID_MAX	0x3fffffff
/* Longest timeout, in seconds (a DTCP DAYSEC). */
#define DFC_TIMEOUT_MAX		86400

/**
 * enum dfc_cmd - commands and events
 * @DFC_CMD_UNSPEC: not used
 * @DFC_CMD_FILTER_ADD: add filters
 * @DFC_CMD_FILTER_SET: replace limits of a filter
 * @DFC_CMD_FILTER_DEL: delete filters
 * @DFC_CMD_FILTER_GET: get or dump filters
 * @DFC_CMD_FILTER_FLUSH: delete all filters, or all of a destination
 * @DFC_CMD_DEST_ADD: add a destination
 * @DFC_CMD_DEST_DEL: delete a destination
 * @DFC_CMD_DEST_GET: get or dump destinations
 * @DFC_CMD_STATS_GET: get the counters of the network namespace
 * @DFC_CMD_FILTER_DEL_NTF: event, a filter is gone
 * @DFC_CMD_GROUP_ADD: add a group
 * @DFC_CMD_GROUP_SET: replace what a group says
 * @DFC_CMD_GROUP_DEL: delete a group
 * @DFC_CMD_GROUP_GET: get or dump groups
 * @DFC_CMD_DEST_DROP_NTF: event, copies to a destination are being dropped
 */
enum dfc_cmd {
	DFC_CMD_UNSPEC,
	DFC_CMD_FILTER_ADD,
	DFC_CMD_FILTER_SET,
	DFC_CMD_FILTER_DEL,
	DFC_CMD_FILTER_GET,
	DFC_CMD_FILTER_FLUSH,
	DFC_CMD_DEST_ADD,
	DFC_CMD_DEST_DEL,
	DFC_CMD_DEST_GET,
	DFC_CMD_STATS_GET,
	DFC_CMD_FILTER_DEL_NTF,
	DFC_CMD_GROUP_ADD,
	DFC_CMD_GROUP_SET,
	DFC_CMD_GROUP_DEL,
	DFC_CMD_GROUP_GET,
	DFC_CMD_DEST_DROP_NTF,

	__DFC_CMD_LAST,
	DFC_CMD_MAX = __DFC_CMD_LAST - 1
};

/**
 * enum dfc_attr - outermost attributes
 * @DFC_A_UNSPEC: not used
 * @DFC_A_FILTER: nest of &enum dfc_filter_attr
 * @DFC_A_DEST: nest of &enum dfc_dest_attr
 * @DFC_A_STATS: nest of &enum dfc_stats_attr
 * @DFC_A_REASON: u32, &enum dfc_reason, why a filter is gone
 * @DFC_A_GROUP: nest of &enum dfc_group_attr
 */
enum dfc_attr {
	DFC_A_UNSPEC,
	DFC_A_FILTER,
	DFC_A_DEST,
	DFC_A_STATS,
	DFC_A_REASON,
	DFC_A_GROUP,

	__DFC_A_LAST,
	DFC_A_MAX = __DFC_A_LAST - 1
};

/**
 * enum dfc_filter_attr - a filter, nested in DFC_A_FILTER
 *
 * A packet matches when every list that the filter has matches. A list
 * matches a value when one of its entries without %DFC_ENTRY_F_NOT holds it,
 * or it has no such entry, and none of its entries with %DFC_ENTRY_F_NOT
 * holds it. A filter without any list matches every IP packet, or every frame
 * if its family is %AF_PACKET.
 *
 * @DFC_FILTER_A_UNSPEC: not used
 * @DFC_FILTER_A_PAD: padding of u64 attributes
 * @DFC_FILTER_A_ID: u32, 1.., names the filter
 * @DFC_FILTER_A_FLAGS: u32, DFC_FILTER_F_*, default 0
 * @DFC_FILTER_A_FAMILY: u16, AF_INET or AF_INET6; default: the family of the
 *	addresses, both families where there is none. AF_PACKET: whole frames;
 *	then there are no lists, and SCOPE is input or output unless GROUP_ID
 *	names a group with devices
 * @DFC_FILTER_A_SRC: nest of &enum dfc_addr_attr, may repeat, an entry of the
 *	list of source addresses
 * @DFC_FILTER_A_DST: the same for destination addresses, of the same family
 * @DFC_FILTER_A_PROTOCOL: nest of &enum dfc_range_attr, may repeat, an entry
 *	of the list of protocols (the upper-layer protocol: behind the
 *	extension headers of IPv6, and behind authentication headers in both
 *	families; 59 where a later fragment does not tell it and its first is
 *	not known), 0..255
 * @DFC_FILTER_A_SRC_PORT: the same for source ports, 0..65535; a filter with
 *	ports matches only TCP, UDP, UDP-Lite, SCTP and DCCP
 * @DFC_FILTER_A_DST_PORT: the same for destination ports
 * @DFC_FILTER_A_DEST_ID: u32, repeats, a destination of the copies; there is
 *	one at least, but none if ACTION is %DFC_ACTION_BLOCK
 * @DFC_FILTER_A_PRIORITY: u32, default 0; lower is more important
 * @DFC_FILTER_A_TIMEOUT_TOTAL: u32, seconds since ADD or the last SET
 * @DFC_FILTER_A_TIMEOUT_IDLE: u32, seconds since the last match, ADD or SET
 * @DFC_FILTER_A_LIMIT_PACKETS: u64, packets to match at most; the filter is
 *	deleted with the last of them
 * @DFC_FILTER_A_LIMIT_BYTES: u64, bytes (from the IP header on) to match at
 *	most, of frames all; a packet that would exceed them is not matched
 *	and the filter is deleted
 * @DFC_FILTER_A_LEFT_TOTAL: u64, milliseconds, out only, like all LEFT_*
 *	present if that limit is set
 * @DFC_FILTER_A_LEFT_IDLE: u64, milliseconds
 * @DFC_FILTER_A_LEFT_PACKETS: u64
 * @DFC_FILTER_A_LEFT_BYTES: u64
 * @DFC_FILTER_A_AGE: u64, milliseconds since it was added, out only
 * @DFC_FILTER_A_COUNTERS: nest of &enum dfc_counters_attr, out only
 * @DFC_FILTER_A_ICMP_TYPE: nest of &enum dfc_range_attr, may repeat, an entry
 *	of the list of ICMP types, 0..255; a filter with ICMP types or codes
 *	matches only ICMP (IPv4) and ICMPv6 (IPv6), and may have no ports
 * @DFC_FILTER_A_ICMP_CODE: the same for ICMP codes
 * @DFC_FILTER_A_SCOPE: u32, &enum dfc_scope, what DEVICE names; left out of
 *	answers where it is %DFC_SCOPE_ANY
 * @DFC_FILTER_A_DEVICE: string, repeats, a network device, none twice; it is
 *	the name that counts: there need be no such device yet, and when the
 *	name goes over to another one, so does the filter; alternative names
 *	of devices are not followed
 * @DFC_FILTER_A_ACTION: u32, &enum dfc_action, what happens to the original
 * @DFC_FILTER_A_INTERCEPT_ID: u32, 30 bits: copies to destinations of FORMAT
 *	udp have 8 bytes between UDP header and packet, two words in network
 *	byte order: this, and SESSION_ID (the format of Juniper's mirroring).
 *	Counters leave them out, as they do the outer headers. FORMAT dfc has
 *	both in its header, FORMAT ipip leaves them out
 * @DFC_FILTER_A_SESSION_ID: u32, default 0
 * @DFC_FILTER_A_GROUP_ID: u32, group that it is in; default: none, which is as
 *	an active group without devices, flags and limits. In a passive group
 *	SCOPE is input, with devices of the group, or left out; a device that
 *	%DFC_CMD_GROUP_SET takes away later stays named, and nothing matches
 */
enum dfc_filter_attr {
	DFC_FILTER_A_UNSPEC,
	DFC_FILTER_A_PAD,
	DFC_FILTER_A_ID,
	DFC_FILTER_A_FLAGS,
	DFC_FILTER_A_FAMILY,
	DFC_FILTER_A_SRC,
	DFC_FILTER_A_DST,
	DFC_FILTER_A_PROTOCOL,
	DFC_FILTER_A_SRC_PORT,
	DFC_FILTER_A_DST_PORT,
	DFC_FILTER_A_DEST_ID,
	DFC_FILTER_A_PRIORITY,
	DFC_FILTER_A_TIMEOUT_TOTAL,
	DFC_FILTER_A_TIMEOUT_IDLE,
	DFC_FILTER_A_LIMIT_PACKETS,
	DFC_FILTER_A_LIMIT_BYTES,
	DFC_FILTER_A_LEFT_TOTAL,
	DFC_FILTER_A_LEFT_IDLE,
	DFC_FILTER_A_LEFT_PACKETS,
	DFC_FILTER_A_LEFT_BYTES,
	DFC_FILTER_A_AGE,
	DFC_FILTER_A_COUNTERS,
	DFC_FILTER_A_ICMP_TYPE,
	DFC_FILTER_A_ICMP_CODE,
	DFC_FILTER_A_SCOPE,
	DFC_FILTER_A_DEVICE,
	DFC_FILTER_A_ACTION,
	DFC_FILTER_A_INTERCEPT_ID,
	DFC_FILTER_A_SESSION_ID,
	DFC_FILTER_A_GROUP_ID,

	__DFC_FILTER_A_LAST,
	DFC_FILTER_A_MAX = __DFC_FILTER_A_LAST - 1
};

/**
 * enum dfc_scope - where packets must pass
 * @DFC_SCOPE_ANY: everywhere; packets are seen as they come in
 * @DFC_SCOPE_INPUT: those that come in by one of the devices. With a bond that
 *	is the bond and not its port, with a VRF the port and never the VRF.
 *	What is bridged comes in by the port and by the bridge; what a bridge
 *	hands to the router, by the bridge
 * @DFC_SCOPE_OUTPUT: those that leave by one of the devices, seen as they
 *	leave: what is bridged by the port, what is routed by the bridge. What a
 *	segment routing headend encapsulates in IPv6 counts as forwarded with
 *	its outer header
 * @DFC_SCOPE_VRF: those that come in by a device that belongs to the VRF
 */
enum dfc_scope {
	DFC_SCOPE_ANY,
	DFC_SCOPE_INPUT,
	DFC_SCOPE_OUTPUT,
	DFC_SCOPE_VRF,

	__DFC_SCOPE_LAST,
	DFC_SCOPE_MAX = __DFC_SCOPE_LAST - 1
};

/**
 * enum dfc_action - what happens to packets that match
 * @DFC_ACTION_COPY: they are copied, and go on
 * @DFC_ACTION_REDIRECT: they are copied, and go no further
 * @DFC_ACTION_BLOCK: they are not copied, only counted, and go no further
 */
enum dfc_action {
	DFC_ACTION_COPY,
	DFC_ACTION_REDIRECT,
	DFC_ACTION_BLOCK,

	__DFC_ACTION_LAST,
	DFC_ACTION_MAX = __DFC_ACTION_LAST - 1
};

/* The filter is deleted when the socket that added it is closed. */
#define DFC_FILTER_F_OWNED	(1U << 0)
#define DFC_FILTER_F_ALL	(DFC_FILTER_F_OWNED)

/* The entry excludes what it holds. */
#define DFC_ENTRY_F_NOT		(1U << 0)
#define DFC_ENTRY_F_ALL		(DFC_ENTRY_F_NOT)

/**
 * enum dfc_addr_attr - an inclusive range of addresses
 * @DFC_ADDR_A_UNSPEC: not used
 * @DFC_ADDR_A_FROM: 4 (IPv4) or 16 (IPv6) bytes, network byte order
 * @DFC_ADDR_A_TO: same length, not below FROM; default FROM
 * @DFC_ADDR_A_FLAGS: u32, DFC_ENTRY_F_*, default 0
 */
enum dfc_addr_attr {
	DFC_ADDR_A_UNSPEC,
	DFC_ADDR_A_FROM,
	DFC_ADDR_A_TO,
	DFC_ADDR_A_FLAGS,

	__DFC_ADDR_A_LAST,
	DFC_ADDR_A_MAX = __DFC_ADDR_A_LAST - 1
};

/**
 * enum dfc_range_attr - an inclusive range of numbers
 * @DFC_RANGE_A_UNSPEC: not used
 * @DFC_RANGE_A_FROM: u16
 * @DFC_RANGE_A_TO: u16, not below FROM; default FROM
 * @DFC_RANGE_A_FLAGS: u32, DFC_ENTRY_F_*, default 0
 */
enum dfc_range_attr {
	DFC_RANGE_A_UNSPEC,
	DFC_RANGE_A_FROM,
	DFC_RANGE_A_TO,
	DFC_RANGE_A_FLAGS,

	__DFC_RANGE_A_LAST,
	DFC_RANGE_A_MAX = __DFC_RANGE_A_LAST - 1
};

/**
 * enum dfc_mode - what happens at the devices of a group
 * @DFC_MODE_ACTIVE: what passes through this machine is looked at as it passes;
 *	if the group has devices, only what comes in by one of them
 * @DFC_MODE_PASSIVE: what comes in by them is looked at, and goes no further
 */
enum dfc_mode {
	DFC_MODE_ACTIVE,
	DFC_MODE_PASSIVE,

	__DFC_MODE_LAST,
	DFC_MODE_MAX = __DFC_MODE_LAST - 1
};

/**
 * enum dfc_group_attr - a capture group, nested in DFC_A_GROUP
 * @DFC_GROUP_A_UNSPEC: not used
 * @DFC_GROUP_A_PAD: padding of u64 attributes
 * @DFC_GROUP_A_ID: u32, 1.., names the group
 * @DFC_GROUP_A_FLAGS: u32, DFC_GROUP_F_*, default 0
 * @DFC_GROUP_A_MODE: u32, &enum dfc_mode, default active
 * @DFC_GROUP_A_DEVICE: string, repeats, a network device, none twice; names
 *	count as they do in %DFC_FILTER_A_DEVICE. A device can be in any number
 *	of active groups, but in one passive group only
 * @DFC_GROUP_A_MASKS_MAX: u32, different combinations of fields and prefix
 *	lengths that its filters may have: so that one group cannot take from
 *	all what there is of them
 * @DFC_GROUP_A_FILTERS: u32, filters that are in it, out only
 * @DFC_GROUP_A_MASKS: u32, combinations that its filters have, out only
 * @DFC_GROUP_A_SEEN_PACKETS: u64, frames that came in by its devices, a merged
 *	one once; out only, only with MODE passive
 * @DFC_GROUP_A_DUPLICATES_MAX: u32, copies of one packet that its filters make
 *	at most, all together: filters of lower priority, and of equal priority
 *	the older ones, come first, the copies of the others are dropped
 *	(%DFC_DROP_DUPLICATE). If it ends within the destinations of a filter,
 *	the first of them have theirs. A fragment that came before the first of
 *	its datagram is judged again when ports are known, by the filters that
 *	ask for those, and then counts as another packet
 * @DFC_GROUP_A_TAG: u32, for user space, to know again what it has made; says
 *	nothing to the kernel. It stays as it was added
 */
enum dfc_group_attr {
	DFC_GROUP_A_UNSPEC,
	DFC_GROUP_A_PAD,
	DFC_GROUP_A_ID,
	DFC_GROUP_A_FLAGS,
	DFC_GROUP_A_MODE,
	DFC_GROUP_A_DEVICE,
	DFC_GROUP_A_MASKS_MAX,
	DFC_GROUP_A_FILTERS,
	DFC_GROUP_A_MASKS,
	DFC_GROUP_A_SEEN_PACKETS,
	DFC_GROUP_A_DUPLICATES_MAX,
	DFC_GROUP_A_TAG,

	__DFC_GROUP_A_LAST,
	DFC_GROUP_A_MAX = __DFC_GROUP_A_LAST - 1
};

/*
 * The group is deleted when the socket that added it is closed, or as soon
 * afterwards as the last filter that is in it is gone.
 */
#define DFC_GROUP_F_OWNED	(1U << 0)
/*
 * Packets for this machine, and packets that it sends, count like those that
 * pass through it; the latter are seen as they leave, but for ICMP errors and
 * what keeps a link going. Only with MODE active.
 */
#define DFC_GROUP_F_LOCAL	(1U << 1)
#define DFC_GROUP_F_ALL		(DFC_GROUP_F_OWNED | DFC_GROUP_F_LOCAL)

/**
 * enum dfc_dest_attr - a destination, nested in DFC_A_DEST
 * @DFC_DEST_A_UNSPEC: not used
 * @DFC_DEST_A_ID: u32, 1.., names the destination
 * @DFC_DEST_A_FLAGS: u32, DFC_DEST_F_*, default 0
 * @DFC_DEST_A_ADDRESS: 4 or 16 bytes, outer destination address
 * @DFC_DEST_A_PORT: u16, 1.., outer UDP destination port
 * @DFC_DEST_A_SRC_ADDRESS: same length, outer source address, need not be one
 *	of this machine; default: chosen by the route
 * @DFC_DEST_A_SRC_PORT: u16, 1.., outer UDP source port; default: PORT
 * @DFC_DEST_A_TTL: u8, 1.., outer TTL or hop limit; default 255
 * @DFC_DEST_A_SECURITY: u32, &enum dfc_security
 * @DFC_DEST_A_FILTERS: u32, number of filters that use it, out only
 * @DFC_DEST_A_COUNTERS: nest of &enum dfc_counters_attr, out only
 * @DFC_DEST_A_FORMAT: u32, &enum dfc_format, what a copy looks like
 * @DFC_DEST_A_DSCP: u8, outer differentiated services code point, default 0
 * @DFC_DEST_A_QUEUE_MAX: u32, bytes of copies that may wait for the network, as
 *	memory counts them; a filter has at most as much of that as there is
 *	left for all others
 * @DFC_DEST_A_QUEUED_PACKETS: u32, copies that wait, out only
 * @DFC_DEST_A_QUEUED_BYTES: u32, the same in bytes, as QUEUE_MAX counts them
 * @DFC_DEST_A_TAG: u32, as %DFC_GROUP_A_TAG
 */
enum dfc_dest_attr {
	DFC_DEST_A_UNSPEC,
	DFC_DEST_A_ID,
	DFC_DEST_A_FLAGS,
	DFC_DEST_A_ADDRESS,
	DFC_DEST_A_PORT,
	DFC_DEST_A_SRC_ADDRESS,
	DFC_DEST_A_SRC_PORT,
	DFC_DEST_A_TTL,
	DFC_DEST_A_SECURITY,
	DFC_DEST_A_FILTERS,
	DFC_DEST_A_COUNTERS,
	DFC_DEST_A_FORMAT,
	DFC_DEST_A_DSCP,
	DFC_DEST_A_QUEUE_MAX,
	DFC_DEST_A_QUEUED_PACKETS,
	DFC_DEST_A_QUEUED_BYTES,
	DFC_DEST_A_TAG,

	__DFC_DEST_A_LAST,
	DFC_DEST_A_MAX = __DFC_DEST_A_LAST - 1
};

/*
 * The destination is deleted when the socket that added it is closed, or as
 * soon afterwards as the last filter that uses it is gone.
 */
#define DFC_DEST_F_OWNED	(1U << 0)
#define DFC_DEST_F_ALL		(DFC_DEST_F_OWNED)

/**
 * enum dfc_security - what protection copies to a destination need
 * @DFC_SECURITY_REQUIRED: the route must lead through an ESP state that
 *	encrypts; otherwise the copy is dropped (%DFC_DROP_NO_SA)
 * @DFC_SECURITY_NONE: copies may leave in the clear
 */
enum dfc_security {
	DFC_SECURITY_REQUIRED,
	DFC_SECURITY_NONE,

	__DFC_SECURITY_LAST,
	DFC_SECURITY_MAX = __DFC_SECURITY_LAST - 1
};

/**
 * enum dfc_format - what a copy looks like
 * @DFC_FORMAT_UDP: outer IP, UDP, then the packet (or frame); between the two
 *	the ids of the filter if it has any, see %DFC_FILTER_A_INTERCEPT_ID
 * @DFC_FORMAT_IPIP: outer IP, then the packet (protocol 4 or 41); frames have
 *	protocol 97 and the header of EtherIP (RFC 3378). There is no place for
 *	the ids of a filter
 * @DFC_FORMAT_DFC: outer IP, UDP, a header of 32 bytes, then the packet or
 *	frame. The header, in network byte order: u8 223, u8 version 1, u8
 *	content (1: frame, 4: IPv4, 6: IPv6), u8 length of the header in words
 *	of four bytes (8); u32 id of the filter; u64 number of the packet among
 *	those that the filter matched, from 1 on: what is missing was dropped
 *	here or lost on the way; u64 time when it matched, nanoseconds since
 *	1970 (UTC); u32 intercept id and u32 session id, both 0 without. A reader
 *	goes by the length that the header tells: it may grow
 */
enum dfc_format {
	DFC_FORMAT_UDP,
	DFC_FORMAT_IPIP,
	DFC_FORMAT_DFC,

	__DFC_FORMAT_LAST,
	DFC_FORMAT_MAX = __DFC_FORMAT_LAST - 1
};

/**
 * enum dfc_stats_attr - a network namespace, nested in DFC_A_STATS
 *
 * Counters here outlive the filters and destinations that they came from.
 *
 * @DFC_STATS_A_UNSPEC: not used
 * @DFC_STATS_A_PAD: padding of u64 attributes
 * @DFC_STATS_A_FILTERS: u32, filters now
 * @DFC_STATS_A_DESTS: u32, destinations now
 * @DFC_STATS_A_MASKS: u32, different combinations of fields and prefix
 *	lengths now: the tables that an uncommon packet is looked up in
 * @DFC_STATS_A_SEEN_PACKETS: u64, packets that were looked up, as they came in
 *	and again as they left if there are filters for both; a merged one
 *	counts once, since only a match has it taken apart
 * @DFC_STATS_A_MALFORMED_PACKETS: u64, packets seen without usable headers
 * @DFC_STATS_A_EXPIRED: u64, filters that ended by one of their limits
 * @DFC_STATS_A_COUNTERS: nest of &enum dfc_counters_attr
 * @DFC_STATS_A_LOST_FRAGMENTS: u64, fragments that came before the first of
 *	their datagram and could not be kept until it came, or waited 30 s in
 *	vain: filters with ports or ICMP types could not judge them
 * @DFC_STATS_A_GROUPS: u32, groups now
 * @DFC_STATS_A_LOST_PENDING: u64, packets to an address of this machine that
 *	could not be kept until it turned out whether they are forwarded, or
 *	neither were nor arrived within 30 s: filters of groups without
 *	%DFC_GROUP_F_LOCAL could not judge them
 * @DFC_STATS_A_INSTANCE: u64, a random number that was drawn when the module
 *	met the namespace: as long as it is the same, nothing has gone but what
 *	was deleted, met a limit or was owned by a socket. Another one: the
 *	module was loaded again, or the machine was started
 */
enum dfc_stats_attr {
	DFC_STATS_A_UNSPEC,
	DFC_STATS_A_PAD,
	DFC_STATS_A_FILTERS,
	DFC_STATS_A_DESTS,
	DFC_STATS_A_MASKS,
	DFC_STATS_A_SEEN_PACKETS,
	DFC_STATS_A_MALFORMED_PACKETS,
	DFC_STATS_A_EXPIRED,
	DFC_STATS_A_COUNTERS,
	DFC_STATS_A_LOST_FRAGMENTS,
	DFC_STATS_A_GROUPS,
	DFC_STATS_A_LOST_PENDING,
	DFC_STATS_A_INSTANCE,

	__DFC_STATS_A_LAST,
	DFC_STATS_A_MAX = __DFC_STATS_A_LAST - 1
};

/**
 * enum dfc_counters_attr - what became of packets
 *
 * COPIES is counted when a packet matches: for a filter it is MATCHED_PACKETS
 * times the number of its destinations. SENT_PACKETS + DROPPED_PACKETS comes
 * to the same as soon as the packets in flight are through, and exactly so in
 * %DFC_CMD_FILTER_DEL_NTF. DROPPED_PACKETS is the sum over all causes.
 *
 * @DFC_COUNTERS_A_UNSPEC: not used
 * @DFC_COUNTERS_A_PAD: padding of u64 attributes
 * @DFC_COUNTERS_A_MATCHED_PACKETS: u64, packets of the wire that matched; at a
 *	destination or a namespace one packet counts once for each filter
 * @DFC_COUNTERS_A_MATCHED_BYTES: u64, the same in bytes from the IP header on,
 *	of frames in all their bytes
 * @DFC_COUNTERS_A_COPIES: u64, copies that were due
 * @DFC_COUNTERS_A_SENT_PACKETS: u64, copies handed to the network (or to a
 *	queue that a rule of the firewall names); at a filter also those that
 *	still wait at a destination, until they are dropped
 * @DFC_COUNTERS_A_SENT_BYTES: u64, the same in bytes of the inner packets
 * @DFC_COUNTERS_A_DROPPED_PACKETS: u64, copies dropped
 * @DFC_COUNTERS_A_BANDWIDTH: u64, bit/s matched, average of the last 10 s; not
 *	in DFC_STATS_A_COUNTERS
 * @DFC_COUNTERS_A_DROP: nest of &enum dfc_drop_attr, repeats, one for each
 *	cause with a count
 */
enum dfc_counters_attr {
	DFC_COUNTERS_A_UNSPEC,
	DFC_COUNTERS_A_PAD,
	DFC_COUNTERS_A_MATCHED_PACKETS,
	DFC_COUNTERS_A_MATCHED_BYTES,
	DFC_COUNTERS_A_COPIES,
	DFC_COUNTERS_A_SENT_PACKETS,
	DFC_COUNTERS_A_SENT_BYTES,
	DFC_COUNTERS_A_DROPPED_PACKETS,
	DFC_COUNTERS_A_BANDWIDTH,
	DFC_COUNTERS_A_DROP,

	__DFC_COUNTERS_A_LAST,
	DFC_COUNTERS_A_MAX = __DFC_COUNTERS_A_LAST - 1
};

/**
 * enum dfc_drop_attr - copies lost to one cause
 * @DFC_DROP_A_UNSPEC: not used
 * @DFC_DROP_A_PAD: padding of u64 attributes
 * @DFC_DROP_A_CAUSE: u32, &enum dfc_drop
 * @DFC_DROP_A_PACKETS: u64
 * @DFC_DROP_A_BYTES: u64, the same in bytes of the inner packets
 */
enum dfc_drop_attr {
	DFC_DROP_A_UNSPEC,
	DFC_DROP_A_PAD,
	DFC_DROP_A_CAUSE,
	DFC_DROP_A_PACKETS,
	DFC_DROP_A_BYTES,

	__DFC_DROP_A_LAST,
	DFC_DROP_A_MAX = __DFC_DROP_A_LAST - 1
};

/**
 * enum dfc_drop - why a copy was dropped
 * @DFC_DROP_NO_SA: security is required and the route leads through no ESP
 *	state that encrypts, or a policy asks for a state that is not there
 * @DFC_DROP_NO_ROUTE: there is no route to the destination
 * @DFC_DROP_NO_MEMORY: memory for the copy could not be had
 * @DFC_DROP_BAD_GSO: a merged packet could not be taken apart
 * @DFC_DROP_TOO_BIG: the outer packet, with what IPsec adds, would be larger
 *	than IP allows
 * @DFC_DROP_OUTPUT: the network refused it (queue full, IPsec error, filtered)
 * @DFC_DROP_QUEUE_FULL: too many copies waited for the network already, those
 *	of the same filter above all
 * @DFC_DROP_LATE: it has waited for the network for 5 s
 * @DFC_DROP_DUPLICATE: the group allows no more copies of one packet; more
 *	important filters had them
 */
enum dfc_drop {
	DFC_DROP_NO_SA,
	DFC_DROP_NO_ROUTE,
	DFC_DROP_NO_MEMORY,
	DFC_DROP_BAD_GSO,
	DFC_DROP_TOO_BIG,
	DFC_DROP_OUTPUT,
	DFC_DROP_QUEUE_FULL,
	DFC_DROP_LATE,
	DFC_DROP_DUPLICATE,

	__DFC_DROP_LAST,
	DFC_DROP_MAX = __DFC_DROP_LAST - 1
};

/**
 * enum dfc_reason - why a filter is gone
 * @DFC_REASON_DELETED: FILTER_DEL or FILTER_FLUSH
 * @DFC_REASON_TIMEOUT_TOTAL: its total timeout
 * @DFC_REASON_TIMEOUT_IDLE: its idle timeout
 * @DFC_REASON_LIMIT_PACKETS: its packet limit
 * @DFC_REASON_LIMIT_BYTES: its byte limit
 * @DFC_REASON_OWNER: the socket that owned it was closed
 */
enum dfc_reason {
	DFC_REASON_DELETED,
	DFC_REASON_TIMEOUT_TOTAL,
	DFC_REASON_TIMEOUT_IDLE,
	DFC_REASON_LIMIT_PACKETS,
	DFC_REASON_LIMIT_BYTES,
	DFC_REASON_OWNER,

	__DFC_REASON_LAST,
	DFC_REASON_MAX = __DFC_REASON_LAST - 1
};

#endif /* _UAPI_LINUX_DFC_H */
