// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dtcpd/keyfile.h"

static char path[] = "/tmp/keyfile_test.XXXXXX";
static ssh_key mine, other;
static char *text;	/* "ssh-ed25519 AAAA..." of mine */

static int setup(void **state)
{
	char *base64;

	close(mkstemp(path));
	if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &mine) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &other) ||
	    ssh_pki_export_pubkey_base64(mine, &base64) ||
	    asprintf(&text, "ssh-ed25519 %s", base64) < 0)
		return -1;
	ssh_string_free_char(base64);
	return 0;
}

static int teardown(void **state)
{
	unlink(path);
	ssh_key_free(mine);
	ssh_key_free(other);
	free(text);
	return 0;
}

static int parse(const char *line, char **rest)
{
	static char copy[512];
	enum ssh_keytypes_e type;

	snprintf(copy, sizeof(copy), "%s", line);
	return keyfile_line(copy, &type, rest);
}

static void assert_key(const char *line)
{
	char *base64;

	assert_int_equal(parse(line, &base64), 1);
	assert_string_equal(base64, "AAAAC3");
}

static void lines(void **state)
{
	assert_key("ssh-ed25519 AAAAC3\n");
	assert_key("  ssh-ed25519\tAAAAC3 somebody@somewhere of us\r\n");
	assert_key("ssh-rsa AAAAC3");
	assert_key("ecdsa-sha2-nistp256 AAAAC3");
	assert_key("sk-ssh-ed25519@openssh.com AAAAC3");
	assert_key("restrict ssh-ed25519 AAAAC3");
	assert_key("no-pty,command=\"a \\\"b\\\", c\",No-X11-Forwarding "
		   "ssh-ed25519 AAAAC3");
}

static void empty_lines(void **state)
{
	char *base64;

	assert_int_equal(parse("", &base64), 0);
	assert_int_equal(parse(" \t\r\n", &base64), 0);
	assert_int_equal(parse(" # ssh-ed25519 AAAAC3", &base64), 0);
}

/* Ignoring who may log in from where would open what was closed. */
static void unsupported(void **state)
{
	static const char *const line[] = {
		"from=\"192.0.2.0/24\" ssh-ed25519 AAAAC3",
		"no-pty,from=\"192.0.2.1\" ssh-ed25519 AAAAC3",
		"expiry-time=\"20200101\" ssh-ed25519 AAAAC3",
		"cert-authority ssh-ed25519 AAAAC3",
		"restrict,cert-authority ssh-ed25519 AAAAC3",
		"ssh-dss AAAAC3",
		"ssh-ed25519-cert-v01@openssh.com AAAAC3",
	};
	char *base64;
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		assert_int_equal(parse(line[i], &base64), -ENOTSUP);
}

static void malformed(void **state)
{
	static const char *const line[] = {
		"ssh-ed25519", "ssh-ed25519 \n", "restrict", "restrict ",
		"restrict,", "restrict, ssh-ed25519 AAAAC3",
		"command=\"a ssh-ed25519 AAAAC3", "command=a ssh-ed25519 A",
		"command=\"a\\\" ssh-ed25519 AAAAC3", ",restrict x", "=\"\"",
		"restrict no-pty ssh-ed25519 AAAAC3",
		"command=\"a\"b ssh-ed25519 AAAAC3",
	};
	char *base64;
	size_t i;

	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++)
		assert_int_equal(parse(line[i], &base64), -EINVAL);
}

static void write_file(const char *fmt, const char *a, const char *b)
{
	FILE *f = fopen(path, "w");

	fprintf(f, fmt, a, b);
	fclose(f);
}

static void files(void **state)
{
	write_file("# %s\n\nrestrict %s me\n", "keys", text);
	assert_true(keyfile_has(path, mine));
	assert_false(keyfile_has(path, other));
	write_file("garbage %s\nssh-ed25519 AAAA\n%s", "here", text);
	assert_true(keyfile_has(path, mine));
	write_file("from=\"192.0.2.1\" %s\n#%s\n", text, text);
	assert_false(keyfile_has(path, mine));
	write_file("%s%s", "", "");
	assert_false(keyfile_has(path, mine));
}

static void unsafe_files(void **state)
{
	write_file("%s %s\n", text, "me");
	chmod(path, 0622);
	assert_false(keyfile_has(path, mine));
	chmod(path, 0660);
	assert_false(keyfile_has(path, mine));
	chmod(path, 0644);
	assert_true(keyfile_has(path, mine));
	assert_false(keyfile_has("/tmp", mine));
	assert_false(keyfile_has("/nonexistent", mine));
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(keyfile_has(path, mine));
	unlink(path);
}

static void not_tried(const char *name, const char *what)
{
	char why[256];

	assert_false(keyfile_try(name, why, sizeof(why)));
	if (!strstr(why, what) || !strstr(why, ", expected "))
		fail_msg("\"%s\" is not \"%s\"", why, what);
}

static void tries(void **state)
{
	char why[256];

	write_file("garbage %s\nssh-ed25519 AAAA\n%s", "here", text);
	assert_true(keyfile_try(path, why, sizeof(why)));
	write_file("from=\"192.0.2.1\" %s\n#%s\n", text, text);
	not_tried(path, "no key that can be used");
	write_file("%s%s", "", "");
	not_tried(path, "no key that can be used");
	chmod(path, 0620);
	not_tried(path, "others than its owner may write it");
	not_tried("/nonexistent", "No such file");
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(empty_lines),
		cmocka_unit_test(unsupported),
		cmocka_unit_test(malformed),
		cmocka_unit_test(files),
		cmocka_unit_test(unsafe_files),
		cmocka_unit_test(tries),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
