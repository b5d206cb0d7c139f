/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

/*
 * libssh's client in front of the server of server_subject.h. Included by one
 * test each, after cmocka.h.
 */

#ifndef SERVER_CLIENT_H
#define SERVER_CLIENT_H

#include <crypt.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "server_subject.h"

static inline uint16_t free_port(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&in, len);
	getsockname(fd, (struct sockaddr *)&in, &len);
	close(fd);
	return ntohs(in.sin_port);
}

static inline int make_files(void)
{
	static struct crypt_data data;
	char *base64;
	FILE *f;

	if (!mkdtemp(dir) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &mine) ||
	    ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &other) ||
	    ssh_pki_export_pubkey_base64(mine, &base64))
		return -1;
	snprintf(host_key, sizeof(host_key), "%s/host_key", dir);
	snprintf(keys, sizeof(keys), "%s/keys", dir);
	ssh_pki_export_privkey_file(other, NULL, NULL, NULL, host_key);
	chmod(host_key, 0600);
	f = fopen(keys, "w");
	fprintf(f, "ssh-ed25519 %s\n", base64);
	fclose(f);
	chmod(keys, 0644);
	ssh_string_free_char(base64);
	source[0].authorized_keys = keys;
	source[1].password = strdup(crypt_r("ftap2123", "$6$x", &data));
	source[0].password = strdup(crypt_r("ftap1123", "$6$x", &data));
	return 0;
}

static inline int setup(void **state)
{
	int ready[2], order[2], answer[2];
	char c;

	if (make_files() || pipe(ready) || pipe(order) || pipe(answer))
		return -1;
	config.ssh.port = free_port();
	child = fork();
	orders = order[child ? 1 : 0];
	done = answer[child ? 0 : 1];
	if (!child) {
		close(ready[0]);
		serve(ready[1]);
	}
	close(ready[1]);
	return read(ready[0], &c, 1) ? -1 : close(ready[0]);
}

static inline void unlink_in_dir(const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
}

static inline int teardown(void **state)
{
	int status;

	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	unlink(host_key);
	unlink(keys);
	unlink_in_dir("journal");
	unlink_in_dir("journal-wal");
	rmdir(dir);
	ssh_key_free(mine);
	ssh_key_free(other);
	free(source[0].password);
	free(source[1].password);
	return WIFSIGNALED(status) ? 0 : -1;
}

/* Where connections come from; NULL: 127.0.0.1. */
static const char *my_address;

static inline ssh_session connect_as(const char *user)
{
	ssh_session s = ssh_new();
	unsigned int port = config.ssh.port;
	long timeout = 20;
	bool no = false;

	ssh_options_set(s, SSH_OPTIONS_HOST, "127.0.0.1");
	ssh_options_set(s, SSH_OPTIONS_PORT, &port);
	ssh_options_set(s, SSH_OPTIONS_USER, user);
	if (my_address)
		ssh_options_set(s, SSH_OPTIONS_BINDADDR, my_address);
	ssh_options_set(s, SSH_OPTIONS_TIMEOUT, &timeout);
	ssh_options_set(s, SSH_OPTIONS_PROCESS_CONFIG, &no);
	assert_int_equal(ssh_connect(s), SSH_OK);
	return s;
}

static inline void disconnect(ssh_session s)
{
	ssh_disconnect(s);
	ssh_free(s);
}

/* What was on its way may still be answered. */
static inline void assert_over(ssh_session s)
{
	while (ssh_channel_open_session(ssh_channel_new(s)) == SSH_OK)
		;
	assert_true(!ssh_is_connected(s) ||
		    (ssh_get_status(s) & (SSH_CLOSED | SSH_CLOSED_ERROR)));
}

static inline ssh_session login(void)
{
	ssh_session s = connect_as("ftap1");

	assert_int_equal(ssh_userauth_publickey(s, NULL, mine),
			 SSH_AUTH_SUCCESS);
	return s;
}

static inline ssh_channel open_session(ssh_session s)
{
	ssh_channel c = ssh_channel_new(s);

	assert_int_equal(ssh_channel_open_session(c), SSH_OK);
	return c;
}

static inline ssh_channel open_subsystem(ssh_session s)
{
	ssh_channel c = open_session(s);

	assert_int_equal(ssh_channel_request_subsystem(c, "flow-tap-dtcp"),
			 SSH_OK);
	return c;
}

static inline void send_text(ssh_channel c, const char *text)
{
	assert_int_equal(ssh_channel_write(c, text, (uint32_t)strlen(text)),
			 strlen(text));
}

static inline unsigned int read_number(ssh_channel c, uint32_t room)
{
	unsigned int number;
	char text[64];

	assert_int_equal(ssh_channel_read_timeout(c, text, room, 0, 20000),
			 40);
	text[40] = '\0';
	assert_int_equal(sscanf(text, "ftap1 127.0.0.%*u %u.", &number), 1);
	assert_int_equal(text[39], '\n');
	return number;
}

/* One read gets one whole answer, and there is no more. */
static inline unsigned int read_answer(ssh_channel c)
{
	return read_number(c, 64);
}

/* One of many answers. */
static inline unsigned int read_part(ssh_channel c)
{
	return read_number(c, 40);
}

static inline void assert_works(void)
{
	ssh_session s = login();
	ssh_channel c = open_subsystem(s);

	send_text(c, REQUEST);
	read_answer(c);
	disconnect(s);
}

static inline int connect_raw(const char *text, size_t len)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(config.ssh.port);
	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(write(fd, text, len), len);
	return fd;
}

static inline char order(char what)
{
	assert_int_equal(write(orders, &what, 1), 1);
	assert_int_equal(read(done, &what, 1), 1);
	return what;
}

static inline void read_notice(ssh_channel c)
{
	char text[64];
	size_t len = strlen(NOTICE);

	assert_int_equal(ssh_channel_read_timeout(c, text, (uint32_t)len, 0,
						  20000), len);
	assert_memory_equal(text, NOTICE, len);
}

/* Nothing but its answer comes on a channel that did not ask. */
static inline void assert_quiet(ssh_channel c)
{
	send_text(c, REQUEST);
	read_answer(c);
}

#endif
