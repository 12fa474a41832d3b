/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_SYSCALL_FILTER_H
#define MQTTD_SYSCALL_FILTER_H

/**
 * syscall_filter_start() - have the kernel refuse what the broker never asks for
 *
 * Holds for all threads, those that run already too. A system call that is in
 * no list fails with EPERM, so that a new C library costs a feature and not the
 * broker; one that only an intruder would make ends the process at once. The
 * ring of the event loop must have been made: making another one is refused.
 *
 * Return: 0 or -errno.
 */
int syscall_filter_start(void);

#endif /* MQTTD_SYSCALL_FILTER_H */
