// SPDX-License-Identifier: GPL-2.0
/* mqttctl passwd: users and the hashes of their passwords. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "ctl.h"
#include "password.h"
#include "scram_verifier.h"
#include "users.h"

#define PASSWORD_MAX	65535u

struct passwd_args {
	const char *file;
	const char *user;
	bool create;
	bool remove;
	bool scram;
};

/* One line from the terminal, unseen, or from a pipe. Wiped by the caller. */
static int ask(const char *prompt, char *password, size_t size)
{
	bool tty = isatty(STDIN_FILENO);
	struct termios old, silent;
	size_t len;
	char *line;

	if (tty) {
		if (tcgetattr(STDIN_FILENO, &old))
			return fail("passwd", "terminal: %s", strerror(errno));
		silent = old;
		silent.c_lflag &= ~ECHO;
		/* in this order: what is typed at the prompt is not flushed */
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
		fprintf(stderr, "%s: ", prompt);
	}
	line = fgets(password, size, stdin);
	if (tty) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
		fputc('\n', stderr);
	}
	if (!line)
		return fail("passwd", "no password given");
	len = strcspn(password, "\n");
	if (!len)
		return fail("passwd", "the password is empty");
	if (password[len] != '\n' && !feof(stdin))
		return fail("passwd", "the password is longer than %zu bytes",
			    size - 2);
	password[len] = '\0';
	return 0;
}

static int new_hash(bool scram, char hash[PASSWORD_HASH_MAX])
{
	/* a newline and a NUL more */
	char password[PASSWORD_MAX + 2] = "";
	char again[PASSWORD_MAX + 2] = "";
	int rc = ask("Password", password, sizeof(password));

	if (!rc && isatty(STDIN_FILENO)) {
		rc = ask("Again", again, sizeof(again));
		if (!rc && strcmp(password, again))
			rc = fail("passwd", "the passwords differ");
	}
	if (!rc) {
		size_t len = strlen(password);
		int err = scram ? scram_verifier_make(password, len, hash,
						      PASSWORD_HASH_MAX) :
				  password_hash(password, len, hash);

		if (err)
			rc = fail("passwd", "cannot hash the password: %s",
				  strerror(-err));
	}
	explicit_bzero(password, sizeof(password));
	explicit_bzero(again, sizeof(again));
	return rc;
}

static bool names_user(const char *line, const char *user)
{
	size_t len = strlen(user);

	line += strspn(line, " \t");
	return !strncmp(line, user, len) && line[len] == ':';
}

/* Copies all lines but the user's, in whose place the new hash comes. */
static int copy_lines(FILE *in, FILE *out, const struct passwd_args *args,
		      const char *hash, bool *found)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while (in && (len = getline(&line, &size, in)) >= 0) {
		if (names_user(line, args->user)) {
			*found = true;
			if (hash)
				fprintf(out, "%s:%s\n", args->user, hash);
			continue;
		}
		fwrite(line, 1, len, out);
		if (line[len - 1] != '\n')
			fputc('\n', out);
	}
	free(line);
	if (hash && !*found)
		fprintf(out, "%s:%s\n", args->user, hash);
	return (in && ferror(in)) || ferror(out) ? -1 : 0;
}

static int sync_directory(const char *path)
{
	char *copy = strdup(path);
	int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY) : -1;
	int rc = fd < 0 ? -1 : fsync(fd);

	free(copy);
	if (fd >= 0)
		close(fd);
	return rc;
}

/*
 * A daemon that reads the file meanwhile sees the old one or the new one, and
 * so does who looks after a power cut.
 */
static int rewrite(FILE *in, const struct passwd_args *args, const char *hash)
{
	char path[PATH_MAX];
	struct stat st;
	bool found = false;
	FILE *out;
	int fd;
	int rc;

	if (snprintf(path, sizeof(path), "%s.XXXXXX", args->file) >=
	    (int)sizeof(path))
		return fail("passwd", "%s: %s", args->file,
			    strerror(ENAMETOOLONG));
	fd = mkstemp(path);
	out = fd < 0 ? NULL : fdopen(fd, "w");
	if (!out) {
		rc = fail("passwd", "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return rc;
	}
	/* mkstemp() lets only us read it; an old file's owner keeps it. */
	rc = in && (fstat(fileno(in), &st) || fchmod(fd, st.st_mode & 07777) ||
		    fchown(fd, st.st_uid, st.st_gid));
	if (!rc)
		rc = copy_lines(in, out, args, hash, &found);
	if (!rc)
		rc = fflush(out) || fsync(fd);
	if (rc)
		rc = fail("passwd", "%s: %s", path, strerror(errno));
	fclose(out);
	if (!rc && !hash && !found)
		rc = fail("passwd", "%s: no user %s", args->file, args->user);
	if (!rc && (rename(path, args->file) || sync_directory(args->file)))
		rc = fail("passwd", "%s: %s", args->file, strerror(errno));
	if (rc)
		unlink(path);
	return rc;
}

static int passwd(const struct passwd_args *args)
{
	char hash[PASSWORD_HASH_MAX];
	char error[512];
	struct users *users;
	FILE *in;
	int rc;

	in = fopen(args->file, "re");
	if (!in && (errno != ENOENT || !args->create))
		return fail("passwd", "%s: %s%s", args->file, strerror(errno),
			    errno == ENOENT ? " (-c creates it)" : "");
	if (in && args->create) {
		fclose(in);
		return fail("passwd", "%s: %s", args->file, strerror(EEXIST));
	}
	/* What the daemon would refuse is not made worse. */
	users = in ? users_read(args->file, error, sizeof(error)) : NULL;
	if (in && !users) {
		fclose(in);
		return fail("passwd", "%s", error);
	}
	users_free(users);
	rc = args->remove ? 0 : new_hash(args->scram, hash);
	if (!rc)
		rc = rewrite(in, args, args->remove ? NULL : hash);
	if (in)
		fclose(in);
	return rc;
}

int cmd_passwd(int argc, char **argv)
{
	struct passwd_args args = { 0 };

	for (; argc && argv[0][0] == '-' && argv[0][1]; argc--, argv++) {
		if (!strcmp(argv[0], "-c"))
			args.create = true;
		else if (!strcmp(argv[0], "-D"))
			args.remove = true;
		else if (!strcmp(argv[0], "-s"))
			args.scram = true;
		else
			return usage_error("passwd: unknown option '%s'",
					   argv[0]);
	}
	if (argc != 2)
		return usage_error("passwd takes [-c|-D] [-s] FILE USER");
	if (args.create && args.remove)
		return usage_error("passwd: -c and -D exclude each other");
	if (args.scram && args.remove)
		return usage_error("passwd: -s and -D exclude each other");
	args.file = argv[0];
	args.user = argv[1];
	if (!*args.user || strpbrk(args.user, ":\n") ||
	    *args.user == '#' || *args.user == ' ' || *args.user == '\t')
		return usage_error("passwd: '%s' cannot be a user name",
				   args.user);
	return passwd(&args);
}
