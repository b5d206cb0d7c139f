// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtcpd/esp-key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* The key written out again is the text, but for the case of letters. */
static void check_key(const char *text, size_t len, const uint8_t *key,
		      size_t bytes)
{
	char again[2 * ESP_KEY_MAX + 1];
	size_t i;

	for (i = 0; i < bytes; i++)
		snprintf(again + 2 * i, 3, "%02x", key[i]);
	check(len == 2 * bytes || (len == 2 * bytes + 1 &&
				   text[len - 1] == '\n'));
	for (i = 0; i < 2 * bytes; i++)
		check((text[i] | ('a' - 'A')) == again[i] ||
		      text[i] == again[i]);
}

static void parse(const char *text, size_t len, const char *name)
{
	const struct esp_algorithm *a = esp_algorithm_find(name);
	static const uint8_t none[ESP_KEY_MAX];
	uint8_t key[ESP_KEY_MAX];
	char why[256] = "";

	memset(key, 0xa5, sizeof(key));
	if (esp_key_parse(text, len, a, key, why, sizeof(why))) {
		check_key(text, len, key, a->bytes);
		return;
	}
	check(!memcmp(key, none, sizeof(none)));
	check(!strncmp(why, "line ", 5) && strstr(why, ", expected "));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	parse((const char *)data, size, "aes-128-gcm");
	parse((const char *)data, size, "aes-192-gcm");
	parse((const char *)data, size, "chacha20-poly1305");
	return 0;
}
