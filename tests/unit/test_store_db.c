// SPDX-License-Identifier: GPL-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "store_batch.h"
#include "store_db.h"

static char dir[64];
static char file[64];
static char lock[64];

static int setup(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/test_store_db.XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/" STORE_FILE, dir);
	snprintf(lock, sizeof(lock), "%s/mqttd.lock", dir);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(file);
	unlink(lock);
	return rmdir(dir);
}

static const char *count(const struct store_record *rec, void *arg)
{
	unsigned int *n = arg;

	(void)rec;
	++*n;
	return NULL;
}

static unsigned int records(struct store_db *db)
{
	unsigned int n = 0;

	assert_int_equal(store_db_each(db, count, &n), 0);
	return n;
}

static void open_store(struct store_db *db)
{
	assert_int_equal(store_db_open(db, dir, true, false), 0);
}

static void fill(struct store_db *db, uint64_t first, unsigned int n, size_t len)
{
	struct store_batch batch = { 0 };
	uint8_t *payload = calloc(1, len);
	unsigned int i;
	bool spare;

	for (i = 0; i < n; i++) {
		struct store_record rec = {
			.kind = STORE_MESSAGE,
			.id = first + i,
			.name = { (const uint8_t *)"topic", 5 },
			.payload = { payload, len },
		};

		store_batch_put(&batch, &rec, true);
	}
	assert_int_equal(store_db_write(db, &batch, &spare), 0);
	assert_true(spare);
	store_batch_free(&batch);
	free(payload);
}

static void test_reopen(void **state)
{
	struct store_db db;
	struct store_db other;

	(void)state;
	open_store(&db);
	assert_int_equal(records(&db), 1);
	fill(&db, 1, 1000, 100);
	assert_int_equal(store_db_open(&other, dir, true, false), -1);
	assert_non_null(strstr(other.error, "in use"));
	store_db_close(&db);
	open_store(&db);
	assert_int_equal(records(&db), 1001);
	store_db_close(&db);
}

static void test_grow(void **state)
{
	struct store_db db;
	size_t before;

	(void)state;
	open_store(&db);
	before = db.map_size;
	fill(&db, 1, 4, 16 << 20);
	assert_true(db.map_size > before);
	store_db_close(&db);
	open_store(&db);
	assert_int_equal(records(&db), 5);
	store_db_close(&db);
}

static void refused(const char *why)
{
	struct store_db db;
	struct stat before;
	struct stat after;

	assert_int_equal(stat(file, &before), 0);
	assert_int_equal(store_db_open(&db, dir, true, false), -1);
	assert_non_null(strstr(db.error, why));
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
}

static void test_damaged(void **state)
{
	uint8_t zero[4096] = { 0 };
	struct store_db db;
	struct stat st;
	off_t off;
	int fd;

	(void)state;
	open_store(&db);
	fill(&db, 1, 1000, 100);
	store_db_close(&db);

	/* full of nulls from the third page on, as after some power cuts */
	assert_int_equal(stat(file, &st), 0);
	fd = open(file, O_RDWR);
	for (off = 2 * sizeof(zero); off < st.st_size; off += sizeof(zero))
		assert_int_equal(pwrite(fd, zero, sizeof(zero), off),
				 sizeof(zero));
	refused("damaged");
	assert_int_equal(ftruncate(fd, 3 * sizeof(zero)), 0);
	refused("damaged: cut off");
	assert_int_equal(pwrite(fd, zero, sizeof(zero), 0), sizeof(zero));
	refused("damaged");
	assert_int_equal(ftruncate(fd, 0), 0);
	refused("damaged: the file is empty");
	close(fd);
}

static void test_flipped(void **state)
{
	struct store_db db;
	uint8_t *data;
	struct stat st;
	unsigned int found = 0;
	off_t i;
	int fd;

	(void)state;
	open_store(&db);
	fill(&db, 1, 20, 1000);
	store_db_close(&db);
	fd = open(file, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	data = malloc(st.st_size);
	assert_int_equal(pread(fd, data, st.st_size, 0), st.st_size);
	/* one byte in the middle of each payload there is */
	for (i = 8192; i < st.st_size && found < 3; i += 4096) {
		uint8_t byte = 0xff;

		if (!memmem(data + i, 4096, "topic", 5))
			continue;
		found++;
		pwrite(fd, &byte, 1, i + 4000);
		refused("damaged: record");
		pwrite(fd, data + i + 4000, 1, i + 4000);
	}
	assert_int_equal(found, 3);
	free(data);
	close(fd);
	open_store(&db);
	store_db_close(&db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reopen, setup, teardown),
		cmocka_unit_test_setup_teardown(test_grow, setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flipped, setup, teardown),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
