// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "run.h"

/* After so many messages, what there is is asked for. */
#define RESYNC		4096

static const char usage[] =
"Usage: netlink_fuzz [-s SEED] [-n FIRST] [-c COUNT] [-t SECONDS]\n"
"Sends messages of the family dfc, good and bad, and holds each answer against\n"
"the specification. SEED and FIRST repeat a run from its message FIRST on, as\n"
"far as the kernel says the same to the messages before.\n";

struct run run;
static struct message batch[CHANNEL_BATCH];

static void print_message(const struct message *m)
{
	uint32_t i, len = m->nlh.nlmsg_len;

	fprintf(stderr, "message of %u bytes:", len);
	for (i = 0; i < len && i < 2048; i++)
		fprintf(stderr, "%s%02x", i % 4 ? "" : " ", m->bytes[i]);
	fputc('\n', stderr);
}

void complain(const char *what, const struct message *m)
{
	fprintf(stderr, "message %" PRIu64 " of seed %" PRIu64 ": %s\n",
		run.number, run.seed, what);
	if (m)
		print_message(m);
	exit(1);
}

/* Those of the dumps tell what there is. */
void learn(const struct nlmsghdr *nlh, void *arg)
{
	unsigned int kind = 0;
	uint32_t id = answer_id(nlh, &kind);

	(void)arg;
	if (id && id < MESSAGE_IDS && kind <= DFC_A_MAX)
		run.known[kind][id] = true;
}

static void hear(const struct nlmsghdr *nlh, void *arg)
{
	unsigned int kind = 0;
	uint32_t id = answer_id(nlh, &kind);

	(void)arg;
	run.heard++;
	if (kind == DFC_A_FILTER && id < MESSAGE_IDS)
		run.known[kind][id] = false;
}

static void note_objects(const struct message *m, bool there)
{
	const struct nlmsghdr *nlh = &m->nlh;
	const struct nlattr *a, *id;
	unsigned int kind;

	mnl_attr_for_each(a, nlh, GENL_HDRLEN) {
		kind = mnl_attr_get_type(a);
		if (kind != m->command->takes)
			continue;
		mnl_attr_for_each_nested(id, a)
			if (mnl_attr_get_type(id) ==
			    (kind == DFC_A_DEST ? DFC_DEST_A_ID :
			     DFC_FILTER_A_ID) &&
			    mnl_attr_get_payload_len(id) == 4 &&
			    mnl_attr_get_u32(id) < MESSAGE_IDS)
				run.known[kind][mnl_attr_get_u32(id)] = there;
	}
}

static void granted(const struct message *m)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(&m->nlh);

	run.accepted++;
	run.granted[genl->cmd]++;
	if (genl->cmd != m->command->number)
		return;
	switch (genl->cmd) {
	case DFC_CMD_FILTER_ADD:
	case DFC_CMD_DEST_ADD:
	case DFC_CMD_GROUP_ADD:
		note_objects(m, true);
		break;
	case DFC_CMD_FILTER_DEL:
	case DFC_CMD_DEST_DEL:
	case DFC_CMD_GROUP_DEL:
		note_objects(m, false);
		break;
	}
}

/*
 * The kernel itself refuses without a sentence what is no command of ours, or
 * is none that can dump, what is too short for a header, and a second dump of
 * a socket.
 */
static bool may_be_silent(const struct message *m, int error)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(&m->nlh);
	bool dump = (m->nlh.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	const struct spec_command *c;

	if (error == EOPNOTSUPP) {
		c = spec_command(genl->cmd);
		return !c || c->event || (dump && !c->dump);
	}
	if (error == EINVAL)
		return m->nlh.nlmsg_len < NLMSG_HDRLEN + GENL_HDRLEN;
	return error == EBUSY && dump;
}

static void judge(struct channel *c, unsigned int i)
{
	const struct refusal *end = &c->end[i];
	const struct message *m = &batch[i];
	char text[128];

	if (!end->error) {
		granted(m);
		return;
	}
	run.refused++;
	if (end->error == ENOENT && m->command->number != DFC_CMD_FILTER_ADD)
		note_objects(m, false);
	if (end->text[0] || may_be_silent(m, end->error))
		return;
	snprintf(text, sizeof(text), "refused by %s without a sentence: %s",
		 m->command->name, strerror(end->error));
	complain(text, m);
}

void read_on(struct channel *c, channel_reader reader, void *arg)
{
	const char *why = channel_read(c, reader, arg, true);

	if (why)
		complain(why, &batch[0]);
}

/* What was left of a dump, while others changed what it is about. */
static void read_rest(unsigned int which)
{
	struct channel *c = &run.channels[which];

	while (run.busy[which] && c->left)
		read_on(c, learn, NULL);
	run.busy[which] = false;
}

void reopen(unsigned int which)
{
	channel_close(&run.channels[which]);
	channel_open(&run.channels[which]);
	run.busy[which] = false;
}

static void make(struct message *m, struct dice *dice)
{
	static const uint8_t adds[] = {
		DFC_CMD_FILTER_ADD, DFC_CMD_FILTER_ADD, DFC_CMD_FILTER_ADD,
		DFC_CMD_FILTER_ADD, DFC_CMD_DEST_ADD, DFC_CMD_GROUP_ADD,
	};

	m->known = run.known;
	m->dice = dice;
	do {
		m->command = &spec_commands[dice_below(dice, SPEC_COMMANDS)];
		/* Else there would never be anything to delete. */
		if (m->command->number == DFC_CMD_FILTER_FLUSH &&
		    !dice_one_in(dice, 8))
			m->command = spec_command(DFC_CMD_FILTER_GET);
	} while (m->command->event);
	if (dice_one_in(dice, 3))
		m->command = spec_command(adds[dice_below(dice,
							  sizeof(adds))]);
	message_make(m, run.family);
	if (!dice_one_in(dice, 3))
		message_spoil(m);
}

