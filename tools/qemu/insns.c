// SPDX-License-Identifier: GPL-2.0
/*
 * A plugin of QEMU (TCG): counts the instructions that every CPU of the guest executes, into a
 * file that the load generator maps.
 *
 * usage: qemu-system-x86_64 -plugin build/bench/insns.so,counts=FILE
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "insns.h"
#include "plugin.h"

int qemu_plugin_version = 1;

static struct insns *insns;

/* Only the CPU itself writes its number. */
static void count(unsigned int cpu, void *data)
{
	struct insns *in = &insns[cpu % INSNS_CPUS];

	__atomic_store_n(&in->count, in->count + (uintptr_t)data, __ATOMIC_RELAXED);
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
	if (fd < 0 || ftruncate(fd, INSNS_CPUS * sizeof(*insns))) {
		perror(argv[0]);
		return -1;
	}
	insns = mmap(NULL, INSNS_CPUS * sizeof(*insns), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (insns == MAP_FAILED) {
		perror(argv[0]);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	return 0;
}
