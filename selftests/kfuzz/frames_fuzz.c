// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dice.h"

#define FRAME_MAX	1514
#define BATCH		32
/* A packet of the good flow comes after so many others. */
#define GOOD_EACH	50

static const char usage[] =
"Usage: frames_fuzz [-s SEED] [-t SECONDS] [-p MICROSECONDS] [-g HEX] DEVICE\n"
"       MAC PCAP...\n"
"Sends the Ethernet frames of captures, changed by chance, out of DEVICE, many\n"
"of them to MAC. With -g, the frame HEX goes unchanged between them, and the\n"
"last line says how often. -p: pauses after each 32.\n";

/**
 * struct seeds - frames to begin with
 * @n: number of them
 * @frame: each, of @len bytes
 */
struct seeds {
	size_t n;
	uint8_t **frame;
	uint16_t *len;
};

/**
 * struct frame - one on its way out
 * @len: its bytes
 * @bytes: of it
 */
struct frame {
	uint32_t len;
	uint8_t bytes[FRAME_MAX];
};

static struct seeds seeds;
static struct frame good;
static uint8_t router[ETH_ALEN];

static void die(const char *what, const char *why)
{
	fprintf(stderr, "frames_fuzz: %s: %s\n", what, why);
	exit(2);
}

static void keep(const uint8_t *bytes, uint32_t len)
{
	seeds.frame = realloc(seeds.frame,
			      (seeds.n + 1) * sizeof(*seeds.frame));
	seeds.len = realloc(seeds.len, (seeds.n + 1) * sizeof(*seeds.len));
	if (!seeds.frame || !seeds.len)
		die("frames", strerror(ENOMEM));
	seeds.frame[seeds.n] = malloc(len);
	if (!seeds.frame[seeds.n])
		die("frames", strerror(ENOMEM));
	memcpy(seeds.frame[seeds.n], bytes, len);
	seeds.len[seeds.n++] = len;
}

static void take_capture(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(path, why);
	struct pcap_pkthdr *header;
	const uint8_t *bytes;

	if (!p)
		die(path, why);
	while (pcap_datalink(p) == DLT_EN10MB &&
	       pcap_next_ex(p, &header, &bytes) == 1)
		if (header->caplen >= ETH_HLEN)
			keep(bytes, header->caplen < FRAME_MAX ?
			     header->caplen : FRAME_MAX);
	pcap_close(p);
}

static uint32_t odd_number(struct dice *dice)
{
	static const uint32_t odd[] = {
		0, 1, 4, 5, 20, 40, 60, 127, 128, 255, 1480, 0x7fff, 0x8000,
		0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
	};

	return dice_one_in(dice, 3) ? dice_next(dice) :
	       odd[dice_below(dice, sizeof(odd) / sizeof(*odd))];
}

/* Most of what is interesting stands in the first hundred bytes. */
static uint32_t place(struct dice *dice, const struct frame *f)
{
	uint32_t most = dice_one_in(dice, 4) || f->len < 100 ? f->len : 100;

	return dice_below(dice, most);
}

static void insert(struct dice *dice, struct frame *f, uint32_t at)
{
	uint32_t n = 1 + dice_below(dice, 16) * (dice_one_in(dice, 2) ? 4 : 1);

	if (f->len + n > FRAME_MAX)
		return;
	memmove(f->bytes + at + n, f->bytes + at, f->len - at);
	/* What stood there, once more: tags and headers repeat. */
	f->len += n;
}

static void splice(struct dice *dice, struct frame *f, uint32_t at)
{
	size_t other = dice_below(dice, seeds.n);
	uint32_t from = dice_below(dice, seeds.len[other]);
	uint32_t n = seeds.len[other] - from;

	if (n > FRAME_MAX - at)
		n = FRAME_MAX - at;
	memcpy(f->bytes + at, seeds.frame[other] + from, n);
	if (at + n > f->len || dice_one_in(dice, 2))
		f->len = at + n;
}

static void change(struct dice *dice, struct frame *f)
{
	uint32_t at = place(dice, f), word = odd_number(dice);
	uint32_t room = f->len - at;

	switch (dice_below(dice, 8)) {
	case 0:
		f->bytes[at] ^= 1 << dice_below(dice, 8);
		break;
	case 1:
		f->bytes[at] = word;
		break;
	case 2:
		word = htonl(word << 16);
		memcpy(f->bytes + at, &word, room < 2 ? room : 2);
		break;
	case 3:
		word = htonl(word);
		memcpy(f->bytes + at, &word, room < 4 ? room : 4);
		break;
	case 4:
		f->len = ETH_HLEN + dice_below(dice, f->len - ETH_HLEN + 1);
		break;
	case 5:
		insert(dice, f, at);
		break;
	case 6:
		splice(dice, f, at);
		break;
	default:
		f->bytes[at] += dice_one_in(dice, 2) ? 1 : 255;
		break;
	}
	if (f->len < ETH_HLEN)
		f->len = ETH_HLEN;
}

