/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_ARGS_H
#define DFCCTL_ARGS_H

#include "dfcctl/field.h"

/**
 * args_put() - append an object that is described by `word value` pairs
 * @fields: table
 * @where: FIELD_ADD or FIELD_SET: which words are allowed
 * @attr: attribute to open for the object
 * @words: pairs; of a list, a word may repeat and a value may hold several
 *	entries, separated by commas
 * @n: number of @words
 * @nlh: message of FIELD_MESSAGE_MAX bytes
 *
 * Return: 0, or an exit status after saying which word is wrong and what was
 * expected.
 */
int args_put(const struct field *fields, unsigned int where, uint16_t attr,
	     char *const *words, int n, struct nlmsghdr *nlh);

/**
 * args_put_id() - append an object of which only the id is given
 * @attr: attribute to open for the object
 * @id_attr: attribute of the id in it
 * @word: id
 * @nlh: message of FIELD_MESSAGE_MAX bytes
 *
 * Return: 0 or an exit status after saying what is wrong.
 */
int args_put_id(uint16_t attr, uint16_t id_attr, const char *word,
		struct nlmsghdr *nlh);

#endif
