// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "dtcpd/config-text.h"

/* What ends a word that is not quoted. */
#define WORD_END " \t\r\n\"'#={}()+,*"

#define DEPTH_MAX 8

/* Where the scanner is; @why is set when it cannot go on. */
struct scan {
	char *at;
	unsigned int line;
	const char *why;
	unsigned int depth;
	unsigned int opened[DEPTH_MAX];	/* the line of each open { */
};

static void scan_string(struct scan *s)
{
	char quote = *s->at++;

	while (*s->at && *s->at != '\n' && *s->at != quote) {
		if (*s->at == '\\' && s->at[1] && s->at[1] != '\n')
			s->at++;
		s->at++;
	}
	if (*s->at == quote)
		s->at++;
	else
		s->why = "a string has no end, expected a closing quote on the same line";
}

static void scan_line_comment(struct scan *s)
{
	while (*s->at && *s->at != '\n')
		*s->at++ = ' ';
}

static void scan_block_comment(struct scan *s)
{
	char *end = strstr(s->at + 2, "*/");

	if (!end) {
		s->why = "a comment has no end, expected */";
		return;
	}
	for (end += 2; s->at < end; s->at++) {
		if (*s->at == '\n')
			s->line++;
		else
			*s->at = ' ';
	}
}

static void scan_other(struct scan *s)
{
	size_t word = strcspn(s->at, WORD_END);
	size_t i;

	/* libconfuse would pass over these without a word. */
	if (*s->at == '*' || (*s->at == '+' && s->at[1] != '='))
		s->why = *s->at == '*' ?
			"'*' stands alone, expected it in quotes" :
			"'+' stands alone, expected += or quotes";
	for (i = 0; i < word && !s->why; i++)
		if ((unsigned char)s->at[i] < ' ' || s->at[i] == 0x7f)
			s->why = "a control character, expected printable text";
	s->at += word ? word : 1;
}

static void scan_brace(struct scan *s)
{
	if (*s->at == '}') {
		if (s->depth)
			s->depth--;
	} else if (s->depth == DEPTH_MAX) {
		s->why = "too many { within each other, expected }";
		return;
	} else {
		s->opened[s->depth++] = s->line;
	}
	s->at++;
}

static void scan_end(struct scan *s)
{
	if (!s->depth || s->why)
		return;
	s->why = "{ is never closed, expected } before the end of the file";
	s->line = s->opened[s->depth - 1];
}

static void scan_next(struct scan *s)
{
	if (*s->at == '\n') {
		s->line++;
		s->at++;
	} else if (*s->at == '"' || *s->at == '\'') {
		scan_string(s);
	} else if (*s->at == '#' || !strncmp(s->at, "//", 2)) {
		scan_line_comment(s);
	} else if (!strncmp(s->at, "/*", 2)) {
		scan_block_comment(s);
	} else if (*s->at == '{' || *s->at == '}') {
		scan_brace(s);
	} else {
		scan_other(s);
	}
}

static char *slurp(FILE *f, size_t *len)
{
	struct stat st;
	char *text;

	if (fstat(fileno(f), &st))
		return NULL;
	if (!S_ISREG(st.st_mode) || st.st_size > CONFIG_TEXT_MAX) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EFBIG;
		return NULL;
	}
	text = calloc(1, st.st_size + 1);
	if (!text)
		return NULL;
	*len = fread(text, 1, st.st_size, f);
	if (!ferror(f))
		return text;
	errno = EIO;
	free(text);
	return NULL;
}

static char *read_file(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *text;
	int err;

	if (!f)
		return NULL;
	text = slurp(f, len);
	err = errno;
	fclose(f);
	errno = err;
	return text;
}

char *config_text_read(const char *path, char *error, size_t room)
{
	struct scan s = { .line = 1 };
	size_t len = 0;
	char *text;

	text = read_file(path, &len);
	if (!text) {
		snprintf(error, room,
			 "%s: %s, expected a configuration file that can be read",
			 path, strerror(errno));
		return NULL;
	}
	s.at = text;
	while (*s.at && !s.why)
		scan_next(&s);
	if (!s.why && s.at != text + len)
		s.why = "a zero byte, expected text";
	scan_end(&s);
	if (!s.why)
		return text;
	snprintf(error, room, "%s:%u: %s", path, s.line, s.why);
	config_text_free(text);
	return NULL;
}

void config_text_free(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}
