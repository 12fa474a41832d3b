// SPDX-License-Identifier: GPL-2.0
/*
 * What time it is: the host's, or that of a guest whose only CPU executes an instruction in each
 * nanosecond. The guest's stands still while the host has anything to do for it: it goes on for at
 * most STEP_NS at a time, and again when everything that it has sent until then was received
 * and what fell due was sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"

/* How late something that the guest sent is seen at most. */
#define STEP_NS		5000

static struct insns_file *guest;
static struct insns_load *mine;
/* State of the thread of QEMU that does input and output. */
static int qemu_fd = -1;

static void wake(uint32_t *futex)
{
	__atomic_add_fetch(futex, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, futex, FUTEX_WAKE, INSNS_LOADS, NULL, NULL, 0);
}

static void leave(void)
{
	if (!mine)
		return;
	__atomic_store_n(&mine->pid, 0, __ATOMIC_RELEASE);
	wake(&guest->raised);
	mine = NULL;
}

static bool enter(void)
{
	unsigned int i;

	for (i = 0; i < INSNS_LOADS && !mine; i++) {
		int32_t none = 0;

		/* Whoever was here before has raised it. */
		if (__atomic_load_n(&guest->load[i].pid, __ATOMIC_ACQUIRE))
			continue;
		guest->load[i].until = 0;
		if (__atomic_compare_exchange_n(&guest->load[i].pid, &none, getpid(), false,
						__ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
			mine = &guest->load[i];
	}
	return mine;
}

/**
 * clock_of_guest() - go by the clock of a guest that runs in instruction time and is never idle
 * @file: what QEMU's plugin counts, with that for the guest's only CPU first; %NULL: the host's
 *
 * From then on the guest runs in clock_wait() only, as long as all processes that go by its clock
 * are there.
 *
 * Return: 0 or -errno: -EUSERS when too many go by it, -ESRCH without a QEMU.
 */
int clock_of_guest(struct insns_file *file)
{
	char path[64];

	if (file == guest)
		return 0;
	leave();
	guest = NULL;
	if (qemu_fd >= 0)
		close(qemu_fd);
	qemu_fd = -1;
	if (!file)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", file->qemu, file->qemu);
	qemu_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (qemu_fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	guest = file;
	if (!enter()) {
		guest = NULL;
		return -EUSERS;
	}
	atexit(leave);
	return 0;
}

/**
 * clock_is_guests() - whether time passes as the guest's instructions do
 *
 * Return: true if so; there is nothing to sleep by then, but clock_wait().
 */
bool clock_is_guests(void)
{
	return guest;
}

/**
 * now_ns() - the clock that all intended send times are taken from
 *
 * Return: CLOCK_MONOTONIC in nanoseconds, or the guest's time: one nanosecond an instruction.
 */
uint64_t now_ns(void)
{
	struct timespec ts;

	if (guest)
		return __atomic_load_n(&guest->cpu[0].count, __ATOMIC_RELAXED);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/**
 * clock_host_is_done() - whether QEMU has handed over all that the guest and the host have sent
 *
 * What comes to it wakes it before the sender goes on, so it sleeps when there is nothing.
 *
 * Return: true if so; what it handed over may still have to be received.
 */
bool clock_host_is_done(void)
{
	char text[16];
	ssize_t n = pread(qemu_fd, text, sizeof(text) - 1, 0);

	if (n <= 0) {
		fprintf(stderr, "mqload: QEMU is gone\n");
		exit(1);
	}
	text[n] = 0;
	/* "running", or the number of a system call. */
	return strtol(text, NULL, 10) == SYS_ppoll;
}

/**
 * clock_wait() - let the guest go on for a while
 * @until: when something falls due, in the guest's time
 */
void clock_wait(uint64_t until)
{
	static const struct timespec patience = { .tv_sec = 1 };
	uint32_t stops = __atomic_load_n(&guest->stops, __ATOMIC_ACQUIRE);
	uint64_t now = now_ns();

	if (until <= now)
		return;
	if (until > now + STEP_NS)
		until = now + STEP_NS;
	__atomic_store_n(&mine->until, until, __ATOMIC_RELEASE);
	wake(&guest->raised);
	while (__atomic_load_n(&guest->stops, __ATOMIC_ACQUIRE) == stops) {
		if (!syscall(SYS_futex, &guest->stops, FUTEX_WAIT, stops, &patience, NULL, 0) ||
		    errno == EAGAIN)
			continue;
		if (errno == EINTR)
			return;
		/* It runs until it looks. */
		__atomic_store_n(&guest->stop, 0, __ATOMIC_RELAXED);
		if (kill(guest->qemu, 0)) {
			fprintf(stderr, "mqload: QEMU is gone\n");
			exit(1);
		}
	}
}
