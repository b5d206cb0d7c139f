// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project
//
// How many copies a second dfcrecv can take on one core. See
// Documentation/performance.md.

#include <arpa/inet.h>
#include <endian.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

#define PACKETS		2000000
#define PACKETS_MAX	1000000000UL
#define TARGET		500000
#define PORT		17890
#define DATAGRAM_MAX	1472
/* Copies a call of the sender's: one buffer that the kernel cuts. */
#define SEGMENTS	40
/* Copies a millisecond that are sent at most, over all calls. */
#define PACE		1200

/**
 * struct row - what is measured
 * @key: its name in JSON
 * @what: its name in the table
 * @size: bytes of the packet
 * @head: bytes before it: 8, ids; 32, the header of the format dfc
 * @file: dfcrecv writes to the file and not to /dev/null
 * @figure: packets a second, by the processor time of dfcrecv
 * @seen: packets a second, by the clock
 * @dropped: datagrams that the kernel dropped meanwhile
 * @kernel: part of the processor time that the kernel used, 0..1
 */
struct row {
	const char *key;
	const char *what;
	size_t size;
	size_t head;
	bool file;
	double figure;
	double seen;
	double dropped;
	double kernel;
};

static struct row rows[] = {
	{ "small", "128 bytes, to /dev/null", 128, 0, false, 0, 0, 0, 0 },
	{ "small-file", "128 bytes, to a file", 128, 0, true, 0, 0, 0, 0 },
	{ "large", "1400 bytes, to /dev/null", 1400, 0, false, 0, 0, 0, 0 },
	{ "large-file", "1400 bytes, to a file", 1400, 0, true, 0, 0, 0, 0 },
	{ "ids", "128 bytes, jmirror, to /dev/null", 128, 8, false, 0, 0,
	  0, 0 },
	{ "numbers", "128 bytes, dfc, to /dev/null", 128, 32, false, 0, 0,
	  0, 0 },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char usage[] =
	"Usage: recv_bench [-n PACKETS] [-o FILE] DFCRECV DIRECTORY\n"
	"  -n  packets of each row (default: 2000000)\n"
	"  -o  JSON goes to this file (default: none)\n"
	"DFCRECV writes into DIRECTORY.\n";

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void set_checksum(uint8_t *header)
{
	uint32_t sum = 0;
	int i;

	for (i = 0; i < 20; i += 2)
		sum += header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	header[10] = sum >> 8;
	header[11] = sum;
}

static const char *format(const struct row *row)
{
	switch (row->head) {
	case 8:
		return "jmirror";
	case 32:
		return "dfc";
	default:
		return "ip-udp";
	}
}

/* Puts the datagram of a row: what it has before the packet, and that. */
static size_t put_datagram(const struct row *row, uint8_t *data)
{
	uint8_t header[28] = {
		0x45, 0, row->size >> 8, row->size & 0xff, 0, 1, 0, 0, 64, 17,
		0, 0, 192, 0, 2, 2, 198, 51, 100, 2, 0x13, 0x88, 0, 53,
		(row->size - 20) >> 8, (row->size - 20) & 0xff,
	};

	memset(data, 0, row->head);
	if (row->head == 32)
		memcpy(data, "\337\1\4\10", 4);
	if (row->head)
		memcpy(data + row->head - 8, "\0\0\0\5\0\0\0\7", 8);
	set_checksum(header);
	memset(data + row->head, 'x', row->size);
	memcpy(data + row->head, header, sizeof(header));
	return row->head + row->size;
}

/* Numbers the datagrams of a buffer from @first on, if they have numbers. */
static void number(const struct row *row, uint8_t *buf, size_t len,
		   uint64_t first)
{
	size_t at;
	uint64_t value;

	if (row->head != 32)
		return;
	for (at = 0; at < len; at += row->head + row->size, first++) {
		value = htobe64(first);
		memcpy(buf + at + 8, &value, sizeof(value));
	}
}

static int open_sender(size_t segment)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int value = segment, fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)))
		err(1, "sender");
	if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &value, sizeof(value)))
		err(1, "UDP_SEGMENT");
	return fd;
}

