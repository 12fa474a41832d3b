// SPDX-License-Identifier: GPL-2.0
#include "reload.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "auth.h"
#include "list.h"
#include "log.h"
#include "rights.h"
#include "tls.h"
#include "util.h"

/**
 * struct reloaded - something that is read again
 * @option: the option that names its file
 * @configured: is there such a file?
 * @read: reads it, changes nothing; 0, or -1 with an error message
 * @apply: what was read holds from now on; cannot fail
 * @discard: forgets what was read, or does nothing
 */
struct reloaded {
	const char *option;
	bool (*configured)(void);
	int (*read)(char *error, size_t size);
	void (*apply)(void);
	void (*discard)(void);
};

static const struct reloaded list[] = {
	{ "acl_file", rights_configured, rights_read, rights_apply,
	  rights_discard },
	{ "certfile", tls_configured, tls_read, tls_apply, tls_discard },
	{ "password_file", auth_configured, auth_read, auth_apply,
	  auth_discard },
};

/* Says what else has not been read, or not been put in force. */
static void not_applied(const struct reloaded *failed, char *error, size_t size)
{
	const char *before = "; not applied either: ";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		size_t used = strlen(error);

		if (&list[i] == failed || !list[i].configured())
			continue;
		snprintf(error + used, size - used, "%s%s", before,
			 list[i].option);
		before = ", ";
	}
}

int reload(char *error, size_t size)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		if (!list[i].read(error, size))
			continue;
		not_applied(&list[i], error, size);
		log_err("%s: the old files stay in force", error);
		for (i = 0; i < ARRAY_SIZE(list); i++)
			list[i].discard();
		return -1;
	}
	for (i = 0; i < ARRAY_SIZE(list); i++)
		list[i].apply();
	return 0;
}
