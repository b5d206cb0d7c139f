// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include "dtcp/notice.h"
#include "dtcp/show.h"

static void put_object(FILE *out, json_t *object, const char *from,
		       bool authentic)
{
	if (object && from)
		json_object_set_new(object, "from", json_string(from));
	if (object)
		json_object_set_new(object, "authentic",
				    json_boolean(authentic));
	if (object && !json_dumpf(object, out, JSON_COMPACT))
		fputc('\n', out);
	json_decref(object);
	fflush(out);
}

void notice_show(FILE *out, bool json, const struct reply *r,
		 const char *from)
{
	if (json) {
		put_object(out, show_json(r, false), from, true);
		return;
	}
	if (out == stderr)
		fputs("dtcp: ", out);
	fprintf(out, "notification%s%s: ", from ? " from " : "",
		from ? from : "");
	show_text(out, r);
	fputc('\n', out);
	fflush(out);
}

void notice_refuse(bool json, const char *from, const struct trouble *t)
{
	if (json)
		put_object(stdout, json_pack("{s:s?}", "error", t->text),
			   from, false);
	else
		fprintf(stderr, "dtcp: from %s: %s\n", from, t->text);
}