/* Some of it no message at all: nobody has to answer that. */
static void send_garbage(struct dice *dice)
{
	struct message *m = &batch[0];
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct channel c;
	unsigned int i, len;

	make(m, dice);
	len = dice_below(dice, m->nlh.nlmsg_len + 1);
	if (dice_one_in(dice, 2))
		m->nlh.nlmsg_len = dice_next(dice);
	else
		m->nlh.nlmsg_flags = dice_next(dice) | NLM_F_REQUEST;
	for (i = dice_below(dice, 4); i; i--)
		m->bytes[NLMSG_HDRLEN + dice_below(dice, 64)] =
			dice_next(dice);
	channel_open(&c);
	sendto(mnl_socket_get_fd(c.nl), m->bytes, len, 0, (void *)&kernel,
	       sizeof(kernel));
	channel_close(&c);
}

static void round_of(unsigned int which, struct dice *dice)
{
	struct channel *c = &run.channels[which];
	unsigned int i, n = 1 + dice_below(dice, CHANNEL_BATCH);
	struct dice own;

	for (i = 0; i < n; i++) {
		own = dice_for(run.seed, run.number + i);
		make(&batch[i], &own);
	}
	channel_send(c, batch, n);
	/* A dump alone may be left half read. */
	if (n == 1 && batch[0].nlh.nlmsg_flags & NLM_F_DUMP &&
	    dice_one_in(dice, 3)) {
		run.busy[which] = true;
		read_on(c, learn, NULL);
	}
	while (!run.busy[which] && c->left)
		read_on(c, learn, NULL);
	for (i = 0; i < n; i++)
		if (c->over[i])
			judge(c, i);
	run.number += n;
}

static void resync(void)
{
	memset(run.known, 0, sizeof(run.known));
	read_rest(0);
	ask(DFC_CMD_FILTER_GET, NLM_F_DUMP, learn, NULL);
	ask(DFC_CMD_DEST_GET, NLM_F_DUMP, learn, NULL);
	ask(DFC_CMD_GROUP_GET, NLM_F_DUMP, learn, NULL);
	ask(DFC_CMD_STATS_GET, 0, learn, NULL);
}

static void fuzz(void)
{
	uint64_t next = run.number;
	unsigned int which;
	struct dice dice;
	const char *why;

	while (run.number < run.last && time(NULL) < run.until) {
		dice = dice_for(~run.seed, run.number);
		which = dice_below(&dice, CHANNELS);
		if (run.number >= next) {
			resync();
			next = run.number + RESYNC;
		}
		if (dice_one_in(&dice, 60))
			reopen(which);
		else
			read_rest(which);
		if (dice_one_in(&dice, 30))
			send_garbage(&dice);
		round_of(which, &dice);
		why = channel_read(&run.events, hear, NULL, false);
		if (why)
			complain(why, NULL);
	}
}

static void summary(uint64_t first, time_t seconds)
{
	uint64_t n = run.number - first;
	unsigned int i;

	printf("%" PRIu64 " messages in %ld s, %" PRIu64 " a second: "
	       "%" PRIu64 " carried out, %" PRIu64 " refused; %" PRIu64
	       " events\n", n, (long)seconds, n / (seconds ? seconds : 1),
	       run.accepted, run.refused, run.heard);
	for (i = 0; i < SPEC_COMMANDS; i++) {
		if (spec_commands[i].event)
			continue;
		printf("%s %" PRIu64 "\n", spec_commands[i].name,
		       run.granted[spec_commands[i].number]);
	}
}

static uint64_t take_number(const char *text)
{
	char *end;
	uint64_t n;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (*text && !*end && !errno)
		return n;
	fprintf(stderr, "netlink_fuzz: '%s': expected a number\n", text);
	exit(2);
}

static void take_options(int argc, char **argv)
{
	time_t seconds = 10;
	int option;

	run.seed = (uint64_t)time(NULL) ^ (uint64_t)getpid() << 20;
	run.last = UINT64_MAX;
	while ((option = getopt(argc, argv, "s:n:c:t:")) != -1) {
		switch (option) {
		case 's':
			run.seed = take_number(optarg);
			break;
		case 'n':
			run.number = take_number(optarg);
			break;
		case 'c':
			run.last = take_number(optarg);
			break;
		case 't':
			seconds = take_number(optarg);
			break;
		default:
			fputs(usage, stderr);
			exit(2);
		}
	}
	if (run.last != UINT64_MAX)
		run.last += run.number;
	run.until = time(NULL) + seconds;
}

int main(int argc, char **argv)
{
	time_t start = time(NULL);
	uint64_t first;
	int i;

	take_options(argc, argv);
	first = run.number;
	printf("seed %" PRIu64 "\n", run.seed);
	fflush(stdout);
	if (!channel_family(&run.family)) {
		fputs("netlink_fuzz: the kernel has no dfc\n", stderr);
		return 2;
	}
	for (i = 0; i < CHANNELS; i++)
		channel_open(&run.channels[i]);
	channel_open(&run.events);
	channel_join(&run.events);
	fuzz();
	summary(first, time(NULL) - start);
	sweep();
	return 0;
}
