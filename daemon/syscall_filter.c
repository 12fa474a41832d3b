// SPDX-License-Identifier: GPL-2.0
#include "syscall_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "list.h"

/* Architectures have some of them only; libseccomp skips the others. */
static const char * const allowed[] = {
	/* files: configuration, store, log */
	"access", "close", "close_range", "dup", "dup3", "faccessat",
	"faccessat2", "fallocate", "fcntl", "fdatasync", "flock", "fstat",
	"fstatfs", "fsync", "ftruncate", "getdents64", "lseek", "lstat",
	"mkdir", "mkdirat", "newfstatat", "open", "openat", "pread64",
	"preadv", "pwrite64", "pwritev", "read", "readlink", "readlinkat",
	"readv", "rename", "renameat", "renameat2", "stat", "statfs", "statx",
	"sync_file_range", "umask", "unlink", "unlinkat", "write", "writev",
	/* sockets, but for socket() */
	"accept", "accept4", "bind", "connect", "getpeername", "getsockname",
	"getsockopt", "listen", "recvfrom", "recvmmsg", "recvmsg", "sendmmsg",
	"sendmsg", "sendto", "setsockopt", "shutdown",
	/* events */
	"epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_wait", "eventfd2",
	"io_uring_enter", "io_uring_register", "pipe2", "poll", "ppoll",
	"pselect6", "select", "signalfd4", "timerfd_create",
	"timerfd_settime",
	/* memory, but for mmap() and mprotect() */
	"brk", "madvise", "mincore", "mlock", "mremap", "msync", "munlock",
	"munmap",
	/* threads, but for clone() */
	"exit", "exit_group", "futex", "get_robust_list", "membarrier",
	"restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask",
	"rt_sigreturn", "rt_sigtimedwait", "sched_getaffinity", "sched_yield",
	"set_robust_list", "set_tid_address", "sigaltstack", "tgkill",
	/* the rest of what the C library does */
	"clock_getres", "clock_gettime", "clock_nanosleep", "getcpu",
	"getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom",
	"getrusage", "gettid", "gettimeofday", "getuid", "nanosleep",
	"sysinfo", "time", "uname",
};

/* What takes over a machine, and no broker ever does. */
static const char * const deadly[] = {
	"acct", "add_key", "bpf", "chroot", "delete_module", "execve",
	"execveat", "finit_module", "init_module", "kexec_file_load",
	"kexec_load", "keyctl", "mount", "move_mount", "name_to_handle_at",
	"open_by_handle_at", "open_tree", "perf_event_open", "pivot_root",
	"process_vm_readv", "process_vm_writev", "ptrace", "reboot",
	"request_key", "setns", "swapoff", "swapon", "umount2", "unshare",
	"userfaultfd",
};

static const int families[] = { AF_INET, AF_INET6, AF_UNIX, AF_NETLINK };

static int add_list(scmp_filter_ctx ctx, uint32_t action,
		    const char * const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		int nr = seccomp_syscall_resolve_name(names[i]);
		int rc = nr == __NR_SCMP_ERROR ? 0 :
			 seccomp_rule_add(ctx, action, nr, 0);

		if (rc)
			return rc;
	}
	return 0;
}

static int add_checked(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp no_exec =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp thread =
		SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
	const struct scmp_arg_cmp own_limits = SCMP_A0(SCMP_CMP_EQ, 0, 0);
	size_t i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(families); i++) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
				      SCMP_A0(SCMP_CMP_EQ,
					      families[i], 0));
		if (rc)
			return rc;
	}
	/* what is written is not executed */
	rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect),
				      1, no_exec);
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
				      1, own_limits);
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
				      thread);
	/* its flags are in memory; the C library falls back to clone() */
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS),
				      SCMP_SYS(clone3), 0);
	return rc;
}

int syscall_filter_start(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc;

	if (!ctx)
		return -ENOMEM;
	rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	/* a tree instead of a list: what is called often is found soon */
	if (!rc)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!rc)
		rc = add_list(ctx, SCMP_ACT_ALLOW, allowed,
			      ARRAY_SIZE(allowed));
	if (!rc)
		rc = add_list(ctx, SCMP_ACT_KILL_PROCESS, deadly,
			      ARRAY_SIZE(deadly));
	if (!rc)
		rc = add_checked(ctx);
	if (!rc)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc;
}
