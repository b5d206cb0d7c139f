/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef RUN_H
#define RUN_H

#include <time.h>

#include "channel.h"

#define CHANNELS	6

/**
 * struct run - what is going on
 * @seed: of all dice
 * @number: of the next message
 * @last: number of the last message
 * @until: when it is over, in seconds of the clock
 * @family: number of the family
 * @channels: sockets that send
 * @events: socket that hears events
 * @busy: a dump on that channel has not been read to its end
 * @known: objects that there are, by outermost attribute and id
 * @accepted: messages that were carried out
 * @refused: messages that were not
 * @granted: those carried out, by command
 * @heard: events
 */
struct run {
	uint64_t seed;
	uint64_t number;
	uint64_t last;
	time_t until;
	uint16_t family;
	struct channel channels[CHANNELS];
	struct channel events;
	bool busy[CHANNELS];
	bool known[DFC_A_MAX + 1][MESSAGE_IDS];
	uint64_t accepted;
	uint64_t refused;
	uint64_t granted[256];
	uint64_t heard;
};

extern struct run run;

/* Ends the process: @what is wrong, after the message @m or NULL. */
void complain(const char *what, const struct message *m);

/* A reader that notes what there is. */
void learn(const struct nlmsghdr *nlh, void *arg);

/* Waits for a part of an answer, with which nothing may be wrong. */
void read_on(struct channel *c, channel_reader reader, void *arg);

/* Closes a channel of the run, with all that it owns, and opens it anew. */
void reopen(unsigned int which);

/**
 * ask() - send what the kernel must carry out, and read the answer
 * @command: what is asked, without attributes
 * @flags: of the message, NLM_F_DUMP or 0
 * @reader: takes what comes
 * @arg: passed on
 */
void ask(uint8_t command, uint16_t flags, channel_reader reader, void *arg);

/**
 * sweep() - close all sockets, delete all that is left then
 *
 * It must be possible, and afterwards nothing may be there.
 */
void sweep(void);

#endif /* RUN_H */
