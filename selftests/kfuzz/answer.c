// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "spec.h"

static void take_text(struct refusal *end, const struct nlmsghdr *nlh,
		      size_t offset)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, offset)
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(a, MNL_TYPE_NUL_STRING))
			snprintf(end->text, sizeof(end->text), "%s",
				 mnl_attr_get_str(a));
}

const char *answer_end(const struct nlmsghdr *nlh, struct refusal *end)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t len = sizeof(err->error);

	if (nlh->nlmsg_type == NLMSG_ERROR)
		len = sizeof(*err);
	memset(end, 0, sizeof(*end));
	if (mnl_nlmsg_get_payload_len(nlh) < len)
		return "it is too short";
	if (nlh->nlmsg_type == NLMSG_ERROR && err->error &&
	    !(nlh->nlmsg_flags & NLM_F_CAPPED))
		return "it has the request, which was not asked for";
	if (err->error > 0)
		return "its error is positive";
	end->error = -err->error;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		take_text(end, nlh, len);
	return NULL;
}

static uint64_t number(const struct nlattr *a, enum spec_kind kind)
{
	switch (kind) {
	case SPEC_U8:
		return mnl_attr_get_u8(a);
	case SPEC_U16:
		return mnl_attr_get_u16(a);
	case SPEC_U32:
		return mnl_attr_get_u32(a);
	default:
		return mnl_attr_get_u64(a);
	}
}

static const char *wrong_number(const struct nlattr *a,
				const struct spec_attr *spec, uint16_t len)
{
	uint64_t value;

	if (mnl_attr_get_payload_len(a) != len)
		return "its length is wrong";
	value = number(a, spec->kind);
	return value < spec->min || value > spec->max ?
	       "its value is out of range" : NULL;
}

static const char *wrong_text(const struct nlattr *a,
			      const struct spec_attr *spec)
{
	uint16_t len = mnl_attr_get_payload_len(a);
	const char *text = mnl_attr_get_payload(a);

	if (!len || strnlen(text, len) != len - 1u)
		return "the string does not end, or too early";
	return len - 1u < spec->min || len - 1u > spec->max ?
	       "its length is wrong" : NULL;
}

static const char *wrong_value(const struct nlattr *a,
			       const struct spec_attr *spec)
{
	uint16_t len = mnl_attr_get_payload_len(a);

	switch (spec->kind) {
	case SPEC_PAD:
		return len ? "padding has a value" : NULL;
	case SPEC_U8:
		return wrong_number(a, spec, 1);
	case SPEC_U16:
		return wrong_number(a, spec, 2);
	case SPEC_U32:
		return wrong_number(a, spec, 4);
	case SPEC_U64:
		return wrong_number(a, spec, 8);
	case SPEC_STRING:
		return wrong_text(a, spec);
	case SPEC_BINARY:
		return len < spec->min || len > spec->max ?
		       "its length is wrong" : NULL;
	default:
		return NULL;
	}
}

static const char *wrong_set(int set, const uint8_t *at, size_t len,
			     char *what, size_t room)
{
	const struct spec_attr *spec;
	const struct nlattr *a;
	uint64_t seen = 0;
	const char *why;

	for (; len; at += NLA_ALIGN(a->nla_len), len -= NLA_ALIGN(a->nla_len)) {
		a = (const void *)at;
		if (len < NLA_HDRLEN || a->nla_len < NLA_HDRLEN ||
		    (size_t)NLA_ALIGN(a->nla_len) > len)
			return "attributes do not fill their place";
		spec = spec_attr(set, mnl_attr_get_type(a));
		snprintf(what, room, "attribute %u", mnl_attr_get_type(a));
		if (!spec)
			return "there is no such attribute here";
		snprintf(what, room, "%s", spec->name);
		if (seen >> mnl_attr_get_type(a) & 1 && !spec->many &&
		    spec->kind != SPEC_PAD)
			return "it is there twice";
		seen |= 1ULL << mnl_attr_get_type(a);
		why = wrong_value(a, spec);
		if (!why && spec->kind == SPEC_NEST)
			why = wrong_set(spec->set, at + NLA_HDRLEN,
					a->nla_len - NLA_HDRLEN, what, room);
		if (why)
			return why;
	}
	return NULL;
}

const char *answer_wrong(const struct nlmsghdr *nlh, char *what, size_t room)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	snprintf(what, room, "header");
	if (mnl_nlmsg_get_payload_len(nlh) < GENL_HDRLEN)
		return "it is too short";
	if (!spec_command(genl->cmd) || genl->version != DFC_GENL_VERSION)
		return "there is no such command or version";
	return wrong_set(SPEC_SET_DFC, (const uint8_t *)genl + GENL_HDRLEN,
			 mnl_nlmsg_get_payload_len(nlh) - GENL_HDRLEN, what,
			 room);
}

uint32_t answer_id(const struct nlmsghdr *nlh, unsigned int *kind)
{
	static const uint16_t ids[DFC_A_MAX + 1] = {
		[DFC_A_FILTER] = DFC_FILTER_A_ID,
		[DFC_A_DEST] = DFC_DEST_A_ID,
		[DFC_A_GROUP] = DFC_GROUP_A_ID,
	};
	const struct nlattr *a, *id;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		*kind = mnl_attr_get_type(a);
		if (*kind > DFC_A_MAX || !ids[*kind])
			continue;
		mnl_attr_for_each_nested(id, a)
			if (mnl_attr_get_type(id) == ids[*kind])
				return mnl_attr_get_u32(id);
	}
	return 0;
}