static pid_t start(const struct row *row, const char *program,
		   const char *dir, unsigned long packets, int *out)
{
	char count[24], port[32], file[4096];
	int fds[2];
	pid_t pid;

	snprintf(count, sizeof(count), "%lu", packets);
	snprintf(port, sizeof(port), "127.0.0.1:%d", PORT);
	snprintf(file, sizeof(file), "%s/recv_bench.pcapng", dir);
	if (pipe2(fds, O_CLOEXEC))
		err(1, "pipe");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		execl(program, program, "-l", port, "-q", "-j", "-c", count,
		      "-w", row->file ? file : "/dev/null", "--format",
		      format(row), (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	*out = fds[0];
	return pid;
}

/* Sends until dfcrecv has what it waits for; returns when that was. */
static double feed(const struct row *row, int fd, uint8_t *buf, size_t len,
		   pid_t pid, struct rusage *used, int *status)
{
	const struct timespec pause = { .tv_nsec = 200000 };
	double begin = now();
	double sent = 0;

	while (wait4(pid, status, WNOHANG, used) == 0) {
		if (sent > (now() - begin) * 1000 * PACE) {
			nanosleep(&pause, NULL);
			continue;
		}
		number(row, buf, len, sent + 1);
		/* Until dfcrecv listens, and when it has gone. */
		if (send(fd, buf, len, 0) < 0 && errno != ECONNREFUSED)
			err(1, "send");
		sent += SEGMENTS;
	}
	return now();
}

static double seconds(const struct timeval *tv)
{
	return tv->tv_sec + tv->tv_usec / 1e6;
}

static void measure(struct row *row, const char *program, const char *dir,
		    unsigned long packets)
{
	uint8_t *buf = malloc(SEGMENTS * DATAGRAM_MAX);
	struct rusage used = { 0 };
	size_t i, len, at = 0;
	double begin, end;
	int out, fd, status;
	json_t *answer;
	FILE *summary;
	pid_t pid;

	if (!buf)
		err(1, "malloc");
	len = put_datagram(row, buf);
	for (i = 0; i < SEGMENTS && at + len <= 65000; i++, at += len)
		memcpy(buf + at, buf, i ? len : 0);
	fd = open_sender(len);
	begin = now();
	pid = start(row, program, dir, packets, &out);
	end = feed(row, fd, buf, at, pid, &used, &status);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		errx(1, "dfcrecv ended with status %d", status);
	summary = fdopen(out, "r");
	answer = json_loadf(summary, 0, NULL);
	if (json_unpack(answer, "{s{sF}}", "summary", "kernel-drops",
			&row->dropped))
		errx(1, "dfcrecv gave no summary");
	row->kernel = seconds(&used.ru_stime) /
		      (seconds(&used.ru_stime) + seconds(&used.ru_utime));
	row->figure = packets * row->kernel / seconds(&used.ru_stime);
	row->seen = packets / (end - begin);
	json_decref(answer);
	fclose(summary);
	close(fd);
	free(buf);
}

static void print(unsigned long packets)
{
	size_t i;

	printf("%lu packets, on one core\n%-36s %13s %13s %6s %9s %12s\n", packets,
	       "", "dfcrecv can", "sender saw", "kernel", "dropped", "target");
	for (i = 0; i < ROWS; i++)
		printf("%-36s %11.0f/s %11.0f/s %5.0f%% %9.0f >= %6d/s  %s\n",
		       rows[i].what, rows[i].figure, rows[i].seen,
		       rows[i].kernel * 100, rows[i].dropped, TARGET,
		       rows[i].figure >= TARGET ? "met" : "MISSED");
}

static void save(const char *path, unsigned long packets)
{
	json_t *root = json_pack("{sI}", "packets", (json_int_t)packets);
	size_t i;

	for (i = 0; i < ROWS; i++)
		json_object_set_new(root, rows[i].key, json_pack(
			"{sf,sf,sf,sf,si}", "figure", rows[i].figure, "seen",
			rows[i].seen, "kernel", rows[i].kernel, "dropped",
			rows[i].dropped, "target", TARGET));
	if (json_dump_file(root, path, JSON_INDENT(2)))
		errx(1, "cannot write %s", path);
	json_decref(root);
}

int main(int argc, char **argv)
{
	unsigned long packets = PACKETS;
	const char *json = NULL;
	bool missed = false;
	char *end;
	size_t i;
	int c;

	while ((c = getopt(argc, argv, "n:o:h")) != -1) {
		switch (c) {
		case 'n':
			packets = strtoul(optarg, &end, 10);
			if (*end || !packets || packets > PACKETS_MAX)
				errx(2, "-n '%s': expected 1..%lu", optarg,
				     PACKETS_MAX);
			break;
		case 'o':
			json = optarg;
			break;
		default:
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (argc - optind != 2) {
		fputs(usage, stderr);
		return 2;
	}
	for (i = 0; i < ROWS; i++) {
		measure(&rows[i], argv[optind], argv[optind + 1], packets);
		missed |= rows[i].figure < TARGET;
	}
	print(packets);
	if (json)
		save(json, packets);
	return missed;
}
