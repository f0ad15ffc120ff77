// Records what a process does to the files below one directory, and every HTTP answer as it leaves, in one order.
// Loaded by LD_PRELOAD; RECORD_BELOW names the directory, RECORD_TO the log (its format: recording.ts), RECORD_SLOW_US
// the microseconds that every sync takes longer, RECORD_FAIL_SYNC the number of the sync that fails, from 1.
//
// A sync fails as Linux has it (errseq_t, since 4.13): every other descriptor that is open on the file hears of it too,
// once, at the end of the sync it is in or at its next. One that was told nothing would be trusted with pages that the
// kernel has marked as clean.
//
// The order errs on the strict side. A write is noted when it is over, a sync when it begins and again when it has
// ended, an answer before it is sent: so no write counts as synced that might have missed the sync, and no answer
// counts as later than it was.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { FOUND = 1, CREATED, WRITTEN, CUT, SYNC, SYNCED, UNLINKED, ANSWERED, FAILED };
enum { DESCRIPTORS = 65536, HEAD_BYTES = 2048 };

struct note {
  uint32_t kind;
  uint32_t bytes;
  uint64_t inode;
  int64_t at;
  int64_t nanoseconds; // CLOCK_MONOTONIC, which is process.hrtime() of Node
};

static char below[4096];
static size_t below_length;
static int log_to = -1;
static uint64_t watched[DESCRIPTORS]; // the inode that a descriptor stands for; 0 for what is not recorded
static uint64_t owed[DESCRIPTORS];    // the inode of which a descriptor has not heard yet that its sync failed
static int64_t syncs;
static useconds_t slow_by; // a slower disk: what may be lost stays at risk for longer
static int64_t failing;
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t ending = PTHREAD_MUTEX_INITIALIZER; // of a sync: whether it failed and that it is noted

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
  const char *to = getenv("RECORD_TO"), *from = getenv("RECORD_BELOW");
  if (to == NULL || from == NULL || strlen(from) >= sizeof below) return;
  strcpy(below, from);
  below_length = strlen(below);
  if (getenv("RECORD_SLOW_US") != NULL) slow_by = (useconds_t)atoi(getenv("RECORD_SLOW_US"));
  if (getenv("RECORD_FAIL_SYNC") != NULL) failing = atoi(getenv("RECORD_FAIL_SYNC"));
  log_to = (int)syscall(SYS_openat, AT_FDCWD, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(uint32_t kind, uint64_t inode, int64_t at, const void *data, size_t bytes) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  struct note head = {kind, (uint32_t)bytes, inode, at, now.tv_sec * 1000000000LL + now.tv_nsec};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, bytes}};
  int kept = errno;
  pthread_mutex_lock(&one_at_a_time);
  // A record that is cut short would make every later one unreadable: better no server than no proof.
  if (syscall(SYS_writev, log_to, parts, 2) != (long)(sizeof head + bytes)) abort();
  pthread_mutex_unlock(&one_at_a_time);
  errno = kept;
}

static int is_below(const char *path) {
  return log_to >= 0 && path != NULL && strncmp(path, below, below_length) == 0 &&
         (path[below_length] == 0 || path[below_length] == '/');
}

// libuv closes files by the bare system call, which nobody sees here: a descriptor may be a socket by now.
static uint64_t inode_of(int fd) {
  struct stat is;
  uint64_t inode = fd >= 0 && fd < DESCRIPTORS ? __atomic_load_n(&watched[fd], __ATOMIC_ACQUIRE) : 0;
  if (inode == 0) return 0;
  int kept = errno;
  int is_same = fstat(fd, &is) == 0 && is.st_ino == inode && (S_ISREG(is.st_mode) || S_ISDIR(is.st_mode));
  errno = kept;
  return is_same ? inode : 0;
}

static void watch(int fd, uint64_t inode) {
  if (fd < 0 || fd >= DESCRIPTORS) return;
  owed[fd] = 0; // a descriptor that is opened now was not there when a sync failed
  __atomic_store_n(&watched[fd], inode, __ATOMIC_RELEASE);
}

static int opened(int fd, const char *path, int is_new) {
  struct stat is;
  if (fd < 0 || fstat(fd, &is) != 0) return fd;
  watch(fd, is.st_ino);
  note(is_new ? CREATED : FOUND, is.st_ino, 0, path, strlen(path));
  return fd;
}

#define OPEN(name, call)                                                                                              \
  {                                                                                                                   \
    mode_t mode = 0;                                                                                                  \
    if (flags & (O_CREAT | O_TMPFILE)) {                                                                              \
      va_list rest;                                                                                                   \
      va_start(rest, flags);                                                                                          \
      mode = va_arg(rest, mode_t);                                                                                    \
      va_end(rest);                                                                                                   \
    }                                                                                                                 \
    if (!is_below(path)) return call;                                                                                 \
    int is_new = (flags & O_CREAT) != 0 && access(path, F_OK) != 0;                                                   \
    return opened(call, path, is_new);                                                                                \
  }

