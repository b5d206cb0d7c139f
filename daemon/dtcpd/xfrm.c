// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <netlink/netlink.h>
#include <netlink/xfrm/ae.h>
#include <netlink/xfrm/lifetime.h>
#include <netlink/xfrm/sa.h>
#include <netlink/xfrm/selector.h>
#include <netlink/xfrm/sp.h>
#include <netlink/xfrm/template.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dtcpd/config-address.h"
#include "dtcpd/xfrm.h"

#define ICV_BITS	128
/* A state with extended numbers must have one, though it only sends. */
#define REPLAY_WINDOW	32
#define BITMAP_MAX	(XFRMA_REPLAY_ESN_MAX / 32)
/*
 * Nothing goes before it: copies that an operator's policy for everything
 * would take must not depend on its priority.
 */
#define PRIORITY	0

struct xfrm {
	struct nl_sock *sock;
	int err;
	char error[256];
};

static unsigned int reqid(const struct xfrm_sa *sa)
{
	return XFRM_REQID | (sa->spi & ~XFRM_REQID);
}

static int fail(struct xfrm *x, int err)
{
	x->err = -err;
	snprintf(x->error, sizeof(x->error), "%s", strerror(-err));
	return err;
}

/* libnl 3.7 knows no extended acknowledgement: it is read by hand. */
static void read_extack(struct nlmsgerr *e, char *error, size_t room)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)((char *)e - NLMSG_HDRLEN);
	size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(*e));
	struct nlattr *text;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || skip > nlh->nlmsg_len)
		return;
	text = nla_find((struct nlattr *)((char *)nlh + skip),
			(int)(nlh->nlmsg_len - skip), NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(error, room, "%.*s", nla_len(text),
			 (char *)nla_data(text));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct xfrm *x = arg;

	fail(x, e->error);
	read_extack(e, x->error, sizeof(x->error));
	return NL_STOP;
}

/* The kernel's answer is an errno; what libnl itself cannot do is not. */
static int result(struct xfrm *x, int nle)
{
	if (nle >= 0)
		return 0;
	if (!x->err) {
		x->err = nle == -NLE_NOMEM ? ENOMEM : EIO;
		snprintf(x->error, sizeof(x->error), "%s", nl_geterror(nle));
	}
	return -x->err;
}

static void begin(struct xfrm *x)
{
	x->err = 0;
	x->error[0] = '\0';
}

struct xfrm *xfrm_open(char *why, size_t room)
{
	struct xfrm *x = calloc(1, sizeof(*x));
	int err = -NLE_NOMEM, on = 1, fd;

	if (x)
		x->sock = nl_socket_alloc();
	if (x && x->sock)
		err = nl_connect(x->sock, NETLINK_XFRM);
	if (err) {
		snprintf(why, room, "%s", nl_geterror(err));
		xfrm_close(x);
		return NULL;
	}
	fd = nl_socket_get_fd(x->sock);
	/* Requests have keys in them: an error need not send them back. */
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	nl_socket_modify_err_cb(x->sock, NL_CB_CUSTOM, on_error, x);
	return x;
}

void xfrm_close(struct xfrm *x)
{
	if (!x)
		return;
	nl_socket_free(x->sock);
	free(x);
}

const char *xfrm_error(const struct xfrm *x)
{
	return x->error;
}

static struct nl_addr *make_addr(const struct dtcp_outer_addr *a)
{
	return nl_addr_build(a->family, a->addr, a->family == AF_INET ? 4 : 16);
}

static bool is_addr(struct nl_addr *is, const struct dtcp_outer_addr *a)
{
	size_t len = a->family == AF_INET ? 4 : 16;

	return is && nl_addr_get_family(is) == a->family &&
	       nl_addr_get_len(is) >= len &&
	       !memcmp(nl_addr_get_binary_addr(is), a->addr, len);
}

/* All zero would be limits that are met at once. */
static struct xfrmnl_ltime_cfg *make_lifetime(void)
{
	struct xfrmnl_ltime_cfg *l = xfrmnl_ltime_cfg_alloc();

	if (!l)
		return NULL;
	xfrmnl_ltime_cfg_set_soft_bytelimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_hard_bytelimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_soft_packetlimit(l, XFRM_INF);
	xfrmnl_ltime_cfg_set_hard_packetlimit(l, XFRM_INF);
	return l;
}

