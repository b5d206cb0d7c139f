// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <linux/dfc.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "dfc-netlink/names.h"
#include "dfcctl/address.h"
#include "dfcctl/kind.h"

int kind_number_parse(const char *word, uint64_t min, uint64_t max,
		      uint64_t *value)
{
	char *end;

	if (*word < '0' || *word > '9')
		return -EINVAL;
	errno = 0;
	*value = strtoull(word, &end, 10);
	if (errno || *end || *value < min || *value > max)
		return -EINVAL;
	return 0;
}

static int put(struct nlmsghdr *nlh, uint16_t attr, size_t len,
	       const void *data)
{
	return mnl_attr_put_check(nlh, FIELD_MESSAGE_MAX, attr, len, data) ?
		0 : -EMSGSIZE;
}

static int put_number(struct nlmsghdr *nlh, uint16_t attr, unsigned int size,
		      uint64_t value)
{
	uint8_t u8 = value;
	uint16_t u16 = value;
	uint32_t u32 = value;

	switch (size) {
	case 1:
		return put(nlh, attr, size, &u8);
	case 2:
		return put(nlh, attr, size, &u16);
	case 4:
		return put(nlh, attr, size, &u32);
	default:
		return put(nlh, attr, size, &value);
	}
}

static int write_number(const struct field *f, const char *word,
			struct nlmsghdr *nlh)
{
	const struct kind *k = f->kind;
	uint64_t value;

	if (kind_number_parse(word, k->min, k->max, &value))
		return -EINVAL;
	return put_number(nlh, f->attr, k->size, value);
}

/* The length says which type it is. */
static int get_number(const struct nlattr *a, uint64_t *value)
{
	switch (mnl_attr_get_payload_len(a)) {
	case 1:
		*value = mnl_attr_get_u8(a);
		return 0;
	case 2:
		*value = mnl_attr_get_u16(a);
		return 0;
	case 4:
		*value = mnl_attr_get_u32(a);
		return 0;
	case 8:
		*value = mnl_attr_get_u64(a);
		return 0;
	default:
		return -EINVAL;
	}
}

static json_t *number_json(uint64_t value)
{
	/* JSON integers are signed here: a larger one loses digits. */
	return value > INT64_MAX ? json_real(value) : json_integer(value);
}

static json_t *read_number(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	return get_number(a, &value) ? NULL : number_json(value);
}

static json_t *read_milliseconds(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	return get_number(a, &value) ? NULL : json_real(value / 1e3);
}

/* No quantity, and too large for JSON's integers. */
static json_t *read_instance(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	if (get_number(a, &value))
		return NULL;
	return json_sprintf("%016llx", (unsigned long long)value);
}

/* Whole frames have the name that Junos and DTCP have for them. */
static const uint16_t family_numbers[] = { AF_INET, AF_INET6, AF_PACKET };
static const char *const families[] = { "inet", "inet6", "ccc", NULL };

static json_t *read_family(const struct field *f, const struct nlattr *a)
{
	uint64_t value;
	size_t i;

	if (get_number(a, &value))
		return NULL;
	for (i = 0; families[i]; i++)
		if (value == family_numbers[i])
			return json_string(families[i]);
	return NULL;
}

static int write_family(const struct field *f, const char *word,
			struct nlmsghdr *nlh)
{
	size_t i;

	for (i = 0; families[i]; i++)
		if (!strcmp(word, families[i]))
			return put_number(nlh, f->attr, 2, family_numbers[i]);
	return -EINVAL;
}

/* The words of a kind, in the order of its enum; more are not known here. */
static size_t count_words(const struct kind *k)
{
	size_t n = 0;

	while (k->words[n])
		n++;
	return n;
}

static json_t *read_word(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	if (get_number(a, &value))
		return NULL;
	return json_string(value < count_words(f->kind) ?
			   f->kind->words[value] : "unknown");
}

static int write_word(const struct field *f, const char *word,
		      struct nlmsghdr *nlh)
{
	size_t i;

	for (i = 0; f->kind->words[i]; i++)
		if (!strcmp(f->kind->words[i], word))
			return put_number(nlh, f->attr, 4, i);
	return -EINVAL;
}

static json_t *read_device(const struct field *f, const struct nlattr *a)
{
	const char *name = mnl_attr_get_payload(a);
	size_t len = strnlen(name, mnl_attr_get_payload_len(a));

	return len ? json_stringn(name, len) : NULL;
}

static int write_device(const struct field *f, const char *word,
			struct nlmsghdr *nlh)
{
	size_t len = strlen(word);

	if (!len || len >= IFNAMSIZ)
		return -EINVAL;
	return put(nlh, f->attr, len + 1, word);
}

/* All objects have the same flag. */
_Static_assert(DFC_FILTER_F_OWNED == DFC_DEST_F_OWNED &&
	       DFC_FILTER_F_OWNED == DFC_GROUP_F_OWNED, "flags for owned differ");

static json_t *read_owned(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	return get_number(a, &value) ? NULL :
		json_boolean(value & DFC_FILTER_F_OWNED);
}

static const char *const answers[] = { "no", "yes", NULL };

static json_t *read_local(const struct field *f, const struct nlattr *a)
{
	uint64_t value;

	return get_number(a, &value) ? NULL :
		json_boolean(value & DFC_GROUP_F_LOCAL);
}

static int write_local(const struct field *f, const char *word,
		       struct nlmsghdr *nlh)
{
	bool yes = !strcmp(word, answers[1]);

