// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "list.h"
#include "loop.h"
#include "syscall_filter.h"

/* Exit status of a child that got no filter. */
#define NO_FILTER	77

/* What a try says as its exit status: errno, 0 for a success. */
static int result(long rc)
{
	return rc < 0 ? errno : 0;
}

static int try_execve(void)
{
	char *argv[] = { (char *)"/bin/true", NULL };

	return result(execve(argv[0], argv, NULL));
}

static int try_ptrace(void)
{
	return result(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int try_mount(void)
{
	return result(syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL));
}

static int try_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return result(pid);
}

static int try_ring(void)
{
	struct io_uring ring;

	return -io_uring_queue_init(8, &ring, 0);
}

static int try_packet_socket(void)
{
	return result(socket(AF_PACKET, SOCK_RAW, 0));
}

static int try_chmod(void)
{
	return result(chmod("/nonexistent", 0666));
}

static int try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? errno : 0;
}

static int try_code_later(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return result(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static int try_socket(void)
{
	return result(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

static int try_file(void)
{
	return result(open("/etc/passwd", O_RDONLY | O_CLOEXEC));
}

static void *nothing(void *arg)
{
	return arg;
}

static int try_thread(void)
{
	pthread_t thread;
	int rc = pthread_create(&thread, NULL, nothing, NULL);

	return rc ? rc : pthread_join(thread, NULL);
}

/* Runs a try under the filter; returns its wait status. */
static int filtered(int (*try)(void))
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		if (syscall_filter_start())
			_exit(NO_FILTER);
		_exit(try());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_deadly(void **state)
{
	static int (*const tries[])(void) = {
		try_execve, try_ptrace, try_mount,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		int status = filtered(tries[i]);

		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

static void test_refused(void **state)
{
	static int (*const tries[])(void) = {
		try_fork, try_ring, try_packet_socket, try_chmod, try_code,
		try_code_later,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		int status = filtered(tries[i]);

		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), EPERM);
	}
}

static void test_allowed(void **state)
{
	static int (*const tries[])(void) = {
		try_socket, try_file, try_thread,
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(tries); i++)
		assert_int_equal(filtered(tries[i]), 0);
}

static pthread_barrier_t filter_is_on;

static void *early_thread(void *arg)
{
	pthread_barrier_wait(&filter_is_on);
	*(int *)arg = try_chmod();
	return NULL;
}

static int try_early_thread(void)
{
	pthread_t thread;
	int res = 0;

	pthread_barrier_init(&filter_is_on, NULL, 2);
	pthread_create(&thread, NULL, early_thread, &res);
	if (syscall_filter_start())
		return NO_FILTER;
	pthread_barrier_wait(&filter_is_on);
	pthread_join(thread, NULL);
	return res;
}

/* The filter holds for threads that were there before it. */
static void test_threads(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid)
		_exit(try_early_thread());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EPERM);
}

/* Descriptor of the event loop's ring. */
static int ring_fd(void)
{
	char path[32];
	char link[64];
	int fd;

	for (fd = 0; fd < 64; fd++) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		len = readlink(path, link, sizeof(link) - 1);
		if (len < 0)
			continue;
		link[len] = '\0';
		if (!strcmp(link, "anon_inode:[io_uring]"))
			return fd;
	}
	return -1;
}

/* The ring does not do what it is not for: it is no way around the filter. */
static void test_ring(void **state)
{
	struct io_uring_probe probe;
	int fd;

	(void)state;
	assert_int_equal(loop_init(), 0);
	fd = ring_fd();
	assert_true(fd >= 0);
	memset(&probe, 0, sizeof(probe));
	assert_int_equal(syscall(SYS_io_uring_register, fd,
				 IORING_REGISTER_PROBE, &probe, 0), -1);
	assert_int_equal(errno, EACCES);
	loop_exit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadly),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_ring),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