static int set_number(struct xfrmnl_sa *s, const struct xfrm_sa *sa,
		      uint64_t number)
{
	unsigned int low = (uint32_t)number, none = 0;

	if (!sa->esn)
		return xfrmnl_sa_set_replay_state(s, low, 0, 0);
	xfrmnl_sa_set_flags(s, XFRM_STATE_ESN);
	return xfrmnl_sa_set_replay_state_esn(s, low, 0,
					      (uint32_t)(number >> 32), 0,
					      REPLAY_WINDOW, 1, &none);
}

/* Without key. */
static struct xfrmnl_sa *make_state(const struct xfrm_sa *sa)
{
	struct nl_addr *local = make_addr(&sa->local);
	struct nl_addr *remote = make_addr(&sa->remote);
	struct xfrmnl_ltime_cfg *lifetime = make_lifetime();
	struct xfrmnl_sa *s = xfrmnl_sa_alloc();

	if (s && local && remote && lifetime) {
		xfrmnl_sa_set_saddr(s, local);
		xfrmnl_sa_set_daddr(s, remote);
		xfrmnl_sa_set_family(s, sa->local.family);
		xfrmnl_sa_set_spi(s, sa->spi);
		xfrmnl_sa_set_proto(s, IPPROTO_ESP);
		xfrmnl_sa_set_reqid(s, reqid(sa));
		xfrmnl_sa_set_mode(s, sa->transport ? XFRM_MODE_TRANSPORT :
				   XFRM_MODE_TUNNEL);
		xfrmnl_sa_set_lifetime_cfg(s, lifetime);
	} else if (s) {
		xfrmnl_sa_put(s);
		s = NULL;
	}
	if (lifetime)
		xfrmnl_ltime_cfg_put(lifetime);
	nl_addr_put(remote);
	nl_addr_put(local);
	return s;
}

/* Not by libnl-xfrm: it would keep a copy of the key. */
static int put_key(struct nl_msg *msg, const struct esp_algorithm *algorithm,
		   const uint8_t *key)
{
	struct xfrm_algo_aead *aead;
	struct nlattr *a;

	a = nla_reserve(msg, XFRMA_ALG_AEAD,
			(int)(sizeof(*aead) + algorithm->bytes));
	if (!a)
		return -NLE_NOMEM;
	aead = nla_data(a);
	memset(aead, 0, sizeof(*aead));
	snprintf(aead->alg_name, sizeof(aead->alg_name), "%s",
		 algorithm->kernel);
	aead->alg_key_len = (unsigned int)(8 * algorithm->bytes);
	aead->alg_icv_len = ICV_BITS;
	memcpy(aead->alg_key, key, algorithm->bytes);
	return 0;
}

int xfrm_state_add(struct xfrm *x, const struct xfrm_sa *sa,
		   const struct esp_algorithm *algorithm, const uint8_t *key,
		   uint64_t number)
{
	struct xfrmnl_sa *s = make_state(sa);
	struct nl_msg *msg = NULL;
	int err = -NLE_NOMEM;

	begin(x);
	if (s && !set_number(s, sa, number))
		err = xfrmnl_sa_build_add_request(s, 0, &msg);
	if (!err)
		err = put_key(msg, algorithm, key);
	if (!err) {
		err = nl_send_auto(x->sock, msg);
		if (err >= 0)
			err = nl_wait_for_ack(x->sock);
	}
	if (msg) {
		explicit_bzero(nlmsg_data(nlmsg_hdr(msg)),
			       (size_t)nlmsg_datalen(nlmsg_hdr(msg)));
		nlmsg_free(msg);
	}
	if (s)
		xfrmnl_sa_put(s);
	return result(x, err);
}

int xfrm_state_del(struct xfrm *x, const struct xfrm_sa *sa)
{
	struct xfrmnl_sa *s = make_state(sa);
	int err = -NLE_NOMEM;

	begin(x);
	if (s) {
		err = xfrmnl_sa_delete(x->sock, s, 0);
		xfrmnl_sa_put(s);
	}
	return result(x, err);
}

