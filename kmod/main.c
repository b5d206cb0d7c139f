// SPDX-License-Identifier: GPL-2.0
// Copyright (C) 2026 the dfc project

#include <linux/module.h>

#include "device.h"
#include "net.h"
#include "netlink.h"
#include "owner.h"

static int __init dfc_init(void)
{
	int err;

	err = dfc_net_init();
	if (err)
		return err;
	err = dfc_device_init();
	if (err)
		goto fini_net;
	err = dfc_owner_init();
	if (err)
		goto fini_device;
	err = dfc_netlink_init();
	if (err)
		goto fini_owner;
	return 0;

fini_owner:
	dfc_owner_fini();
fini_device:
	dfc_device_fini();
fini_net:
	dfc_net_fini();
	return err;
}

static void __exit dfc_exit(void)
{
	dfc_netlink_fini();
	dfc_owner_fini();
	dfc_device_fini();
	dfc_net_fini();
}

module_init(dfc_init);
module_exit(dfc_exit);

MODULE_DESCRIPTION("Dynamic flow capture");
MODULE_AUTHOR("the dfc project");
MODULE_LICENSE("GPL");
MODULE_ALIAS_GENL_FAMILY(DFC_GENL_NAME);
