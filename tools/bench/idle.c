// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <sched.h>
#include <stdio.h>

#include "idle.h"

/* Volatile, or the loop would do nothing. */
static volatile long double angle = 0.5L;

/**
 * idle_serve() - use up what nobody else wants of the guest's CPU; does not return while it works
 *
 * The clock of a guest in instruction time then advances by instructions alone. What the host
 * needs to hand a frame over passes in the guest at the speed at which this is emulated, so it is
 * slow on purpose: the arithmetic of the x87 is done bit by bit in software.
 *
 * Return: 1 on failure.
 */
int idle_serve(void)
{
	struct sched_param param = { 0 };

	if (sched_setscheduler(0, SCHED_IDLE, &param)) {
		perror("mqload idle");
		return 1;
	}
	for (;;)
		angle = atan2l(angle, 0.7L) + 0.1L;
}
