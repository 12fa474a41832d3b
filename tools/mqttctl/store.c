// SPDX-License-Identifier: GPL-2.0
/* mqttctl store: look at the durable store of a daemon that is not running. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "store_batch.h"
#include "store_db.h"
#include "store_json.h"

/* Records committed together by an import. */
#define IMPORT_OPS	10000u
#define IMPORT_BYTES	(8u << 20)

struct tally {
	unsigned long long count[STORE_KINDS];
};

static const char *tally_record(const struct store_record *rec, void *arg)
{
	struct tally *tally = arg;

	tally->count[rec->kind]++;
	return NULL;
}

static int store_check(const char *dir)
{
	struct tally tally = { 0 };
	struct store_db db;
	int kind;

	if (store_db_open(&db, dir, false, false))
		return fail("store", "%s", db.error);
	if (store_db_each(&db, tally_record, &tally)) {
		store_db_close(&db);
		return fail("store", "%s", db.error);
	}
	printf("%s: no damage\n", db.path);
	for (kind = STORE_HEADER + 1; kind < STORE_KINDS; kind++)
		printf("%-13s%llu\n", store_kind_name(kind), tally.count[kind]);
	store_db_close(&db);
	return 0;
}

/* A line at a time: what a damaged store still gives is not lost behind it. */
static const char *export_record(const struct store_record *rec, void *arg)
{
	cJSON *json = store_to_json(rec);
	char *text = json ? cJSON_PrintUnformatted(json) : NULL;

	cJSON_Delete(json);
	if (!text)
		return "no memory for it";
	puts(text);
	cJSON_free(text);
	if (*(bool *)arg)
		fflush(stdout);
	return NULL;
}

static void export_damaged(const char *error)
{
	fail("store", "%s", error);
}

static int store_export(const char *dir)
{
	struct store_db db;
	bool damaged = store_db_open(&db, dir, false, false);
	int rc;

	if (damaged) {
		fail("store", "%s", db.error);
		if (store_db_salvage(&db, dir, export_damaged))
			return fail("store", "%s", db.error);
	}
	rc = store_db_each(&db, export_record, &damaged);
	if (rc)
		fail("store", "%s", db.error);
	store_db_close(&db);
	return rc || damaged ? EXIT_FAILURE : 0;
}

static int import_commit(struct store_db *db, struct store_batch *batch)
{
	bool spare;
	int rc = store_db_write(db, batch, &spare);

	store_batch_clear(batch);
	if (rc == ENOSPC)
		return fail("store", "%s: disk full", db->path);
	return rc ? fail("store", "%s", db->error) : 0;
}

static int import_lines(struct store_db *db, FILE *in)
{
	struct store_batch batch = { 0 };
	unsigned long long line = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;
	int rc = 0;

	while (!rc && (len = getline(&text, &size, in)) >= 0) {
		struct store_record rec;
		const char *wrong;
		cJSON *json;

		line++;
		json = cJSON_ParseWithLength(text, len);
		wrong = json ? store_from_json(json, &rec) : "not JSON";
		if (wrong)
			rc = fail("store", "line %llu: %s", line, wrong);
		else
			store_batch_put(&batch, &rec, false);
		cJSON_Delete(json);
		if (!rc && (batch.ops >= IMPORT_OPS ||
			    batch.bytes >= IMPORT_BYTES))
			rc = import_commit(db, &batch);
	}
	if (!rc && ferror(in))
		rc = fail("store", "standard input: %s", strerror(errno));
	if (!rc)
		rc = import_commit(db, &batch);
	store_batch_free(&batch);
	free(text);
	return rc;
}

static int store_import(const char *dir)
{
	struct store_db db;
	char path[sizeof(db.path) + 16];
	int rc;

	snprintf(path, sizeof(path), "%s/" STORE_FILE, dir);
	if (!access(path, F_OK))
		return fail("store", "%s exists: import makes a new store", path);
	if (store_db_open(&db, dir, true, false))
		return fail("store", "%s", db.error);
	rc = import_lines(&db, stdin);
	store_db_close(&db);
	/* opening it again checks that its records fit together */
	if (!rc) {
		if (store_db_open(&db, dir, false, false))
			rc = fail("store", "%s", db.error);
		else
			store_db_close(&db);
	}
	/* a store that is not whole must not be started with */
	if (rc)
		unlink(path);
	return rc;
}

int cmd_store(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const char *dir);
	} actions[] = {
		{ "check", store_check },
		{ "export", store_export },
		{ "import", store_import },
	};
	size_t i;

	if (argc != 2)
		return usage_error("store needs check, export or import, and a directory");
	for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (!strcmp(argv[0], actions[i].name))
			return actions[i].run(argv[1]);
	}
	return usage_error("unknown action '%s' of store", argv[0]);
}
