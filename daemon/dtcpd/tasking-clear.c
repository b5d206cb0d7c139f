// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <string.h>
#include <syslog.h>

#include "dtcpd/log.h"
#include "dtcpd/tasking-audit.h"
#include "dtcpd/tasking-event.h"
#include "dtcpd/tasking-private.h"

json_t *tasking_clear(struct tasking *t, const char *what)
{
	static const char command[] = "sequence-number ";
	const char *name;
	struct source *s;

	if (!what || strncmp(what, command, sizeof(command) - 1))
		return json_pack("{ss}", "error", "unknown request, expected "
				 "clear sequence-number SOURCE");
	name = what + sizeof(command) - 1;
	s = source_lookup(&t->sources, name);
	if (!s)
		return json_pack("{ss+}", "error", "unknown control source ",
				 name);
	dtcp_window_reset(&s->window);
	tasking_remember(t, s);
	tasking_event_source(t, s, "sequence-number-cleared", NULL);
	tasking_audit(t, json_pack("{ss ss ss}", "event",
				   "sequence-number-cleared", "capture-group",
				   s->group->name, "control-source", s->name));
	log_msg(LOG_NOTICE, "%s: sequence number cleared by the operator",
		s->name);
	return json_pack("{ss}", "cleared", s->name);
}
