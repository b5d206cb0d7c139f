// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/privileges.h"

#define LOW_PORTS_END 1024

static int fail(int err)
{
	log_msg(LOG_ERR, "cannot drop privileges: %s", strerror(err));
	return -err;
}

/* A limit of 0 does not stop a core that goes to a pipe; the flag does. */
int privileges_hide(void)
{
	struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return fail(errno);
	return 0;
}

static bool is_low(uint16_t port)
{
	return port && port < LOW_PORTS_END;
}

static bool has_low_port(const struct config *c)
{
	size_t g, s;

	for (g = 0; g < c->ngroup; g++)
		for (s = 0; s < c->group[g].nsource; s++)
			if (is_low(c->group[g].source[s].service_port))
				return true;
	return is_low(c->ssh.port);
}

static void keep(bool have, unsigned int capability)
{
	if (have)
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED,
			     capability);
}

/* Without CAP_SETPCAP the bounding set stays, and there is little in it. */
int privileges_drop(const struct config *c)
{
	bool admin, bind, all;

	if (capng_get_caps_process())
		return fail(EPERM);
	admin = capng_have_capability(CAPNG_PERMITTED, CAP_NET_ADMIN);
	bind = capng_have_capability(CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
	all = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP);
	capng_clear(CAPNG_SELECT_ALL);
	keep(admin, CAP_NET_ADMIN);
	keep(bind && (!c || has_low_port(c)), CAP_NET_BIND_SERVICE);
	if (capng_apply(all ? CAPNG_SELECT_ALL :
			CAPNG_SELECT_CAPS | CAPNG_SELECT_AMBIENT))
		return fail(errno ? errno : EPERM);
	return 0;
}
