// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// Host keys and algorithms, held against libssh's client on a socket pair.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dtcpd/hostkey.h"

static char dir[] = "/tmp/hostkey-test-XXXXXX";
static char rsa[64], weak[64], ed25519[64], text[64];

static void make_key(char *path, const char *name, enum ssh_keytypes_e type,
		     int bits)
{
	ssh_key key;

	snprintf(path, 64, "%s/%s", dir, name);
	assert_int_equal(ssh_pki_generate(type, bits, &key), SSH_OK);
	assert_int_equal(ssh_pki_export_privkey_file(key, NULL, NULL, NULL,
						     path), SSH_OK);
	assert_int_equal(chmod(path, 0600), 0);
	ssh_key_free(key);
}

static int setup(void **state)
{
	FILE *f;

	if (!mkdtemp(dir))
		return -1;
	make_key(rsa, "rsa", SSH_KEYTYPE_RSA, 2048);
	make_key(weak, "weak", SSH_KEYTYPE_RSA, 1024);
	make_key(ed25519, "ed25519", SSH_KEYTYPE_ED25519, 0);
	snprintf(text, sizeof(text), "%s/text", dir);
	f = fopen(text, "w");
	fputs("no key\n", f);
	fclose(f);
	return chmod(text, 0600);
}

static int teardown(void **state)
{
	unlink(rsa);
	unlink(weak);
	unlink(ed25519);
	unlink(text);
	return rmdir(dir);
}

static void serve(int fd, bool legacy)
{
	struct config_ssh c = {
		.host_key = { rsa, ed25519 }, .nhost_key = 2,
		.legacy_algorithms = legacy,
	};
	ssh_bind bind = hostkey_load(&c);
	ssh_session s = ssh_new();
	int rc;

	rc = bind ? ssh_bind_accept_fd(bind, s, fd) : SSH_ERROR;
	if (rc == SSH_OK)
		rc = ssh_handle_key_exchange(s);
	ssh_disconnect(s);
	ssh_free(s);
	ssh_bind_free(bind);
	_exit(rc == SSH_OK ? 0 : 1);
}

/* What a client takes: NULL is all that libssh has by default. */
struct offer {
	const char *kex;
	const char *host_key;
	const char *cipher;
	const char *mac;
};

static void set(ssh_session s, enum ssh_options_e option, const char *value)
{
	if (value)
		assert_int_equal(ssh_options_set(s, option, value), SSH_OK);
}

static ssh_session client(int fd, const struct offer *o)
{
	ssh_session s = ssh_new();
	bool no = false;

	ssh_options_set(s, SSH_OPTIONS_HOST, "localhost");
	ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no);
	ssh_options_set(s, SSH_OPTIONS_FD, &fd);
	set(s, SSH_OPTIONS_KEY_EXCHANGE, o->kex);
	set(s, SSH_OPTIONS_HOSTKEYS, o->host_key);
	set(s, SSH_OPTIONS_CIPHERS_C_S, o->cipher);
	set(s, SSH_OPTIONS_CIPHERS_S_C, o->cipher);
	set(s, SSH_OPTIONS_HMAC_C_S, o->mac);
	set(s, SSH_OPTIONS_HMAC_S_C, o->mac);
	return s;
}

static bool agree(bool legacy, const struct offer *o)
{
	int fd[2], status;
	ssh_session s;
	pid_t pid;
	bool ok;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		close(fd[0]);
		serve(fd[1], legacy);
	}
	close(fd[1]);
	s = client(fd[0], o);
	ok = ssh_connect(s) == SSH_OK;
	ssh_disconnect(s);
	ssh_free(s);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/* The client may hang up before the server knows that all is well. */
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return ok;
}

static const struct offer old[] = {
	{ .kex = "diffie-hellman-group14-sha1" },
	{ .host_key = "ssh-rsa" },
	{ .cipher = "aes128-cbc" },
	{ .cipher = "aes192-cbc" },
	{ .cipher = "aes256-cbc" },
	{ .mac = "hmac-sha1", .cipher = "aes128-ctr" },
};

/* What a client of those days has, and nothing else. */
static const struct offer museum = {
	.kex = "diffie-hellman-group14-sha1", .host_key = "ssh-rsa",
	.cipher = "aes128-cbc", .mac = "hmac-sha1",
};

/* Broken, or so slow to compute that anybody could keep dtcpd busy with it. */
static const struct offer never[] = {
	{ .kex = "diffie-hellman-group1-sha1" },
	{ .kex = "diffie-hellman-group18-sha512" },
	{ .kex = "diffie-hellman-group-exchange-sha1" },
	{ .kex = "diffie-hellman-group-exchange-sha256" },
	{ .cipher = "3des-cbc" },
};

static void modern(void **state)
{
	static const struct offer any;
	size_t i;

	assert_true(agree(false, &any));
	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		assert_false(agree(false, &old[i]));
	assert_false(agree(false, &museum));
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_false(agree(false, &never[i]));
}

static void legacy(void **state)
{
	static const struct offer any;
	size_t i;

	assert_true(agree(true, &any));
	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		assert_true(agree(true, &old[i]));
	assert_true(agree(true, &museum));
	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		assert_false(agree(true, &never[i]));
}

static void not_tried(const char *path, const char *what)
{
	const char *type;
	char why[256];

	assert_false(hostkey_try(path, &type, why, sizeof(why)));
	if (!strstr(why, what) || !strstr(why, "expected"))
		fail_msg("\"%s\" is not \"%s\"", why, what);
}

static void tries(void **state)
{
	const char *type;
	char why[256];

	assert_true(hostkey_try(rsa, &type, why, sizeof(why)));
	assert_string_equal(type, "RSA");
	assert_true(hostkey_try(ed25519, &type, why, sizeof(why)));
	assert_string_equal(type, "Ed25519");
	not_tried("/nonexistent", "No such file");
	not_tried("/tmp", "not a regular file");
	not_tried(text, "not a private key");
	not_tried(weak, "expected an RSA key of at least 2048 bits");
	chmod(rsa, 0640);
	not_tried(rsa, "expected mode 600");
	chmod(rsa, 0600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modern),
		cmocka_unit_test(legacy),
		cmocka_unit_test(tries),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
