/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DTCP_SECRET_H
#define DTCP_SECRET_H

#include <stddef.h>
#include <stdint.h>

#include "dtcp-proto/message.h"
#include "dtcp/trouble.h"

/* The key that Junos FlowTap uses over SSH, for every user. */
#define SECRET_DEFAULT_KEY "Juniper"

/* A shared key; with no length there is none. */
struct secret {
	uint8_t key[DTCP_KEY_MAX];
	size_t len;
};

/**
 * secret_default() - the key of a control source that has none of its own
 * @s: filled in
 */
void secret_default(struct secret *s);

/**
 * secret_set() - take a shared key from the command line or the environment
 * @s: filled in
 * @key: 1..DTCP_KEY_MAX bytes
 * @where: what gave it, for the error
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int secret_set(struct secret *s, const char *key, const char *where,
	       struct trouble *t);

/**
 * secret_read() - read a shared key from a file
 * @s: filled in
 * @path: file with 1..DTCP_KEY_MAX bytes; one line end behind them is no part
 *	of the key
 * @t: filled in on failure
 *
 * Return: 0 or -1.
 */
int secret_read(struct secret *s, const char *path, struct trouble *t);

/**
 * secret_ask() - ask on the terminal, without echo
 * @prompt: what to ask
 * @answer: filled in and terminated; the caller wipes it, but after failure
 * @room: bytes in @answer
 *
 * A signal such as that of Ctrl-C is taken when the terminal is as before.
 *
 * Return: 0, or -1 if there is no terminal, nobody answers or the answer is
 * longer.
 */
int secret_ask(const char *prompt, char *answer, size_t room);

#endif