/* Or a router throws it away before anybody looks at its ports. */
static void mend_checksum(struct frame *f)
{
	uint32_t len, sum = 0, i;
	uint8_t *ip = f->bytes + ETH_HLEN;

	if (f->len < ETH_HLEN + 20u || f->bytes[12] != 8 || f->bytes[13])
		return;
	len = (ip[0] & 15) * 4;
	if (len < 20 || ETH_HLEN + len > f->len)
		return;
	ip[10] = ip[11] = 0;
	for (i = 0; i < len; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~(sum + (sum >> 16));
	ip[10] = sum >> 8;
	ip[11] = sum;
}

static void make(struct dice *dice, struct frame *f)
{
	size_t seed = dice_below(dice, seeds.n);
	unsigned int changes = dice_below(dice, 4);

	f->len = seeds.len[seed];
	memcpy(f->bytes, seeds.frame[seed], f->len);
	if (!dice_one_in(dice, 4))
		memcpy(f->bytes, router, sizeof(router));
	while (changes--)
		change(dice, f);
	if (!dice_one_in(dice, 3))
		mend_checksum(f);
}

static int open_device(const char *name)
{
	struct sockaddr_ll device = {
		.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(name),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (!device.sll_ifindex || fd < 0 ||
	    bind(fd, (void *)&device, sizeof(device)))
		die(name, strerror(errno));
	return fd;
}

/* Those that the device does not take are not sent again, but a good one is. */
static bool send_frame(int fd, const struct frame *f)
{
	return send(fd, f->bytes, f->len, 0) == (ssize_t)f->len;
}

static void send_batch(int fd, struct frame *frames, unsigned int n)
{
	struct mmsghdr msgs[BATCH];
	struct iovec iov[BATCH];
	unsigned int i;
	int done;

	for (i = 0; i < n; i++) {
		iov[i] = (struct iovec){ frames[i].bytes, frames[i].len };
		msgs[i].msg_hdr = (struct msghdr){
			.msg_iov = &iov[i], .msg_iovlen = 1,
		};
	}
	for (i = 0; i < n; i += done) {
		done = sendmmsg(fd, msgs + i, n - i, 0);
		if (done < 1)
			done = 1;
	}
}

static void fuzz(int fd, uint64_t seed, time_t seconds, useconds_t pause)
{
	static struct frame frames[BATCH];
	time_t start = time(NULL);
	uint64_t n = 0, goods = 0;
	struct dice dice;
	unsigned int i;

	do {
		for (i = 0; i < BATCH; i++) {
			dice = dice_for(seed, n++);
			make(&dice, &frames[i]);
		}
		send_batch(fd, frames, BATCH);
		while (good.len && goods < n / GOOD_EACH)
			goods += send_frame(fd, &good);
		if (pause)
			usleep(pause);
	} while (time(NULL) - start < seconds);
	seconds = time(NULL) - start;
	printf("%" PRIu64 " frames in %ld s, %" PRIu64 " a second\n", n,
	       (long)seconds, n / (seconds ? seconds : 1));
	printf("good %" PRIu64 "\n", goods);
}

static uint64_t take_number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (!*text || *end)
		die(text, "expected a number");
	return n;
}

static void take_good(const char *hex)
{
	unsigned int byte;

	for (; hex[0] && hex[1] && good.len < FRAME_MAX; hex += 2) {
		if (sscanf(hex, "%2x", &byte) != 1)
			die(hex, "expected hexadecimal digits");
		good.bytes[good.len++] = byte;
	}
}

int main(int argc, char **argv)
{
	uint64_t seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 20;
	time_t seconds = 10;
	useconds_t pause = 0;
	int option, i;

	while ((option = getopt(argc, argv, "s:t:p:g:")) != -1) {
		if (option == 's')
			seed = take_number(optarg);
		else if (option == 't')
			seconds = take_number(optarg);
		else if (option == 'p')
			pause = take_number(optarg);
		else if (option == 'g')
			take_good(optarg);
		else
			optind = argc;
	}
	if (argc - optind < 3) {
		fputs(usage, stderr);
		return 2;
	}
	if (sscanf(argv[optind + 1], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx",
		   &router[0], &router[1], &router[2], &router[3], &router[4],
		   &router[5]) != 6)
		die(argv[optind + 1], "expected an address of Ethernet");
	for (i = optind + 2; i < argc; i++)
		take_capture(argv[i]);
	if (!seeds.n)
		die(argv[optind + 2], "no frames of Ethernet are in there");
	printf("seed %" PRIu64 ", %zu frames to begin with\n", seed, seeds.n);
	fflush(stdout);
	fuzz(open_device(argv[optind]), seed, seconds, pause);
	return 0;
}
