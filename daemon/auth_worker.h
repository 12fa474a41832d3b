/* SPDX-License-Identifier: GPL-2.0 */
#ifndef MQTTD_AUTH_WORKER_H
#define MQTTD_AUTH_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "list.h"

/**
 * struct auth_job - a password to verify, which is slow on purpose
 *
 * The first member of what it is embedded in, and allocated with it.
 *
 * @node: in the list of those that wait
 * @done: called in the event loop afterwards; owns the job from then on
 * @hash: see password_verify(); the job's own, for files are read anew
 * @password: the job's own
 * @len: length of @password
 * @good: it is the password
 */
struct auth_job {
	struct list_head node;
	void (*done)(struct auth_job *job);
	char *hash;
	uint8_t *password;
	uint16_t len;
	bool good;
};

/**
 * auth_worker_start() - start the thread that verifies passwords
 *
 * Return: 0 or -errno.
 */
int auth_worker_start(void);

/**
 * auth_worker_submit() - verify a password off the event loop
 * @job: job, all fields but @node and @good set
 *
 * Return: false when too many wait already; the job stays the caller's.
 */
bool auth_worker_submit(struct auth_job *job);

/**
 * auth_job_free() - release a job that is done, or was not submitted
 * @job: job
 */
void auth_job_free(struct auth_job *job);

/**
 * auth_worker_stop() - end the thread; jobs that wait are released
 */
void auth_worker_stop(void);

#endif /* MQTTD_AUTH_WORKER_H */
