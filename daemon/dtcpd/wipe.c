// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// In place of libc's free() and realloc(), for dtcpd and the libraries that it
// uses: what is given back is zero first. Keys, passwords and requests pass
// through buffers of libconfuse, stdio, libssh, OpenSSL and Jansson, which
// wipe but part of them; so nothing of what is no longer in use can be found
// in the memory of dtcpd, whoever had it.

#include "dtcpd/sanitized.h"

#if !SANITIZED

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Of glibc: what libc's own functions are called beside their usual names. */
void __libc_free(void *p);

void free(void *p)
{
	int err = errno;

	if (p) {
		explicit_bzero(p, malloc_usable_size(p));
		__libc_free(p);
	}
	errno = err;
}

/* That of libc would leave a copy behind, or what is cut off. */
void *realloc(void *p, size_t size)
{
	size_t room = p ? malloc_usable_size(p) : 0;
	void *q;

	if (p && !size) {
		free(p);
		return NULL;
	}
	if (size <= room && size >= room / 2) {
		explicit_bzero((char *)p + size, room - size);
		return p;
	}
	q = malloc(size);
	if (!p || !q)
		return q;
	memcpy(q, p, size < room ? size : room);
	free(p);
	return q;
}

#endif
