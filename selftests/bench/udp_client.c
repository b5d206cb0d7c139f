// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "udp_client.h"

/*
 * So many requests are within the window of sequence numbers and fit the
 * socket, which drops what does not.
 */
#define ON_THE_WAY	128
#define AT_ONCE		32
#define ANSWER_MAX	1500

static int connect_to(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || connect(fd, (struct sockaddr *)&in, sizeof(in)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)))
		err(1, "UDP socket");
	return fd;
}

static void send_some(int fd, const struct requests *r, size_t from, size_t n)
{
	struct mmsghdr m[AT_ONCE];
	struct iovec iov[AT_ONCE];
	size_t i, start;
	int sent;

	memset(m, 0, sizeof(m));
	for (i = 0; i < n; i++) {
		start = from + i ? r->end[from + i - 1] : 0;
		iov[i] = (struct iovec){ r->text + start,
					 r->end[from + i] - start };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	for (i = 0; i < n; i += (size_t)sent) {
		sent = sendmmsg(fd, m + i, (unsigned int)(n - i), 0);
		if (sent <= 0)
			err(1, "send");
	}
}

/* Takes the answers that are there, at least one. */
static size_t receive(int fd)
{
	static const char good[] = "DTCP/0.7 200 OK\r\n";
	static char text[AT_ONCE][ANSWER_MAX];
	struct mmsghdr m[AT_ONCE];
	struct iovec iov[AT_ONCE];
	int i, n;

	memset(m, 0, sizeof(m));
	for (i = 0; i < AT_ONCE; i++) {
		iov[i] = (struct iovec){ text[i], ANSWER_MAX };
		m[i].msg_hdr.msg_iov = &iov[i];
		m[i].msg_hdr.msg_iovlen = 1;
	}
	n = recvmmsg(fd, m, AT_ONCE, MSG_WAITFORONE, NULL);
	if (n < 0)
		err(1, "an answer over UDP is missing");
	for (i = 0; i < n; i++)
		if (strncmp(text[i], good, sizeof(good) - 1))
			errx(1, "refused: %.*s", (int)m[i].msg_len, text[i]);
	return (size_t)n;
}

void udp_client_add(const struct subject *s, const struct requests *r)
{
	size_t sent = 0, answered = 0, n;
	int fd = connect_to(s->udp_port);

	while (answered < r->n) {
		if (sent < r->n && sent - answered <= ON_THE_WAY - AT_ONCE) {
			n = r->n - sent < AT_ONCE ? r->n - sent : AT_ONCE;
			send_some(fd, r, sent, n);
			sent += n;
		} else {
			answered += receive(fd);
		}
	}
	close(fd);
}
