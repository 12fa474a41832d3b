// SPDX-License-Identifier: GPL-2.0
#include "store_db.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_batch.h"
#include "store_check.h"
#include "util.h"

#define MAP_MIN		(16u << 20)
/* Space on the disk is taken in steps of this size, ahead of its use. */
#define ALLOCATE_STEP	(1u << 20)
#define REFUSED_MAX	(2 * ALLOCATE_STEP)
/* Deletions, with so many bytes of changes, find room in the step ahead. */
#define SMALL		4096

static int __attribute__((format(printf, 2, 3)))
db_error(struct store_db *db, const char *fmt, ...)
{
	int len = snprintf(db->error, sizeof(db->error), "%.400s: ", db->path);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(db->error + len, sizeof(db->error) - len, fmt, ap);
	va_end(ap);
	return -1;
}

static int db_lock(struct store_db *db, const char *dir)
{
	char path[sizeof(db->path) + 8];

	snprintf(path, sizeof(path), "%s/mqttd.lock", dir);
	db->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (db->lock < 0)
		return db_error(db, "cannot make the lock %s: %s", path,
				strerror(errno));
	if (flock(db->lock, LOCK_EX | LOCK_NB))
		return db_error(db, errno == EWOULDBLOCK ?
				"in use by another mqttd or mqttctl" :
				"cannot be locked");
	return 0;
}

/* MDB_NOLOCK: the lock above keeps others out, and only one thread writes. */
static int env_open(struct store_db *db, const char *path, bool nosync)
{
	unsigned int flags = MDB_NOSUBDIR | MDB_NOLOCK |
			     (nosync ? MDB_NOSYNC : 0);
	MDB_txn *txn = NULL;
	struct stat st;
	int rc;

	db->map_size = MAP_MIN;
	if (!stat(path, &st))
		while (db->map_size / 2 < (uint64_t)st.st_size)
			db->map_size *= 2;
	rc = mdb_env_create(&db->env);
	if (!rc)
		rc = mdb_env_set_mapsize(db->env, db->map_size);
	if (!rc)
		rc = mdb_env_open(db->env, path, flags, 0600);
	if (!rc)
		rc = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn);
	if (!rc)
		rc = mdb_dbi_open(txn, NULL, 0, &db->dbi);
	if (!rc)
		rc = mdb_txn_commit(txn);
	else if (txn)
		mdb_txn_abort(txn);
	if (!rc)
		rc = mdb_env_get_fd(db->env, &db->fd);
	if (!rc)
		return 0;
	mdb_env_close(db->env);
	db->env = NULL;
	return db_error(db, "damaged: %s", mdb_strerror(rc));
}

/*
 * A new store gets its name when it is complete, so that an empty file under
 * that name is always damage.
 */
