// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <zlib.h>

#include "dtcpd/esp-number.h"
#include "dtcpd/log.h"

#define FILE_NAME	"associations"
#define MAGIC		"dtcpdsa"
#define VERSION		1

/**
 * struct image - the file; numbers are in the byte order of the machine
 * @magic: "dtcpdsa"
 * @version: VERSION
 * @records: ESP_NUMBER_RECORDS
 * @record: see &struct esp_number
 * @crc: of all before
 */
struct image {
	char magic[8];
	uint32_t version;
	uint32_t records;
	struct esp_number record[ESP_NUMBER_RECORDS];
	uint32_t crc;
};

static const uint8_t free_id[ESP_KEY_ID];

static uint32_t checksum(const struct image *i)
{
	return (uint32_t)crc32(0, (const void *)i, offsetof(struct image, crc));
}

static const char *judge(const struct image *i, ssize_t len)
{
	if (len != sizeof(*i))
		return "it has another size";
	if (memcmp(i->magic, MAGIC, sizeof(i->magic)) ||
	    i->version != VERSION || i->records != ESP_NUMBER_RECORDS)
		return "it has another format";
	return i->crc == checksum(i) ? NULL : "it is damaged";
}

static const char *read_image(const char *path, struct image *i)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	const char *why;
	ssize_t len;

	if (fd < 0)
		return errno == ENOENT ? NULL : strerror(errno);
	len = read(fd, i, sizeof(*i));
	why = len < 0 ? strerror(errno) : judge(i, len);
	close(fd);
	if (why)
		memset(i, 0, sizeof(*i));
	return why;
}

static void take(struct esp_numbers *n, const struct image *image)
{
	size_t i;

	memcpy(n->record, image->record, sizeof(n->record));
	for (i = 0; i < ESP_NUMBER_RECORDS; i++)
		if (n->stamp < n->record[i].stamp)
			n->stamp = n->record[i].stamp;
}

struct esp_numbers *esp_numbers_open(const char *directory)
{
	struct esp_numbers *n = calloc(1, sizeof(*n));
	struct image *image = calloc(1, sizeof(*image));
	const char *why;

	if (!n || !image ||
	    asprintf(&n->path, "%s/" FILE_NAME, directory) < 0) {
		log_msg(LOG_ERR, "out of memory");
		free(image);
		free(n);
		return NULL;
	}
	why = read_image(n->path, image);
	n->damaged = why;
	if (why)
		log_msg(LOG_ERR,
			"%s: %s; which sequence numbers were used is not known: put new keys into all key-files, at both ends, and remove this file",
			n->path, why);
	else
		take(n, image);
	free(image);
	return n;
}

void esp_numbers_close(struct esp_numbers *n)
{
	if (!n)
		return;
	free(n->path);
	free(n);
}

static int write_image(const char *path, const struct image *i)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW |
		      O_CLOEXEC, 0600);
	int err = 0;
	ssize_t len;

	if (fd < 0)
		return -errno;
	len = write(fd, i, sizeof(*i));
	if (len != sizeof(*i))
		err = len < 0 ? -errno : -ENOSPC;
	else if (fsync(fd))
		err = -errno;
	close(fd);
	return err;
}

static int sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int fd, err = 0;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

int esp_numbers_write(struct esp_numbers *n)
{
	struct image *i = calloc(1, sizeof(*i));
	char new[PATH_MAX];
	int err;

	if (!i)
		return -ENOMEM;
	memcpy(i->magic, MAGIC, sizeof(i->magic));
	i->version = VERSION;
	i->records = ESP_NUMBER_RECORDS;
	memcpy(i->record, n->record, sizeof(i->record));
	i->crc = checksum(i);
	snprintf(new, sizeof(new), "%s.new", n->path);
	err = write_image(new, i);
	if (!err && rename(new, n->path))
		err = -errno;
	if (!err)
		err = sync_directory(n->path);
	free(i);
	return err;
}

static bool is_free(const struct esp_number *r)
{
	return !memcmp(r->key_id, free_id, sizeof(free_id));
}

/* A free record, or the one that was not used for longest. */
static struct esp_number *choose(struct esp_numbers *n)
{
	struct esp_number *r, *oldest = NULL;
	size_t i;

	for (i = 0; i < ESP_NUMBER_RECORDS; i++) {
		r = &n->record[i];
		if (is_free(r))
			return r;
		if (!r->installed && (!oldest || r->stamp < oldest->stamp))
			oldest = r;
	}
	if (oldest)
		log_msg(LOG_WARNING,
			"%s: more than %d keys; the sequence number of one that was not used for long is forgotten",
			n->path, ESP_NUMBER_RECORDS);
	return oldest;
}

struct esp_number *esp_number_get(struct esp_numbers *n,
				  const uint8_t key_id[ESP_KEY_ID], bool *fresh)
{
	struct esp_number *r;
	size_t i;

	*fresh = false;
	for (i = 0; i < ESP_NUMBER_RECORDS; i++) {
		r = &n->record[i];
		if (!memcmp(r->key_id, key_id, ESP_KEY_ID)) {
			r->stamp = ++n->stamp;
			return r;
		}
	}
	*fresh = true;
	r = choose(n);
	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	memcpy(r->key_id, key_id, ESP_KEY_ID);
	r->stamp = ++n->stamp;
	return r;
}

static uint64_t above(uint64_t number, uint64_t step, uint64_t max)
{
	return max - number > step ? number + step : max;
}

bool esp_number_begin(struct esp_number *r, const struct xfrm_sa *sa)
{
	uint64_t max = ESP_NUMBER_MAX(sa->esn);

	if (r->number >= max - 1)
		return false;
	r->ceiling = above(r->number, ESP_NUMBER_MARGIN, max);
	r->sa = *sa;
	r->installed = true;
	return true;
}

bool esp_number_follow(struct esp_number *r, uint64_t number)
{
	uint64_t max = ESP_NUMBER_MAX(r->sa.esn);

	if (number > r->number)
		r->number = number;
	if (r->ceiling == max ||
	    (r->number < r->ceiling &&
	     r->ceiling - r->number > ESP_NUMBER_MARGIN / 2))
		return false;
	r->ceiling = above(r->number, ESP_NUMBER_MARGIN, max);
	return true;
}

/* What a processor was just sending may have got a number after it was read. */
void esp_number_end(struct esp_number *r, bool known)
{
	uint64_t max = ESP_NUMBER_MAX(r->sa.esn);

	r->number = known ? above(r->number, ESP_NUMBER_JUMP, max) : r->ceiling;
	r->ceiling = r->number;
	r->installed = false;
}
