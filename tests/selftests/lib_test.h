/* SPDX-License-Identifier: GPL-2.0 */
/* What every selftest includes: the harness and the helpers. */
#ifndef LIB_TEST_H
#define LIB_TEST_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* The harness makes functions that are not static. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "kselftest_harness.h"

#include "lib_mqtt.h"
#include "lib_sock.h"
#include "lib_world.h"

/* An emulated debug kernel on a busy machine takes its time. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	240

#endif /* LIB_TEST_H */
