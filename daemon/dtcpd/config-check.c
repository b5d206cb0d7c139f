// SPDX-License-Identifier: GPL-2.0-or-later
// Copyright (C) 2026 the dfc project

#include <crypt.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "dfc-netlink/names.h"
#include "dtcpd/config-address.h"
#include "dtcpd/config-alias.h"
#include "dtcpd/config-check.h"

const struct config_trials *config_check_trials;

int config_check_line(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	*(long *)out = cfg->line;
	return 0;
}

int config_check_bool(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	int b = cfg_parse_boolean(value);

	if (b < 0) {
		cfg_error(cfg, "%s is \"%s\", expected yes or no", opt->name,
			  value);
		return -1;
	}
	*(int *)out = b;
	return 0;
}

int config_take(const char *value, void *out)
{
	*(const char **)out = value;
	return 0;
}

bool config_is_name(const char *name, size_t max)
{
	size_t len = strlen(name);
	size_t i;

	for (i = 0; i < len; i++)
		if (name[i] < ' ' || name[i] > '~')
			return false;
	return len && len <= max && name[0] != ' ' && name[len - 1] != ' ';
}

int config_check_address(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out)
{
	struct dtcp_outer_addr a;

	if (config_address(value, &a) && config_address_unicast(&a) &&
	    !config_address_mapped(&a))
		return config_take(value, out);
	cfg_error(cfg,
		  "%s is \"%s\", expected a unicast IPv4 or IPv6 address",
		  opt->name, value);
	return -1;
}

int config_readable(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int err = 0;

	if (fd < 0 || fstat(fd, &st))
		err = errno;
	else if (!S_ISREG(st.st_mode))
		err = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
	if (fd >= 0)
		close(fd);
	return err;
}

int config_check_file(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	int err = config_readable(value);

	if (!err)
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\": %s, expected a file that can be read",
		  opt->name, value, strerror(err));
	return -1;
}

int config_check_keys(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	const struct config_trials *t = config_check_trials;
	char why[256];

	if (config_check_file(cfg, opt, value, out))
		return -1;
	if (!t || t->authorized_keys(value, why, sizeof(why)))
		return 0;
	cfg_error(cfg, "%s is \"%s\": %s", opt->name, value, why);
	return -1;
}

int config_check_state(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	const struct config_trials *t = config_check_trials;
	size_t max = PATH_MAX / 2;
	char why[256];

	if (value[0] != '/' || strlen(value) > max) {
		cfg_error(cfg,
			  "%s is \"%s\", expected an absolute path of at most %zu bytes",
			  opt->name, value, max);
		return -1;
	}
	if (!t || t->state_directory(value, why, sizeof(why)))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\": %s", opt->name, value, why);
	return -1;
}

int config_check_path(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	if (value[0] == '/' && strlen(value) < PATH_MAX)
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected an absolute path", opt->name,
		  value);
	return -1;
}

int config_check_audit_key(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			   void *out)
{
	const struct config_trials *t = config_check_trials;
	char why[256];

	if (config_check_path(cfg, opt, value, out))
		return -1;
	if (!t || t->audit_key(value, why, sizeof(why)))
		return 0;
	cfg_error(cfg, "%s is \"%s\": %s", opt->name, value, why);
	return -1;
}

int config_check_socket(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	size_t max = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (value[0] == '/' && strlen(value) <= max)
		return config_take(value, out);
	cfg_error(cfg,
		  "%s is \"%s\", expected an absolute path of at most %zu bytes",
		  opt->name, value, max);
	return -1;
}

/* crypt(3) would take any two letters as a hash: a password in the clear. */
static bool is_hash(const char *value)
{
	int salt = crypt_checksalt(value);

	return value[0] == '$' && salt != CRYPT_SALT_INVALID &&
	       salt != CRYPT_SALT_METHOD_DISABLED;
}

int config_check_password(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out)
{
	if (is_hash(value))
		return config_take(value, out);
	cfg_error(cfg,
		  "%s is no hash, expected one of crypt(3) as printed by: openssl passwd -6",
		  opt->name);
	return -1;
}

int config_check_key(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	if (value[0] && strlen(value) <= DTCP_KEY_MAX)
		return config_take(value, out);
	cfg_error(cfg, "%s has %zu bytes, expected 1 to %d", opt->name,
		  strlen(value), DTCP_KEY_MAX);
	return -1;
}

int config_check_security(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out)
{
	if (dfc_security_parse(value) >= 0)
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected required or none", opt->name,
		  value);
	return -1;
}

bool config_version(const char *text, struct dtcp_version *v)
{
	if (strlen(text) != 3 || text[0] != '0' || text[1] != '.' ||
	    text[2] < '6' || text[2] > '8')
		return false;
	v->major = 0;
	v->minor = (unsigned int)(text[2] - '0');
	return true;
}

int config_check_version(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out)
{
	struct dtcp_version v;

	if (config_version(value, &v))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected 0.6, 0.7 or 0.8", opt->name,
		  value);
	return -1;
}

int config_check_mode(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *out)
{
	if (!strcmp(value, "active") || !strcmp(value, "passive"))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected active or passive", opt->name,
		  value);
	return -1;
}

int config_check_restart(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			 void *out)
{
	if (!strcmp(value, "keep") || !strcmp(value, "drop"))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected keep or drop", opt->name, value);
	return -1;
}

int config_check_sequence(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			  void *out)
{
	if (!strcmp(value, "on") || !strcmp(value, "off"))
		return config_take(value, out);
	cfg_error(cfg, "%s is \"%s\", expected on or off", opt->name, value);
	return -1;
}

int config_check_device(cfg_t *cfg, cfg_opt_t *opt, const char *value,
			void *out)
{
	if (config_device(value))
		return config_take(value, out);
	cfg_error(cfg,
		  "%s is \"%s\", expected a Linux device: 1 to 15 bytes without /, : and blanks",
		  opt->name, value);
	return -1;
}
