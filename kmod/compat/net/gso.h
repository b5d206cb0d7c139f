/* SPDX-License-Identifier: GPL-2.0 */
/* Copyright (C) 2026 the dfc project */

#ifndef _DFC_COMPAT_NET_GSO_H
#define _DFC_COMPAT_NET_GSO_H

/* Linux 6.5 moved the GSO helpers here; before, netdevice.h had them. */
#ifdef DFC_HAVE_NET_GSO_H
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#endif

#endif /* _DFC_COMPAT_NET_GSO_H */
