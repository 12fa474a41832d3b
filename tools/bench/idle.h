/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_IDLE_H
#define BENCH_IDLE_H

int idle_serve(void);

#endif
