// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stddef.h>
#include <unistd.h>
#include <zlib.h>

#include "dtcpd/state-file.h"

_Static_assert(sizeof(struct state_slot) <= STATE_SLOT_SIZE, "slot too large");
_Static_assert(DTCP_NAME_MAX < STATE_NAME_SIZE, "name too large");

static size_t offset(size_t record, unsigned int which)
{
	return STATE_HEADER_SIZE + (2 * record + which) * STATE_SLOT_SIZE;
}

static uint32_t checksum(const struct state_slot *slot)
{
	return (uint32_t)crc32(0, (const void *)slot,
			       offsetof(struct state_slot, crc));
}

static const struct state_slot *good(const uint8_t *image, size_t record,
				     unsigned int which)
{
	const struct state_slot *s = (const void *)(image +
						    offset(record, which));

	return s->generation && s->crc == checksum(s) &&
	       !s->name[STATE_NAME_SIZE - 1] ? s : NULL;
}

const struct state_slot *state_slot_newest(const uint8_t *image, size_t record,
					   unsigned int *which)
{
	const struct state_slot *a = good(image, record, 0);
	const struct state_slot *b = good(image, record, 1);
	unsigned int newest = !a || (b && b->generation > a->generation);

	if (which)
		*which = newest;
	return newest ? b : a;
}

int state_slot_write(int fd, size_t record, unsigned int which,
		     struct state_slot *slot)
{
	ssize_t done;

	slot->crc = checksum(slot);
	done = pwrite(fd, slot, sizeof(*slot), (off_t)offset(record, which));
	if (done == (ssize_t)sizeof(*slot))
		return 0;
	return done < 0 ? -errno : -ENOSPC;
}