int open(const char *path, int flags, ...) OPEN(open, NEXT(open)(path, flags, mode))
int open64(const char *path, int flags, ...) OPEN(open64, NEXT(open64)(path, flags, mode))
int openat(int at, const char *path, int flags, ...) OPEN(openat, NEXT(openat)(at, path, flags, mode))
int openat64(int at, const char *path, int flags, ...) OPEN(openat64, NEXT(openat64)(at, path, flags, mode))

int close(int fd) {
  watch(fd, 0);
  return NEXT(close)(fd);
}

static ssize_t written(uint64_t inode, int64_t at, const void *data, ssize_t bytes) {
  if (inode != 0 && bytes > 0) note(WRITTEN, inode, at, data, (size_t)bytes);
  return bytes;
}

ssize_t pwrite(int fd, const void *data, size_t bytes, off_t at) {
  return written(inode_of(fd), at, data, NEXT(pwrite)(fd, data, bytes, at));
}

ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t at) {
  return written(inode_of(fd), at, data, NEXT(pwrite64)(fd, data, bytes, at));
}

static void answered(int fd, const void *data, size_t bytes) {
  if (log_to < 0 || bytes < 9 || memcmp(data, "HTTP/1.1 ", 9) != 0) return;
  note(ANSWERED, 0, fd, data, bytes < HEAD_BYTES ? bytes : HEAD_BYTES);
}

ssize_t write(int fd, const void *data, size_t bytes) {
  uint64_t inode = inode_of(fd);
  if (inode == 0) {
    answered(fd, data, bytes);
    return NEXT(write)(fd, data, bytes);
  }
  int64_t at = lseek(fd, 0, SEEK_CUR);
  return written(inode, at, data, NEXT(write)(fd, data, bytes));
}

// Databases are written by pwrite; a vector that reaches a recorded file would be missing from the log.
ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (inode_of(fd) != 0) abort();
  if (count > 0) answered(fd, parts[0].iov_base, parts[0].iov_len);
  return NEXT(writev)(fd, parts, count);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  if (message->msg_iovlen > 0) answered(fd, message->msg_iov[0].iov_base, message->msg_iov[0].iov_len);
  return NEXT(sendmsg)(fd, message, flags);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) {
  if (inode_of(fd) != 0) abort();
  return NEXT(pwritev)(fd, parts, count, at);
}

static int cut(int fd, int64_t bytes, int result) {
  uint64_t inode = inode_of(fd);
  if (inode != 0 && result == 0) note(CUT, inode, bytes, NULL, 0);
  return result;
}

int ftruncate(int fd, off_t bytes) { return cut(fd, bytes, NEXT(ftruncate)(fd, bytes)); }
int ftruncate64(int fd, off64_t bytes) { return cut(fd, bytes, NEXT(ftruncate64)(fd, bytes)); }

// Called with `ending` held, as is the next.
static int failed(uint64_t inode, int64_t token) {
  note(FAILED, inode, token, NULL, 0);
  errno = EIO;
  return -1;
}

static int hears(int fd, uint64_t inode) {
  int is_owed = owed[fd] == inode;
  owed[fd] = 0;
  return is_owed;
}

static int ended(int fd, uint64_t inode, int64_t token, int result) {
  pthread_mutex_lock(&ending);
  if (token == failing) {
    for (int other = 0; other < DESCRIPTORS; other++)
      if (other != fd && inode_of(other) == inode) owed[other] = inode;
    result = failed(inode, token);
  } else if (hears(fd, inode)) {
    result = failed(inode, token);
  } else if (result == 0) {
    note(SYNCED, inode, token, NULL, 0);
  }
  int kept = errno;
  pthread_mutex_unlock(&ending);
  errno = kept;
  return result;
}

// One token joins the beginning of a sync and its end.
#define SYNC_BY(name)                                                                                                 \
  int name(int fd) {                                                                                                  \
    uint64_t inode = inode_of(fd);                                                                                    \
    if (inode == 0) return NEXT(name)(fd);                                                                            \
    int64_t token = __atomic_add_fetch(&syncs, 1, __ATOMIC_SEQ_CST);                                                  \
    note(SYNC, inode, token, NULL, 0);                                                                                \
    if (slow_by > 0) usleep(slow_by);                                                                                 \
    return ended(fd, inode, token, token == failing ? 0 : NEXT(name)(fd));                                            \
  }

SYNC_BY(fsync)
SYNC_BY(fdatasync)

int unlink(const char *path) {
  int result = NEXT(unlink)(path);
  if (result == 0 && is_below(path)) note(UNLINKED, 0, 0, path, strlen(path));
  return result;
}

int mkdir(const char *path, mode_t mode) {
  struct stat is;
  int result = NEXT(mkdir)(path, mode);
  if (result == 0 && is_below(path) && stat(path, &is) == 0) note(CREATED, is.st_ino, 1, path, strlen(path));
  return result;
}

int rename(const char *from, const char *to) {
  int result = NEXT(rename)(from, to);
  if (result == 0 && (is_below(from) || is_below(to))) abort(); // no database does; the model does not know it
  return result;
}
