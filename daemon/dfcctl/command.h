/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the dfc project */

#ifndef DFCCTL_COMMAND_H
#define DFCCTL_COMMAND_H

#include "dfcctl/ctl.h"
#include "dfcctl/field.h"
#include "dfcctl/object.h"

/**
 * struct command - a word of the command line that does something
 * @name: full word; a table of commands ends with one without a name
 * @args: what may follow it, for help
 * @help: what it does, for help
 * @run: called with the words that follow; returns the exit status
 * @sub: commands that may follow instead; the first is the default
 * @fields: table that the words come from, for help and completion
 * @where: FIELD_ADD or FIELD_SET, which fields of @fields
 * @ids: objects whose ids may follow, for completion
 * @sources: the name of a control source may follow, for completion
 * @repeats: it can show again and again, option -i
 * @hidden: not an operator's: help leaves it out
 */
struct command {
	const char *name;
	const char *args;
	const char *help;
	int (*run)(struct ctl *ctl, int argc, char **argv);
	const struct command *sub;
	const struct field *fields;
	unsigned int where;
	const struct object *ids;
	bool sources;
	bool repeats;
	bool hidden;
};

extern const struct command command_table[];
extern const struct command filter_commands[];
extern const struct command destination_commands[];
extern const struct command group_commands[];
extern const struct command clear_commands[];
extern const struct command audit_commands[];

int summary_run(struct ctl *ctl, int argc, char **argv);
int statistics_run(struct ctl *ctl, int argc, char **argv);
int control_source_run(struct ctl *ctl, int argc, char **argv);
int monitor_run(struct ctl *ctl, int argc, char **argv);
int help_run(struct ctl *ctl, int argc, char **argv);
int complete_run(struct ctl *ctl, int argc, char **argv);

/**
 * command_find() - look a word up in a table
 * @table: commands
 * @word: full name or an abbreviation of just one of them
 *
 * Return: the command; NULL with errno ENOENT (unknown) or EBUSY (ambiguous).
 */
const struct command *command_find(const struct command *table,
				   const char *word);

/**
 * command_run() - find and run the command that a command line names
 * @ctl: run
 * @table: commands
 * @argc: number of words
 * @argv: words
 *
 * Return: exit status.
 */
int command_run(struct ctl *ctl, const struct command *table, int argc,
		char **argv);

/**
 * command_no_words() - refuse words that a command does not take
 * @argc: number of words
 * @argv: words
 *
 * Return: 0 if there is none, or an exit status after naming the first.
 */
int command_no_words(int argc, char **argv);

#endif
