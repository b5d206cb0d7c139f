// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "dfcrecv/tap.h"

#define TAG_BYTES	4

bool tap_name_is_good(const char *name)
{
	size_t len = strlen(name);

	if (!len || len >= IFNAMSIZ || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	/* The kernel would put a number in the place of %d. */
	for (; *name; name++)
		if (*name == '/' || *name == ':' || *name == '%' ||
		    isspace((unsigned char)*name))
			return false;
	return true;
}

static void request(const struct tap *t, struct ifreq *ifr)
{
	memset(ifr, 0, sizeof(*ifr));
	memcpy(ifr->ifr_name, t->name, sizeof(t->name));
}

static int open_device(struct tap *t)
{
	struct ifreq ifr;

	t->fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (t->fd < 0)
		return -errno;
	request(t, &ifr);
	ifr.ifr_flags = IFF_TAP | IFF_NO_PI;
	return ioctl(t->fd, TUNSETIFF, &ifr) ? -errno : 0;
}

static int set_sysctl(const struct tap *t, const char *family,
		      const char *name, const char *value)
{
	char path[128];
	int fd, err = 0;

	snprintf(path, sizeof(path), "/proc/sys/net/%s/conf/%s/%s", family,
		 t->name, name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	/* A kernel without IPv6 has nothing to turn off. */
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (write(fd, value, strlen(value)) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int set_deaf(const struct tap *t)
{
	int err = set_sysctl(t, "ipv6", "disable_ipv6", "1");

	return err ? err : set_sysctl(t, "ipv4", "rp_filter", "1");
}

static int set_mtu(struct tap *t, int s, bool existed, unsigned int mtu)
{
	struct ifreq ifr;

	request(t, &ifr);
	if (existed && !mtu) {
		if (ioctl(s, SIOCGIFMTU, &ifr))
			return -errno;
	} else {
		ifr.ifr_mtu = mtu ? mtu : TAP_MTU_DEFAULT;
		if (ioctl(s, SIOCSIFMTU, &ifr))
			return -errno;
	}
	t->mtu = ifr.ifr_mtu;
	return 0;
}

static int set_up(const struct tap *t, int s)
{
	struct ifreq ifr;

	request(t, &ifr);
	if (ioctl(s, SIOCGIFFLAGS, &ifr))
		return -errno;
	ifr.ifr_flags |= IFF_UP | IFF_NOARP;
	return ioctl(s, SIOCSIFFLAGS, &ifr) ? -errno : 0;
}

int tap_open(struct tap *t, const char *name, unsigned int mtu)
{
	int err, s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool existed = if_nametoindex(name);

	memset(t, 0, sizeof(*t));
	t->fd = -1;
	if (s < 0)
		return -errno;
	snprintf(t->name, sizeof(t->name), "%s", name);
	err = open_device(t);
	if (!err)
		err = set_deaf(t);
	if (!err)
		err = set_mtu(t, s, existed, mtu);
	if (!err)
		err = set_up(t, s);
	close(s);
	if (err)
		tap_close(t);
	return err;
}

/* Bytes of the copy that the MTU does not speak of. */
static size_t header_bytes(const struct content *c)
{
	return c->kind == CONTENT_FRAME ?
		FRAME_HEADER + c->frame.tags * TAG_BYTES : 0;
}

int tap_put(struct tap *t, const struct copy *copy,
	    const struct content *content)
{
	/* Administered locally, and of nobody, so that nobody answers. */
	uint8_t header[FRAME_HEADER] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };
	struct iovec iov[2] = {
		{ .iov_base = header },
		{ .iov_base = (void *)copy->data, .iov_len = copy->len },
	};
	uint16_t type;

	if (copy->len - header_bytes(content) > t->mtu) {
		t->too_big++;
		return 0;
	}
	if (content->kind == CONTENT_PACKET) {
		type = content->packet.version == 4 ? ETHERTYPE_IP :
						      ETHERTYPE_IPV6;
		header[12] = type >> 8;
		header[13] = type & 0xff;
		iov[0].iov_len = sizeof(header);
	}
	if (writev(t->fd, iov, 2) >= 0)
		t->packets++;
	else if (errno == EBADFD)
		return -ENODEV;
	else
		t->refused++;
	return 0;
}

void tap_close(struct tap *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}
