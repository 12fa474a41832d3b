// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU (TCG): counts the instructions that every CPU of the guest executes, into a
 * file that the load generator maps, and has a guest's only CPU wait for generators that go by
 * this count.
 *
 * usage: qemu-system-x86_64 -plugin build/bench/insns.so,counts=FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "insns.h"
#include "plugin.h"

int qemu_plugin_version = 1;

static struct insns_file *file;

/* A generator that was killed raises nothing. */
static void forget_gone(void)
{
	unsigned int i;

	for (i = 0; i < INSNS_LOADS; i++) {
		int32_t pid = __atomic_load_n(&file->load[i].pid, __ATOMIC_ACQUIRE);

		if (pid && kill(pid, 0) && errno == ESRCH)
			__atomic_compare_exchange_n(&file->load[i].pid, &pid, 0, false,
						    __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
	}
}

static uint64_t least_until(void)
{
	uint64_t least = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < INSNS_LOADS; i++) {
		const struct insns_load *load = &file->load[i];
		uint64_t until;

		if (!__atomic_load_n(&load->pid, __ATOMIC_ACQUIRE))
			continue;
		until = __atomic_load_n(&load->until, __ATOMIC_ACQUIRE);
		if (until < least)
			least = until;
	}
	return least;
}

/* QEMU's big lock is not held while translated code runs: its other threads go on. */
static void stop(uint64_t count)
{
	static const struct timespec patience = { .tv_nsec = 100000000 };
	bool told = false;

	for (;;) {
		uint32_t raised = __atomic_load_n(&file->raised, __ATOMIC_ACQUIRE);
		uint64_t least = least_until();

		if (least > count) {
			__atomic_store_n(&file->stop, least, __ATOMIC_RELAXED);
			return;
		}
		if (!told) {
			__atomic_add_fetch(&file->stops, 1, __ATOMIC_RELEASE);
			syscall(SYS_futex, &file->stops, FUTEX_WAKE, INSNS_LOADS, NULL, NULL, 0);
			told = true;
		}
		if (syscall(SYS_futex, &file->raised, FUTEX_WAIT, raised, &patience, NULL, 0) &&
		    errno == ETIMEDOUT)
			forget_gone();
	}
}

/* Only the CPU itself writes its number. */
static void count(unsigned int cpu, void *data)
{
	struct insns *in = &file->cpu[cpu % INSNS_CPUS];

	__atomic_store_n(&in->count, in->count + (uintptr_t)data, __ATOMIC_RELAXED);
	if (__builtin_expect(in->count >= __atomic_load_n(&file->stop, __ATOMIC_RELAXED), 0))
		stop(in->count);
}

static void translate(uint64_t id, struct qemu_plugin_tb *tb)
{
	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, count, QEMU_PLUGIN_CB_NO_REGS,
					     (void *)(uintptr_t)qemu_plugin_tb_n_insns(tb));
}

/* What QEMU calls when it has loaded the plugin. */
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
	int fd;

	(void)info;
	if (argc != 1 || strncmp(argv[0], "counts=", 7)) {
		fprintf(stderr, "insns: want counts=FILE\n");
		return -1;
	}
	fd = open(argv[0] + 7, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || ftruncate(fd, sizeof(*file))) {
		perror(argv[0]);
		return -1;
	}
	file = mmap(NULL, sizeof(*file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (file == MAP_FAILED) {
		perror(argv[0]);
		return -1;
	}
	file->stop = UINT64_MAX;
	file->qemu = getpid();
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
