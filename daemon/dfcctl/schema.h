/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_SCHEMA_H
#define DFCCTL_SCHEMA_H

#include "dfcctl/field.h"

/* Names that dtcpd knows, joined into what the kernel tells. */
#define SCHEMA_CONTROL_SOURCE		"control-source"
#define SCHEMA_CRITERIA_ID		"criteria-id"
#define SCHEMA_CONTENT_DESTINATIONS	"content-destinations"
#define SCHEMA_NAME			"name"
#define SCHEMA_CAPTURE_GROUP		"capture-group"

extern const struct field schema_filter[];	/* inside DFC_A_FILTER */
extern const struct field schema_destination[];	/* inside DFC_A_DEST */
extern const struct field schema_group[];	/* inside DFC_A_GROUP */
extern const struct field schema_statistics[];	/* inside DFC_A_STATS */

#endif