/* Not GETSA: its answer has the key in it. */
int xfrm_state_number(struct xfrm *x, const struct xfrm_sa *sa,
		      uint64_t *number)
{
	unsigned int low = 0, high = 0, skip[4], bitmap[BITMAP_MAX];
	struct nl_addr *remote = make_addr(&sa->remote);
	struct xfrmnl_ae *ae = NULL;
	int err = -NLE_NOMEM;

	begin(x);
	if (remote) {
		err = xfrmnl_ae_get_kernel(x->sock, remote, sa->spi,
					   IPPROTO_ESP, 0, 0, &ae);
		nl_addr_put(remote);
	}
	if (err >= 0 && !ae)
		err = -NLE_NOMEM;
	if (err < 0)
		return result(x, err);
	if ((unsigned int)xfrmnl_ae_get_reqid(ae) != reqid(sa))
		err = -EEXIST;
	else if (!xfrmnl_ae_get_replay_state_esn(ae, &low, &skip[0], &high,
						 &skip[1], &skip[2], &skip[3],
						 bitmap) ||
		 !xfrmnl_ae_get_replay_state(ae, &low, &skip[0], &skip[1]))
		*number = (uint64_t)high << 32 | low;
	else
		err = -EIO;
	xfrmnl_ae_put(ae);
	return err < 0 ? fail(x, err) : 0;
}

static struct xfrmnl_sel *make_selector(const struct xfrm_flow *f)
{
	struct nl_addr *src = make_addr(&f->src), *dst = make_addr(&f->dst);
	unsigned int bits = f->src.family == AF_INET ? 32 : 128;
	struct xfrmnl_sel *s = xfrmnl_sel_alloc();

	if (s && src && dst) {
		xfrmnl_sel_set_saddr(s, src);
		xfrmnl_sel_set_daddr(s, dst);
		xfrmnl_sel_set_prefixlen_s(s, bits);
		xfrmnl_sel_set_prefixlen_d(s, bits);
		xfrmnl_sel_set_family(s, f->src.family);
		xfrmnl_sel_set_proto(s, f->proto);
	} else if (s) {
		xfrmnl_sel_put(s);
		s = NULL;
	}
	if (s && f->dport) {
		xfrmnl_sel_set_sport(s, f->sport);
		xfrmnl_sel_set_sportmask(s, UINT16_MAX);
		xfrmnl_sel_set_dport(s, f->dport);
		xfrmnl_sel_set_dportmask(s, UINT16_MAX);
	}
	nl_addr_put(dst);
	nl_addr_put(src);
	return s;
}

static struct xfrmnl_user_tmpl *make_template(const struct xfrm_sa *sa)
{
	struct nl_addr *local = make_addr(&sa->local);
	struct nl_addr *remote = make_addr(&sa->remote);
	struct xfrmnl_user_tmpl *t = xfrmnl_user_tmpl_alloc();

	if (t && local && remote) {
		xfrmnl_user_tmpl_set_saddr(t, local);
		xfrmnl_user_tmpl_set_daddr(t, remote);
		xfrmnl_user_tmpl_set_family(t, sa->local.family);
		xfrmnl_user_tmpl_set_spi(t, sa->spi);
		xfrmnl_user_tmpl_set_proto(t, IPPROTO_ESP);
		xfrmnl_user_tmpl_set_reqid(t, reqid(sa));
		xfrmnl_user_tmpl_set_mode(t, sa->transport ?
					  XFRM_MODE_TRANSPORT :
					  XFRM_MODE_TUNNEL);
		xfrmnl_user_tmpl_set_aalgos(t, UINT32_MAX);
		xfrmnl_user_tmpl_set_ealgos(t, UINT32_MAX);
		xfrmnl_user_tmpl_set_calgos(t, UINT32_MAX);
	} else if (t) {
		xfrmnl_user_tmpl_free(t);
		t = NULL;
	}
	nl_addr_put(remote);
	nl_addr_put(local);
	return t;
}

static struct xfrmnl_sp *make_policy(const struct xfrm_sa *sa,
				     const struct xfrm_flow *flow)
{
	struct xfrmnl_sel *selector = make_selector(flow);
	struct xfrmnl_user_tmpl *t = make_template(sa);
	struct xfrmnl_ltime_cfg *lifetime = make_lifetime();
	struct xfrmnl_sp *p = xfrmnl_sp_alloc();

	if (p && selector && t && lifetime) {
		xfrmnl_sp_set_sel(p, selector);
		xfrmnl_sp_set_lifetime_cfg(p, lifetime);
		xfrmnl_sp_set_dir(p, XFRM_POLICY_OUT);
		xfrmnl_sp_set_action(p, XFRM_POLICY_ALLOW);
		xfrmnl_sp_set_priority(p, PRIORITY);
		xfrmnl_sp_add_usertemplate(p, t);
		t = NULL;
	} else if (p) {
		xfrmnl_sp_put(p);
		p = NULL;
	}
	if (t)
		xfrmnl_user_tmpl_free(t);
	if (lifetime)
		xfrmnl_ltime_cfg_put(lifetime);
	if (selector)
		xfrmnl_sel_put(selector);
	return p;
}

