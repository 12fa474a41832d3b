/* SPDX-License-Identifier: GPL-2.0 */
/* CPUs: being on one, taking it away, and the module's worker of it. */
#ifndef LIB_CPU_H
#define LIB_CPU_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * cpu_pin() - run on one CPU from now on
 * @cpu: its number
 */
void cpu_pin(int cpu);

/**
 * cpu_set_online() - take a CPU away, or give it back
 * @cpu: its number
 * @on: which
 */
void cpu_set_online(int cpu, bool on);

/**
 * worker_pid() - find the module's thread of a CPU
 * @cpu: its number
 *
 * Return: its process, 0 if there is none.
 */
pid_t worker_pid(int cpu);

/**
 * worker_sender_pid() - find the module's thread of a CPU that sends to very many
 * @cpu: its number
 *
 * Return: its process, 0 if there is none.
 */
pid_t worker_sender_pid(int cpu);

/**
 * worker_sleeps() - how many times the thread has gone to sleep
 * @pid: its process
 *
 * Return: that number.
 */
uint64_t worker_sleeps(pid_t pid);

/**
 * worker_runs() - how long the thread has run
 * @pid: its process
 *
 * Return: ticks of the clock (sysconf(_SC_CLK_TCK)).
 */
uint64_t worker_runs(pid_t pid);

/**
 * worker_is_bound() - may the thread run on that CPU only?
 * @pid: its process
 * @cpu: number of the CPU
 *
 * Return: whether so.
 */
bool worker_is_bound(pid_t pid, int cpu);

#endif /* LIB_CPU_H */
