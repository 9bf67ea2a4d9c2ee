/*
 * Preloaded into a process (LD_PRELOAD), it counts the calls that change files below a folder and ends the process with SIGKILL at one of them. What a kill
 * leaves behind is what had been written by then, so that counting calls reaches every moment there is, on any machine and at any speed.
 *
 * SUBLOC_KILL_FOLDER  calls below it count
 * SUBLOC_KILL_AT      the call, from 1; 0 counts alone
 * SUBLOC_KILL_TORN    1: a write comes to its first half before the kill; else the kill comes before the call
 * SUBLOC_KILL_LOG     gets one line: at the kill the call and its file, else how many calls there were
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;

static void leave(const char *text) {
	const char *log = getenv("SUBLOC_KILL_LOG");
	int file = log ? (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
	if (file >= 0) syscall(SYS_write, file, text, strlen(text));
}

__attribute__((destructor)) static void at_exit(void) {
	char line[64];
	snprintf(line, sizeof line, "%ld calls\n", (long)calls);
	leave(line);
}

static int is_below(const char *path) {
	const char *folder = getenv("SUBLOC_KILL_FOLDER");
	return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

/* Whether this is the call: never returns where it is and no write is to be torn. */
static int counts(const char *call, const char *path, int is_write) {
	if (!is_below(path)) return 0;
	const char *at = getenv("SUBLOC_KILL_AT"), *torn = getenv("SUBLOC_KILL_TORN");
	if (++calls != (at ? atol(at) : 0)) return 0;
	int tears = is_write && torn && *torn == '1';
	char line[PATH_MAX + 64];
	snprintf(line, sizeof line, "%s%s %s\n", tears ? "half a " : "", call, path);
	leave(line);
	if (!tears) kill(getpid(), SIGKILL);
	return 1;
}

static int counts_file(const char *call, int file, int is_write) {
	char link[64], path[PATH_MAX];
	snprintf(link, sizeof link, "/proc/self/fd/%d", file);
	ssize_t length = readlink(link, path, sizeof path - 1);
	if (length < 0) return 0;
	path[length] = 0;
	return counts(call, path, is_write);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                                     \
	int name(const char *path, int flags, ...) {                                         \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		mode_t mode = va_arg(rest, mode_t);                                                \
		va_end(rest);                                                                      \
		if (flags & (O_CREAT | O_TRUNC)) counts("open", path, 0);                          \
		return REAL(name)(path, flags, mode);                                              \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                   \
	int name(int folder, const char *path, int flags, ...) {                             \
		va_list rest;                                                                      \
		va_start(rest, flags);                                                             \
		mode_t mode = va_arg(rest, mode_t);                                                \
		va_end(rest);                                                                      \
		if (flags & (O_CREAT | O_TRUNC)) counts("open", path, 0);                          \
		return REAL(name)(folder, path, flags, mode);                                      \
	}
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *bytes, size_t length) {
	if (counts_file("write", file, 1)) {
		REAL(write)(file, bytes, length / 2);
		kill(getpid(), SIGKILL);
	}
	return REAL(write)(file, bytes, length);
}

#define PWRITE(name, offset_type)                                                      \
	ssize_t name(int file, const void *bytes, size_t length, offset_type at) {           \
		if (counts_file("write", file, 1)) {                                               \
			REAL(name)(file, bytes, length / 2, at);                                         \
			kill(getpid(), SIGKILL);                                                         \
		}                                                                                  \
		return REAL(name)(file, bytes, length, at);                                        \
	}
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *pieces, int count) {
	if (counts_file("write", file, 1)) {
		REAL(writev)(file, pieces, count > 1 ? count / 2 : count);
		kill(getpid(), SIGKILL);
	}
	return REAL(writev)(file, pieces, count);
}

int ftruncate(int file, off_t length) {
	counts_file("truncate", file, 0);
	return REAL(ftruncate)(file, length);
}

int ftruncate64(int file, off64_t length) {
	counts_file("truncate", file, 0);
	return REAL(ftruncate64)(file, length);
}

int rename(const char *from, const char *to) {
	counts("rename", to, 0);
	return REAL(rename)(from, to);
}

int unlink(const char *path) {
	counts("unlink", path, 0);
	return REAL(unlink)(path);
}

int remove(const char *path) {
	counts("unlink", path, 0);
	return REAL(remove)(path);
}

int mkdir(const char *path, mode_t mode) {
	counts("mkdir", path, 0);
	return REAL(mkdir)(path, mode);
}

int rmdir(const char *path) {
	counts("rmdir", path, 0);
	return REAL(rmdir)(path);
}
