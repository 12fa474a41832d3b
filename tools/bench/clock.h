/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "../qemu/insns.h"

int clock_of_guest(struct insns_file *file);
bool clock_is_guests(void);
uint64_t now_ns(void);
bool clock_host_is_done(void);
void clock_wait(uint64_t until);

#endif