static int put_policy(struct xfrm *x, const struct xfrm_sa *sa,
		      const struct xfrm_flow *flow,
		      int (*put)(struct nl_sock *sock, struct xfrmnl_sp *p,
				 int flags))
{
	struct xfrmnl_sp *p = make_policy(sa, flow);
	int err = -NLE_NOMEM;

	begin(x);
	if (p) {
		err = put(x->sock, p, 0);
		xfrmnl_sp_put(p);
	}
	return result(x, err);
}

int xfrm_policy_add(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow)
{
	return put_policy(x, sa, flow, xfrmnl_sp_add);
}

int xfrm_policy_replace(struct xfrm *x, const struct xfrm_sa *sa,
			const struct xfrm_flow *flow)
{
	return put_policy(x, sa, flow, xfrmnl_sp_update);
}

static bool leads_to(struct xfrmnl_sp *p, const struct xfrm_sa *sa)
{
	struct xfrmnl_user_tmpl *t;

	if (xfrmnl_sp_get_dir(p) != XFRM_POLICY_OUT ||
	    xfrmnl_sp_get_nusertemplates(p) != 1)
		return false;
	t = xfrmnl_sp_usertemplate_n(p, 0);
	return t && xfrmnl_user_tmpl_get_proto(t) == IPPROTO_ESP &&
	       (uint32_t)xfrmnl_user_tmpl_get_spi(t) == sa->spi &&
	       (unsigned int)xfrmnl_user_tmpl_get_reqid(t) == reqid(sa) &&
	       is_addr(xfrmnl_user_tmpl_get_daddr(t), &sa->remote);
}

static bool is_for(struct xfrmnl_sp *p, const struct xfrm_flow *f)
{
	struct xfrmnl_sel *s = xfrmnl_sp_get_sel(p);

	return s && is_addr(xfrmnl_sel_get_saddr(s), &f->src) &&
	       is_addr(xfrmnl_sel_get_daddr(s), &f->dst) &&
	       xfrmnl_sel_get_proto(s) == f->proto &&
	       xfrmnl_sel_get_sport(s) == f->sport &&
	       xfrmnl_sel_get_dport(s) == f->dport;
}

/* By its index: nobody else's has it. */
static int del_policy(struct xfrm *x, struct xfrmnl_sp *found)
{
	struct xfrmnl_sp *p = xfrmnl_sp_alloc();
	int err = -NLE_NOMEM;

	if (p) {
		xfrmnl_sp_set_dir(p, XFRM_POLICY_OUT);
		xfrmnl_sp_set_index(p, (unsigned int)
				    xfrmnl_sp_get_index(found));
		err = xfrmnl_sp_delete(x->sock, p, 0);
		xfrmnl_sp_put(p);
	}
	err = result(x, err);
	return err == -ENOENT ? 0 : err;
}

struct doomed {
	const struct xfrm_flow *flow;
	size_t n;
	bool others;	/* not these, but all others */
};

static bool is_doomed(struct xfrmnl_sp *p, const struct doomed *d)
{
	size_t i = 0;

	while (i < d->n && !is_for(p, &d->flow[i]))
		i++;
	return (i == d->n) == d->others;
}

static int del_policies(struct xfrm *x, const struct xfrm_sa *sa,
			const struct doomed *d)
{
	int err, ret = 0;
	struct nl_cache *all;
	struct nl_object *o;

	begin(x);
	err = result(x, xfrmnl_sp_alloc_cache(x->sock, &all));
	if (err)
		return err;
	for (o = nl_cache_get_first(all); o; o = nl_cache_get_next(o)) {
		if (!leads_to((struct xfrmnl_sp *)o, sa) ||
		    !is_doomed((struct xfrmnl_sp *)o, d))
			continue;
		begin(x);
		err = del_policy(x, (struct xfrmnl_sp *)o);
		ret = err ? err : ret;
	}
	nl_cache_free(all);
	return ret;
}

int xfrm_policy_del(struct xfrm *x, const struct xfrm_sa *sa,
		    const struct xfrm_flow *flow)
{
	const struct doomed d = { flow, flow != NULL, !flow };

	return del_policies(x, sa, &d);
}

int xfrm_policy_prune(struct xfrm *x, const struct xfrm_sa *sa,
		      const struct xfrm_flow *flow, size_t n)
{
	const struct doomed d = { flow, n, true };

	return del_policies(x, sa, &d);
}
