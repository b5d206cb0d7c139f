// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>

#include "dfcctl/answer.h"

static void take_text(struct answer *a, const struct nlmsghdr *nlh,
		      size_t offset)
{
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, offset)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
			snprintf(a->text, sizeof(a->text), "%s",
				 mnl_attr_get_str(attr));
}

static int take_error(struct answer *a, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t offset = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err) || err->error > 0)
		return -EPROTO;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) &&
	    err->msg.nlmsg_len > NLMSG_HDRLEN)
		offset += err->msg.nlmsg_len - NLMSG_HDRLEN;
	if (offset <= mnl_nlmsg_get_payload_len(nlh))
		take_text(a, nlh, offset);
	return err->error;
}

static int take_done(struct answer *a, const struct nlmsghdr *nlh)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*error))
		return 0;
	take_text(a, nlh, sizeof(*error));
	return *error < 0 ? *error : 0;
}

bool answer_whole(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (uint32_t)left;
}

int answer_feed(struct answer *a, const void *buf, size_t len)
{
	const struct nlmsghdr *nlh = buf;
	int left = len;

	for (; answer_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != a->seq || nlh->nlmsg_pid != a->portid)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			a->interrupted = true;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return take_error(a, nlh);
		if (nlh->nlmsg_type == NLMSG_DONE)
			return take_done(a, nlh);
		if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && a->handler)
			a->handler(nlh, a->data);
	}
	return left > 0 ? -EPROTO : 1;
}
