// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <inttypes.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "dfcrecv/top.h"

#define SECOND		UINT64_C(1000000000)
/* Rows of a terminal that does not tell. */
#define ROWS		24
/* To the first line; and all behind the cursor is cleared. */
#define HOME		"\033[H"
#define CLEAR_LINE	"\033[K"
/* Not the last column of a terminal with 80. */
#define ROW		"%-36s %7s %6s %9s %6s %6s %4s" CLEAR_LINE "\n"
#define CLEAR_BELOW	"\033[J"

static uint64_t news(const struct origin *origin)
{
	return origin->bytes - origin->old_bytes;
}

static int busier(const void *a, const void *b)
{
	const struct origin *one = *(const struct origin *const *)a;
	const struct origin *two = *(const struct origin *const *)b;

	if (news(one) != news(two))
		return news(one) < news(two) ? 1 : -1;
	if (one->last != two->last)
		return one->last < two->last ? 1 : -1;
	return one->index < two->index ? -1 : 1;
}

/* Returns an array to be freed, or NULL when out of memory. */
static const struct origin **sorted(const struct origins *origins)
{
	size_t i, n = origins_count(origins);
	const struct origin **list = calloc(n + 1, sizeof(*list));

	for (i = 0; list && i < n; i++)
		list[i] = origins_get(origins, i);
	if (list)
		qsort(list, n, sizeof(*list), busier);
	return list;
}

/* 1234567 becomes 1.2M; what is below 10000 stays as it is. */
static void short_number(double value, char out[16])
{
	static const char units[] = " kMGTPE";
	size_t i = 0;

	if (value < 10000) {
		snprintf(out, 16, "%.0f", value);
		return;
	}
	while (value >= 1000 && units[i + 1]) {
		value /= 1000;
		i++;
	}
	snprintf(out, 16, "%.1f%c", value, units[i]);
}

static void short_age(uint64_t seconds, char out[16])
{
	static const struct {
		uint64_t seconds;
		char unit;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' }, { 1, 's' } };
	size_t i = 0;

	while (units[i].seconds > 1 && seconds < 2 * units[i].seconds)
		i++;
	snprintf(out, 16, "%" PRIu64 "%c", seconds / units[i].seconds,
		 units[i].unit);
}

static void short_lost(const struct origin *origin, char out[16])
{
	if (origin->has_numbers)
		short_number(numbering_lost(&origin->numbering), out);
	else
		snprintf(out, 16, "-");
}

static void draw_origin(const struct summary *s, FILE *out,
			const struct origin *origin, uint64_t now)
{
	uint64_t age = now > origin->last ? now - origin->last : 0;
	char packets[16], bytes[16], pps[16], bps[16], lost[16], last[16];

	short_number(origin->packets, packets);
	short_number(origin->bytes, bytes);
	short_number(summary_packet_rate(s, origin), pps);
	short_number(summary_bit_rate(s, origin), bps);
	short_lost(origin, lost);
	short_age(age / SECOND, last);
	fprintf(out, ROW, origin->name, packets, bytes, pps, bps, lost, last);
}

static void draw_head(const struct summary *s, FILE *out)
{
	struct origin total = summary_total(s);
	char pps[16], bps[16];

	short_number(summary_packet_rate(s, &total), pps);
	short_number(summary_bit_rate(s, &total), bps);
	fprintf(out, HOME "%" PRIu64 " packets, %" PRIu64 " bytes, %s packets/s"
		", %s bit/s" CLEAR_LINE "\n", total.packets, total.bytes, pps,
		bps);
	fprintf(out, "%" PRIu64 " malformed, %" PRIu64 " dropped by the kernel",
		total.malformed, s->dropped);
	if (s->tap->fd >= 0)
		fprintf(out, "; %s: %" PRIu64 " packets, %" PRIu64 " too big, %"
			PRIu64 " refused", s->tap->name, s->tap->packets,
			s->tap->too_big, s->tap->refused);
	summary_gaps(&total, out);
	fputs(CLEAR_LINE "\n", out);
	fprintf(out, ROW, "criterion", "packets", "bytes", "packets/s",
		"bit/s", "lost", "last");
}

void top_screen(const struct summary *s, FILE *out, unsigned int rows,
		uint64_t now)
{
	const struct origin **list = sorted(s->origins);
	size_t n = origins_count(s->origins);
	size_t i, room = rows > TOP_FRAME ? rows - TOP_FRAME : 1;

	draw_head(s, out);
	for (i = 0; list && i < n && i < room; i++)
		draw_origin(s, out, list[i], now);
	if (n > room)
		fprintf(out, "and %zu more" CLEAR_LINE, n - room);
	fputs(CLEAR_BELOW, out);
	free(list);
}

static void print_line(const struct summary *s, FILE *out, const char *name,
		       const struct origin *origin)
{
	fprintf(out, "%s: %" PRIu64 " packets, %" PRIu64 " bytes, %.0f "
		"packets/s, %.0f bit/s", name, origin->packets, origin->bytes,
		summary_packet_rate(s, origin), summary_bit_rate(s, origin));
}

void top_lines(const struct summary *s, FILE *out)
{
	struct origin total = summary_total(s);
	const struct origin *origin;
	size_t i;

	print_line(s, out, "all", &total);
	fprintf(out, ", %" PRIu64 " malformed, %" PRIu64 " dropped by the "
		"kernel", total.malformed, s->dropped);
	summary_gaps(&total, out);
	fputc('\n', out);
	for (i = 0; i < origins_count(s->origins); i++) {
		origin = origins_get(s->origins, i);
		if (origin->packets == origin->old_packets)
			continue;
		fputs("  ", out);
		print_line(s, out, origin->name, origin);
		summary_gaps(origin, out);
		fputc('\n', out);
	}
}

static unsigned int rows_of(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) || !size.ws_row)
		return ROWS;
	return size.ws_row;
}

void top_write(const struct summary *s, FILE *out, bool json)
{
	struct timespec ts;

	if (json) {
		summary_json(s, "live", out);
	} else if (isatty(fileno(out))) {
		clock_gettime(CLOCK_REALTIME, &ts);
		top_screen(s, out, rows_of(out),
			   ts.tv_sec * SECOND + ts.tv_nsec);
	} else {
		top_lines(s, out);
	}
}