	if (!yes && strcmp(word, answers[0]))
		return -EINVAL;
	return put_number(nlh, f->attr, 4, yes ? DFC_GROUP_F_LOCAL : 0);
}

static json_t *read_address(const struct field *f, const struct nlattr *a)
{
	uint16_t len = mnl_attr_get_payload_len(a);
	char text[ADDRESS_TEXT_MAX];

	if (len != 4 && len != 16)
		return NULL;
	address_text(mnl_attr_get_payload(a), len, text, sizeof(text));
	return json_string(text);
}

static int write_address(const struct field *f, const char *word,
			 struct nlmsghdr *nlh)
{
	uint8_t address[16];
	int len = address_parse(word, address);

	return len < 0 ? len : put(nlh, f->attr, len, address);
}

static json_t *drop_json(const struct nlattr *a, uint16_t what)
{
	const struct nlattr *inner;
	uint64_t cause = DFC_DROP_MAX + 1, count = 0;
	json_t *drop;

	mnl_attr_for_each_nested(inner, a) {
		if (mnl_attr_get_type(inner) == DFC_DROP_A_CAUSE)
			get_number(inner, &cause);
		if (mnl_attr_get_type(inner) == what)
			get_number(inner, &count);
	}
	drop = json_object();
	json_object_set_new(drop, dfc_drop_name(cause), number_json(count));
	return drop;
}

static json_t *read_drop(const struct field *f, const struct nlattr *a)
{
	return drop_json(a, DFC_DROP_A_PACKETS);
}

static json_t *read_drop_bytes(const struct field *f, const struct nlattr *a)
{
	return drop_json(a, DFC_DROP_A_BYTES);
}

static const char *const securities[] = {
	[DFC_SECURITY_REQUIRED] = "required",
	[DFC_SECURITY_NONE] = "none",
	[DFC_SECURITY_MAX + 1] = NULL
};

static const char *const formats[] = {
	[DFC_FORMAT_UDP] = "udp",
	[DFC_FORMAT_IPIP] = "ipip",
	[DFC_FORMAT_DFC] = "dfc",
	[DFC_FORMAT_MAX + 1] = NULL
};

static const char *const actions[] = {
	[DFC_ACTION_COPY] = "copy",
	[DFC_ACTION_REDIRECT] = "redirect",
	[DFC_ACTION_BLOCK] = "block",
	[DFC_ACTION_MAX + 1] = NULL
};

static const char *const modes[] = {
	[DFC_MODE_ACTIVE] = "active",
	[DFC_MODE_PASSIVE] = "passive",
	[DFC_MODE_MAX + 1] = NULL
};

const struct kind kind_id = {
	.expected = "a number, 1..4294967295",
	.min = 1, .max = UINT32_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_count = {
	.read = read_number,
};

const struct kind kind_limit = {
	.expected = "a number, 1..18446744073709551615",
	.min = 1, .max = UINT64_MAX, .size = 8,
	.read = read_number, .write = write_number,
};

const struct kind kind_u32 = {
	.expected = "a number, 0..4294967295",
	.max = UINT32_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_timeout = {
	.expected = "seconds, 1..86400",
	.min = 1, .max = DFC_TIMEOUT_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_milliseconds = {
	.read = read_milliseconds,
};

const struct kind kind_instance = {
	.read = read_instance,
};

const struct kind kind_port = {
	.expected = "a port, 1..65535",
	.min = 1, .max = UINT16_MAX, .size = 2,
	.read = read_number, .write = write_number,
};

const struct kind kind_queue = {
	.expected = "a number of bytes, 65536..1073741824",
	.min = DFC_DEST_QUEUE_MIN, .max = DFC_DEST_QUEUE_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_ttl = {
	.expected = "a number, 1..255",
	.min = 1, .max = UINT8_MAX, .size = 1,
	.read = read_number, .write = write_number,
};

const struct kind kind_dscp = {
	.expected = "a number, 0..63",
	.max = 63, .size = 1,
	.read = read_number, .write = write_number,
};

const struct kind kind_family = {
	.expected = "inet, inet6 or ccc", .words = families,
	.read = read_family, .write = write_family,
};

const struct kind kind_security = {
	.expected = "required or none", .words = securities,
	.read = read_word, .write = write_word,
};

const struct kind kind_format = {
	.expected = "udp, ipip or dfc", .words = formats,
	.read = read_word, .write = write_word,
};

const struct kind kind_action = {
	.expected = "copy, redirect or block", .words = actions,
	.read = read_word, .write = write_word,
};

const struct kind kind_mode = {
	.expected = "active or passive", .words = modes,
	.read = read_word, .write = write_word,
};

const struct kind kind_masks = {
	.expected = "a number, 1..1024",
	.min = 1, .max = 1024, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_duplicates = {
	.expected = "a number, 1..64",
	.min = 1, .max = DFC_GROUP_DUPLICATES_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_device = {
	.expected = "a network device, 1 to 15 bytes",
	.read = read_device, .write = write_device,
};

const struct kind kind_intercept = {
	.expected = "a number, 0..1073741823",
	.max = DFC_INTERCEPT_ID_MAX, .size = 4,
	.read = read_number, .write = write_number,
};

const struct kind kind_owned = {
	.read = read_owned,
};

const struct kind kind_local = {
	.expected = "yes or no", .words = answers,
	.read = read_local, .write = write_local,
};

const struct kind kind_address = {
	.expected = "an IPv4 or IPv6 address",
	.read = read_address, .write = write_address,
};

const struct kind kind_drop = {
	.read = read_drop,
};

const struct kind kind_drop_bytes = {
	.read = read_drop_bytes,
};
