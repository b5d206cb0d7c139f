// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

void tasking_event(struct tasking *t, json_t *event)
{
	if (event && t->outlet && t->outlet->event)
		t->outlet->event(t->outlet_arg, event);
	json_decref(event);
}
