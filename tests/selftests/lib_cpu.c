// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib_cpu.h"
#include "lib_world.h"

void cpu_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("CPU %d: %m", cpu);
}

void cpu_set_online(int cpu, bool on)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/online", cpu);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, on ? "1" : "0", 1) != 1)
		die("%s: %m", path);
	close(fd);
}

/* Reads a file of /proc/PID, cut to what there is room for. */
static bool read_of(const char *pid, const char *name, char *text, size_t room)
{
	char path[300];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, room - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return n > 0;
}

static pid_t thread_pid(const char *name, int cpu)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	char want[32], comm[64];
	pid_t pid = 0;

	if (!proc)
		die("/proc: %m");
	snprintf(want, sizeof(want), "%s/%d\n", name, cpu);
	while (!pid && (entry = readdir(proc))) {
		if (isdigit(entry->d_name[0]) &&
		    read_of(entry->d_name, "comm", comm, sizeof(comm)) && !strcmp(comm, want))
			pid = atoi(entry->d_name);
	}
	closedir(proc);
	return pid;
}

pid_t worker_pid(int cpu)
{
	return thread_pid("mqtt", cpu);
}

pid_t worker_sender_pid(int cpu)
{
	return thread_pid("mqtt-many", cpu);
}

uint64_t worker_sleeps(pid_t pid)
{
	char name[16], text[4096], *at;

	snprintf(name, sizeof(name), "%d", pid);
	at = read_of(name, "status", text, sizeof(text)) ?
	     strstr(text, "\nvoluntary_ctxt_switches:") : NULL;
	if (!at)
		die("/proc/%s/status", name);
	return strtoull(strchr(at, ':') + 1, NULL, 10);
}

uint64_t worker_runs(pid_t pid)
{
	unsigned long long user, system;
	char name[16], text[1024];

	snprintf(name, sizeof(name), "%d", pid);
	if (!read_of(name, "stat", text, sizeof(text)) ||
	    sscanf(text, "%*d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu",
		   &user, &system) != 2)
		die("/proc/%s/stat", name);
	return user + system;
}

bool worker_is_bound(pid_t pid, int cpu)
{
	cpu_set_t set;

	if (sched_getaffinity(pid, sizeof(set), &set))
		die("worker of CPU %d: %m", cpu);
	return CPU_COUNT(&set) == 1 && CPU_ISSET(cpu, &set);
}
