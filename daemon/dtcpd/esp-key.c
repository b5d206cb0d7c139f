// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/esp-key.h"
#include "dtcpd/secret-file.h"

#define TEXT_MAX	256	/* more than any key file may have */

static const struct esp_algorithm algorithms[] = {
	{ "aes-128-gcm", "rfc4106(gcm(aes))", 16 + 4 },
	{ "aes-192-gcm", "rfc4106(gcm(aes))", 24 + 4 },
	{ "aes-256-gcm", "rfc4106(gcm(aes))", 32 + 4 },
	{ "chacha20-poly1305", "rfc7539esp(chacha20,poly1305)", 32 + 4 },
};

const struct esp_algorithm *esp_algorithm_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (!strcmp(algorithms[i].name, name))
			return &algorithms[i];
	return NULL;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool refuse(const struct esp_algorithm *a, unsigned int line,
		   const char *what, char *why, size_t room)
{
	snprintf(why, room,
		 "line %u: %s, expected one line of %zu hexadecimal digits: %zu bytes of key and 4 of salt for %s",
		 line, what, 2 * a->bytes, a->bytes - 4, a->name);
	return false;
}

static bool decode(const char *text, const struct esp_algorithm *a,
		   uint8_t *key)
{
	int high, low;
	size_t i;

	for (i = 0; i < a->bytes; i++) {
		high = digit(text[2 * i]);
		low = digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		key[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

bool esp_key_parse(const char *text, size_t len,
		   const struct esp_algorithm *algorithm,
		   uint8_t key[ESP_KEY_MAX], char *why, size_t room)
{
	const char *end = memchr(text, '\n', len);
	size_t have = end ? (size_t)(end - text) : len;
	char what[64];

	explicit_bzero(key, ESP_KEY_MAX);
	if (have != 2 * algorithm->bytes) {
		snprintf(what, sizeof(what), "it has %zu characters", have);
		return refuse(algorithm, 1, what, why, room);
	}
	if (end && have + 1 < len)
		return refuse(algorithm, 2, "there is more than one line", why,
			      room);
	if (decode(text, algorithm, key))
		return true;
	explicit_bzero(key, ESP_KEY_MAX);
	return refuse(algorithm, 1,
		      "it has characters that are no hexadecimal digits", why,
		      room);
}

static const char *judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (st.st_uid && st.st_uid != geteuid())
		return "it belongs to somebody else";
	if (!secret_file_is_private(&st))
		return "others than its owner have rights to it";
	return NULL;
}

/* O_NONBLOCK: opening a fifo must not hang. */
static int open_file(const char *path, char *why, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *what = fd < 0 ? strerror(errno) : judge(fd);

	if (!what)
		return fd;
	snprintf(why, room,
		 "%s, expected a file of this user or root with mode 600, or of root with mode 640 and group " SECRET_FILE_GROUP,
		 what);
	if (fd >= 0)
		close(fd);
	return -1;
}

bool esp_key_load(const char *path, const struct esp_algorithm *algorithm,
		  uint8_t key[ESP_KEY_MAX], char *why, size_t room)
{
	char text[TEXT_MAX];
	bool good = false;
	ssize_t len;
	int fd;

	explicit_bzero(key, ESP_KEY_MAX);
	fd = open_file(path, why, room);
	if (fd < 0)
		return false;
	len = read(fd, text, sizeof(text));
	if (len < 0)
		snprintf(why, room, "%s, expected a file that can be read",
			 strerror(errno));
	else
		good = esp_key_parse(text, (size_t)len, algorithm, key, why,
				     room);
	explicit_bzero(text, sizeof(text));
	close(fd);
	return good;
}

bool esp_key_try(const char *path, const struct esp_algorithm *algorithm,
		 char *why, size_t room)
{
	uint8_t key[ESP_KEY_MAX];
	bool good = esp_key_load(path, algorithm, key, why, room);

	explicit_bzero(key, sizeof(key));
	return good;
}

#define NAME_MAX_BYTES 24	/* of an algorithm */

bool esp_key_id(const uint8_t *key, const struct esp_algorithm *algorithm,
		uint8_t id[ESP_KEY_ID])
{
	static const char purpose[] = "dtcpd security-association";
	uint8_t text[sizeof(purpose) + NAME_MAX_BYTES + ESP_KEY_MAX] = { 0 };
	uint8_t hash[EVP_MAX_MD_SIZE];
	bool good;

	memcpy(text, purpose, sizeof(purpose));
	snprintf((char *)text + sizeof(purpose), NAME_MAX_BYTES, "%s",
		 algorithm->name);
	memcpy(text + sizeof(purpose) + NAME_MAX_BYTES, key, algorithm->bytes);
	good = EVP_Digest(text, sizeof(text), hash, NULL, EVP_sha256(), NULL);
	explicit_bzero(text, sizeof(text));
	memcpy(id, hash, ESP_KEY_ID);
	return good;
}
