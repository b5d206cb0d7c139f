/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef WIRE_H
#define WIRE_H

#include <libmnl/libmnl.h>
#include <linux/dfc.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Nothing that is waited for takes this long; seconds. */
#define WIRE_DEADLINE 60

/**
 * struct request - a message on its way to the kernel
 * @culprit: offset of the attribute that the kernel shall complain about, or 0
 * @nlh: the message
 * @buf: its bytes
 */
struct request {
	uint32_t culprit;
	union {
		struct nlmsghdr nlh;
		char buf[128 * 1024];
	};
};

/**
 * struct answer - what came back
 * @error: errno, 0 for success
 * @text: sentence of the extended acknowledgement, or empty
 * @offset: of the attribute that it names, or 0
 * @interrupted: some message had NLM_F_DUMP_INTR
 * @over: nothing more will come
 * @objects: messages of our family
 * @parts: reads that it took
 */
struct answer {
	int error;
	char text[256];
	uint32_t offset;
	bool interrupted;
	bool over;
	unsigned int objects;
	unsigned int parts;
};

/**
 * struct wire - a socket, with its last request and the answer to it
 * @nl: socket, or NULL
 * @seq: number of the last request
 * @answer: to it
 * @request: the last request, or the next one while it is being written
 */
struct wire {
	struct mnl_socket *nl;
	uint32_t seq;
	struct answer answer;
	struct request request;
};

/**
 * typedef wire_reader - takes one message of the family
 * @nlh: message
 * @arg: what the caller gave
 *
 * Return: whether it was as it must be; if not, it has said why.
 */
typedef bool (*wire_reader)(const struct nlmsghdr *nlh, void *arg);

/**
 * wire_init() - ask for the numbers of family and group, once
 *
 * Return: whether the kernel knows the family.
 */
bool wire_init(void);

/**
 * wire_open() - open a socket in the network namespace of the process
 *
 * Return: closed by wire_close(); the process ends if it cannot be had.
 */
struct wire *wire_open(void);

/**
 * wire_open_as() - open a socket of a given number
 * @portid: the number, or 0 for any
 *
 * Return: as wire_open().
 */
struct wire *wire_open_as(uint32_t portid);

/**
 * wire_close() - close a socket
 * @w: socket, freed
 */
void wire_close(struct wire *w);

/**
 * wire_join() - ask for events
 * @w: socket
 *
 * Return: 0 or a positive errno.
 */
int wire_join(struct wire *w);

/**
 * wire_request() - begin a request, which is then written by the put functions
 * @w: socket
 * @cmd: command
 *
 * Return: the request in @w.
 */
struct request *wire_request(struct wire *w, enum dfc_cmd cmd);

/**
 * wire_send() - send the request of a socket
 * @w: socket
 */
void wire_send(struct wire *w);

/**
 * wire_receive() - receive once what belongs to the request
 * @w: socket; its answer goes on
 * @reader: for messages of the family, or NULL to pass over them
 * @arg: passed on
 *
 * Return: false if a reader was not content or the answer makes no sense.
 */
bool wire_receive(struct wire *w, wire_reader reader, void *arg);

/**
 * wire_call() - send the request and receive the whole answer
 * @w: socket
 * @reader: as for wire_receive()
 * @arg: passed on
 *
 * Return: false if a reader was not content or the answer makes no sense; what
 * the kernel had to say is in the answer.
 */
bool wire_call(struct wire *w, wire_reader reader, void *arg);

/**
 * wire_done() - send the request, which the kernel must carry out
 * @w: socket
 *
 * Return: whether it did; if not, its words were noted.
 */
bool wire_done(struct wire *w);

/**
 * wire_refused() - send the request, which the kernel must refuse
 * @w: socket
 * @error: errno
 * @text: sentence of the extended acknowledgement, or NULL for none
 *
 * Return: whether it was refused just so and @culprit of the request named.
 */
bool wire_refused(struct wire *w, int error, const char *text);

/**
 * wire_event() - wait for the next event of a kind
 * @w: socket that has joined the group
 * @cmd: the kind; others are passed over
 * @reader: takes it
 * @arg: passed on
 *
 * Return: whether one came and the reader was content with it.
 */
bool wire_event(struct wire *w, enum dfc_cmd cmd, wire_reader reader,
		void *arg);

/**
 * wire_dump() - make the request a dump
 * @r: request
 */
void wire_dump(struct request *r);

/**
 * put() - append an attribute
 * @r: request
 * @type: its type
 * @len: bytes of its value
 * @value: its value
 */
void put(struct request *r, uint16_t type, size_t len, const void *value);

/* The same for a number in the byte order of the host. */
void put_u8(struct request *r, uint16_t type, uint8_t value);
void put_u16(struct request *r, uint16_t type, uint16_t value);
void put_u32(struct request *r, uint16_t type, uint32_t value);
void put_u64(struct request *r, uint16_t type, uint64_t value);

/**
 * nest_begin() - begin a nest
 * @r: request
 * @type: its type
 *
 * Return: for nest_end().
 */
struct nlattr *nest_begin(struct request *r, uint16_t type);

/**
 * nest_end() - end a nest
 * @r: request
 * @nest: from nest_begin()
 */
void nest_end(struct request *r, struct nlattr *nest);

/**
 * culprit() - expect the kernel to complain about the next attribute
 * @r: request
 */
void culprit(struct request *r);

#endif /* WIRE_H */