static int db_create(struct store_db *db, const char *dir)
{
	struct store_record header = { .kind = STORE_HEADER };
	struct store_batch batch = { 0 };
	char path[sizeof(db->path) + 8];
	bool spare;
	int fd;
	int rc;

	snprintf(path, sizeof(path), "%s.new", db->path);
	unlink(path);
	if (env_open(db, path, false))
		return -1;
	store_batch_put(&batch, &header, true);
	rc = store_db_write(db, &batch, &spare);
	store_batch_free(&batch);
	mdb_env_close(db->env);
	db->env = NULL;
	if (rc == ENOSPC)
		db_error(db, "no space to make it");
	if (rc)
		return -1;
	if (rename(path, db->path))
		return db_error(db, "%s", strerror(errno));
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd))
		rc = db_error(db, "%s: %s", dir, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

/* The file must be as long as it says: reading a page behind its end kills. */
static int check_length(struct store_db *db)
{
	MDB_envinfo info;
	MDB_stat stat;
	struct stat st;

	mdb_env_info(db->env, &info);
	mdb_env_stat(db->env, &stat);
	if (fstat(db->fd, &st))
		return db_error(db, "%s", strerror(errno));
	if ((uint64_t)st.st_size < ((uint64_t)info.me_last_pgno + 1) *
	    stat.ms_psize)
		return db_error(db, "damaged: cut off at %lld bytes",
				(long long)st.st_size);
	return 0;
}

static int db_check(struct store_db *db)
{
	struct store_check *check;
	int rc = env_open(db, db->path, true);

	if (rc)
		return rc;
	rc = check_length(db);
	if (!rc) {
		check = store_check_new();
		rc = store_db_each(db, store_check_record, check);
		store_check_free(check);
	}
	mdb_env_close(db->env);
	db->env = NULL;
	return rc;
}

/* In a process of its own: damage that LMDB believes in can end it. */
static int db_check_apart(struct store_db *db)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	int status = 0;
	int fds[2];
	ssize_t n;
	pid_t pid;
	size_t i;

	if (pipe2(fds, O_CLOEXEC))
		return db_error(db, "%s", strerror(errno));
	pid = fork();
	if (pid < 0) {
		close(fds[0]);
		close(fds[1]);
		return db_error(db, "fork: %s", strerror(errno));
	}
	if (!pid) {
		for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
			signal(fatal[i], SIG_DFL);
		if (!db_check(db))
			_exit(0);
		n = write(fds[1], db->error, strlen(db->error));
		_exit(n < 0 ? 2 : 1);
	}
	close(fds[1]);
	n = read(fds[0], db->error, sizeof(db->error) - 1);
	db->error[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	if (WIFSIGNALED(status))
		db_error(db, "damaged: reading it ended with signal %d",
			 WTERMSIG(status));
	return -1;
}

int store_db_open(struct store_db *db, const char *dir, bool create,
		  bool nosync)
{
	struct stat st;

	memset(db, 0, sizeof(*db));
	db->lock = -1;
	if ((size_t)snprintf(db->path, sizeof(db->path), "%s/" STORE_FILE,
			     dir) >= sizeof(db->path))
		return db_error(db, "path too long");
	if (stat(dir, &st))
		return db_error(db, "%s", strerror(errno));
	if (db_lock(db, dir))
		goto err;
	if (stat(db->path, &st)) {
		if (errno != ENOENT || !create) {
			db_error(db, "%s", strerror(errno));
			goto err;
		}
		if (db_create(db, dir))
			goto err;
	} else if (!st.st_size) {
		db_error(db, "damaged: the file is empty");
		goto err;
	} else if (db_check_apart(db)) {
		goto err;
	}
	if (env_open(db, db->path, nosync))
		goto err;
	return 0;
err:
	if (db->lock >= 0)
		close(db->lock);
	db->lock = -1;
	return -1;
}

int store_db_salvage(struct store_db *db, const char *dir,
		     void (*damaged)(const char *error))
{
	memset(db, 0, sizeof(*db));
	db->lock = -1;
	db->damaged = damaged;
	snprintf(db->path, sizeof(db->path), "%s/" STORE_FILE, dir);
	if (access(db->path, R_OK))
		return db_error(db, "%s", strerror(errno));
	if (!db_lock(db, dir) && !env_open(db, db->path, true))
		return 0;
	store_db_close(db);
	return -1;
}

void store_db_close(struct store_db *db)
{
	if (db->env)
		mdb_env_close(db->env);
	db->env = NULL;
	if (db->lock >= 0)
		close(db->lock);
	db->lock = -1;
}

int store_db_each(struct store_db *db,
		  const char *(*fn)(const struct store_record *rec, void *arg),
		  void *arg)
{
	MDB_cursor *cursor = NULL;
	MDB_txn *txn = NULL;
	size_t count = 0;
	MDB_stat stat;
	MDB_val key;
	MDB_val val;
	int rc;

	rc = mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return db_error(db, "%s", mdb_strerror(rc));
	mdb_stat(txn, db->dbi, &stat);
	rc = mdb_cursor_open(txn, db->dbi, &cursor);
	while (!rc && !(rc = mdb_cursor_get(cursor, &key, &val, MDB_NEXT))) {
		struct store_record rec;
		const char *wrong;

		count++;
		wrong = store_read(key.mv_data, key.mv_size, val.mv_data,
				   val.mv_size, &rec);
		if (!wrong)
			wrong = fn(&rec, arg);
		if (!wrong)
			continue;
		db_error(db, "damaged: record %zu (%s, session %llu, number %llu): %s",
			 count, rec.kind ? store_kind_name(rec.kind) : "?",
			 (unsigned long long)rec.session,
			 (unsigned long long)rec.id, wrong);
		if (!db->damaged)
			goto err;
		db->damaged(db->error);
	}
	if (rc != MDB_NOTFOUND) {
		db_error(db, "damaged: %s", mdb_strerror(rc));
		goto err;
	}
	if (!count || count != stat.ms_entries) {
		db_error(db, "damaged: %zu records of %zu", count,
			 stat.ms_entries);
		goto err;
	}
	mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
	return 0;
err:
	if (cursor)
		mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
	return -1;
}

static int compare_pages(const void *a, const void *b)
{
	const size_t *x = a;
	const size_t *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Of pages in ascending order, those in runs that are long enough, whole ones. */
static uint64_t count_runs(const size_t *page, size_t count, size_t len)
{
	uint64_t sum = 0;
	size_t run = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		run = i && page[i] == page[i - 1] + 1 ? run + 1 : 1;
		if (run == len) {
			sum += len;
			run = 0;
		}
	}
	return sum;
}

/*
 * Pages inside the file that a transaction may use again, for values of so many
 * pages. Table 0 is LMDB's list of them: a count, and then the pages, by the
 * transaction that freed them; what the last one did is not free for the next.
 */
static uint64_t free_pages(struct store_db *db, size_t len, size_t last)
{
	MDB_cursor *cursor = NULL;
	size_t *page = NULL;
	size_t count = 0;
	uint64_t sum;
	MDB_txn *txn;
	MDB_val key;
	MDB_val val;

	if (mdb_txn_begin(db->env, NULL, MDB_RDONLY, &txn))
		return 0;
	if (!mdb_cursor_open(txn, 0, &cursor)) {
		while (!mdb_cursor_get(cursor, &key, &val, MDB_NEXT)) {
			const size_t *list = val.mv_data;

			if (*(const size_t *)key.mv_data >= last)
				continue;
			page = xrealloc(page, (count + *list + 1) *
					sizeof(*page));
			memcpy(page + count, list + 1, *list * sizeof(*page));
			count += *list;
		}
		mdb_cursor_close(cursor);
	}
	mdb_txn_abort(txn);
	if (!count)
		return 0;
	qsort(page, count, sizeof(*page), compare_pages);
	sum = count_runs(page, count, len);
	free(page);
	return sum;
}

/**
 * struct demand - what a transaction asks of the disk
 * @ops: operations
 * @bytes: of their values
 * @largest: longest value
 */
struct demand {
	uint32_t ops;
	size_t bytes;
	size_t largest;
};

/*
 * Takes space on the disk before LMDB writes to it: it reports a full disk as
 * it does a failed one, and the two must be told apart. Each operation may
 * copy a leaf and make one; long values have pages of their own. One step more
 * than needed is taken, so that deletions find room on a full disk.
 */
static int db_allocate(struct store_db *db, const struct demand *d, bool *spare)
{
	uint64_t need;
	uint64_t want;
	uint64_t have;
	MDB_envinfo info;
	MDB_stat stat;

	mdb_env_info(db->env, &info);
	mdb_env_stat(db->env, &stat);
	need = ((uint64_t)info.me_last_pgno + 64 + 2 * (uint64_t)d->ops +
		2 * d->bytes / stat.ms_psize) * stat.ms_psize;
	want = need + ALLOCATE_STEP + db->refused;
	*spare = true;
	if (want <= db->allocated) {
		db->refused = 0;
		return 0;
	}
	want = (want / ALLOCATE_STEP + 1) * ALLOCATE_STEP;
	/* not every file system can: LMDB will tell then */
	if (!fallocate(db->fd, 0, 0, want) || errno == EOPNOTSUPP ||
	    errno == EINTR) {
		db->allocated = want;
		db->full = false;
		db->refused = 0;
		return 0;
	}
	if (errno != ENOSPC && errno != EDQUOT)
		return errno;
	db->full = true;
	have = db->allocated +
	       free_pages(db, d->largest / stat.ms_psize + 1,
			  info.me_last_txnid) * stat.ms_psize;
	if (want <= have) {
		db->refused = 0;
		return 0;
	}
	*spare = false;
	/*
	 * Not before what was refused would find space as well, or else the
	 * same is taken on and refused over and over; but something longer than
	 * the disk must not keep all others out.
	 */
	db->refused = max_t(uint64_t, db->refused, 2 * d->bytes);
	db->refused = min_t(uint64_t, db->refused, REFUSED_MAX);
	return need <= have || d->bytes <= SMALL ? 0 : ENOSPC;
}

static int write_ops(struct store_db *db, const struct store_batch *batch)
{
	const struct store_op *op = NULL;
	MDB_txn *txn;
	int rc = mdb_txn_begin(db->env, NULL, 0, &txn);

	if (rc)
		return rc;
	while ((op = store_batch_next(batch, op))) {
		MDB_val key = {
			.mv_data = (void *)op->key,
			.mv_size = op->key_len,
		};
		MDB_val val = {
			.mv_data = (void *)store_op_value(op),
			.mv_size = op->value_len,
		};

		if (op->type == STORE_OP_PUT) {
			rc = mdb_put(txn, db->dbi, &key, &val, 0);
		} else {
			rc = mdb_del(txn, db->dbi, &key, NULL);
			if (rc == MDB_NOTFOUND)
				rc = 0;
		}
		if (rc) {
			mdb_txn_abort(txn);
			return rc;
		}
	}
	return mdb_txn_commit(txn);
}

/* LMDB calls a write that was cut short by the end of the disk EIO. */
static bool grown(const struct store_db *db)
{
	struct stat st;

	return !fstat(db->fd, &st) && (uint64_t)st.st_size > db->allocated;
}

int store_db_write(struct store_db *db, const struct store_batch *batch,
		   bool *spare)
{
	struct demand d = { 0 };
	int rc;

	if (batch) {
		d.ops = batch->ops;
		d.bytes = batch->bytes;
		d.largest = batch->largest;
	}
	rc = db_allocate(db, &d, spare);
	if (rc && rc != ENOSPC)
		db_error(db, "fallocate: %s", strerror(rc));
	if (rc || !d.ops)
		return rc;
	while ((rc = write_ops(db, batch)) == MDB_MAP_FULL) {
		rc = mdb_env_set_mapsize(db->env, db->map_size * 2);
		if (rc)
			break;
		db->map_size *= 2;
	}
	/*
	 * Every page of a transaction is written anew when it is tried again,
	 * and no page of a former one is touched; so a disk found full may be
	 * tried again, which after any other failure would be trusting a page
	 * cache that has dropped what it could not write.
	 */
	if (rc == EIO && db->full && grown(db))
		rc = ENOSPC;
	if (rc == ENOSPC || rc == EDQUOT) {
		*spare = false;
		rc = ENOSPC;
	} else if (rc) {
		db_error(db, "write failed: %s", mdb_strerror(rc));
	}
	return rc;
}

int store_db_sync(struct store_db *db)
{
	int rc = mdb_env_sync(db->env, 1);

	return rc ? db_error(db, "sync failed: %s", mdb_strerror(rc)) : 0;
}
