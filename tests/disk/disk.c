/* Stands between a program and the disk below one folder: writes down what the program does to the disk, and lets
 * it fail on request. Loaded with LD_PRELOAD, so the program is the real one.
 *
 * DISK_FOLDER  the folder that is watched
 * DISK_RECORD  what happened, one record after the other: operation, length of the path, offset, length of the data,
 *              path, data. Operations: W write, T truncate, S sync, C create, U unlink
 * DISK_FAULT   a file with the name of the error that writing meets, while it exists
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder, *fault_file;
static int record = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *file = getenv("DISK_RECORD");
    folder = getenv("DISK_FOLDER");
    fault_file = getenv("DISK_FAULT");
    if (file) record = REAL(open)(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static int is_watched(const char *path) {
    return folder && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_watched(path);
}

static void put(const void *bytes, size_t length) {
    if (length && REAL(write)(record, bytes, length) != (ssize_t)length) abort();
}

static void note(char operation, const char *path, uint64_t offset, const void *data, uint32_t length) {
    if (record < 0) return;
    uint32_t path_length = strlen(path);
    put(&operation, 1);
    put(&path_length, 4);
    put(&offset, 8);
    put(&length, 4);
    put(path, path_length);
    put(data, length);
}

/* The error that writing meets just now, or 0. */
static int fault(void) {
    char word[16] = "";
    int fd = fault_file ? REAL(open)(fault_file, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return 0;
    ssize_t length = read(fd, word, sizeof word - 1);
    close(fd);
    if (length <= 0) return 0;
    if (strcmp(word, "ENOSPC") == 0) return ENOSPC;
    if (strcmp(word, "EROFS") == 0) return EROFS;
    return EIO;
}

static int open_noted(const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    if (path[0] != '/' || !is_watched(path)) return REAL(open)(path, flags, mode);
    strncpy(full, path, sizeof full - 1);
    full[sizeof full - 1] = 0;
    if ((flags & O_ACCMODE) != O_RDONLY && fault() == EROFS) { errno = EROFS; return -1; }
    pthread_mutex_lock(&order);
    int is_new = (flags & O_CREAT) && access(full, F_OK) != 0;
    int fd = REAL(open)(path, flags, mode);
    if (fd >= 0 && is_new) note('C', full, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    return fd;
}

#define OPEN(name)                                                                                    \
    int name(const char *path, int flags, ...) {                                                      \
        va_list more;                                                                                 \
        va_start(more, flags);                                                                        \
        mode_t mode = va_arg(more, int);                                                              \
        va_end(more);                                                                                 \
        return open_noted(path, flags, mode);                                                         \
    }
OPEN(open)
OPEN(open64)

static ssize_t write_noted(int fd, const void *data, size_t length, off_t offset, int is_positioned) {
    char path[PATH_MAX];
    if (!path_of(fd, path)) {
        return is_positioned ? REAL(pwrite)(fd, data, length, offset) : REAL(write)(fd, data, length);
    }
    int error = fault();
    if (error) { errno = error; return -1; }
    pthread_mutex_lock(&order);
    if (!is_positioned) offset = lseek(fd, 0, SEEK_CUR);
    ssize_t written = is_positioned ? REAL(pwrite)(fd, data, length, offset) : REAL(write)(fd, data, length);
    if (written > 0) note('W', path, offset, data, written);
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t write(int fd, const void *data, size_t length) { return write_noted(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t at) { return write_noted(fd, data, length, at, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) { return write_noted(fd, data, length, at, 1); }

static int truncate_noted(int fd, off_t length) {
    char path[PATH_MAX];
    int is_ours = path_of(fd, path);
    int error = is_ours ? fault() : 0;
    if (error) { errno = error; return -1; }
    pthread_mutex_lock(&order);
    int result = REAL(ftruncate)(fd, length);
    if (is_ours && result == 0) note('T', path, length, NULL, 0);
    pthread_mutex_unlock(&order);
    return result;
}

int ftruncate(int fd, off_t length) { return truncate_noted(fd, length); }
int ftruncate64(int fd, off_t length) { return truncate_noted(fd, length); }

static int sync_noted(int fd, int (*sync)(int)) {
    char path[PATH_MAX];
    int is_ours = path_of(fd, path);
    int error = is_ours ? fault() : 0;
    if (error) { errno = error; return -1; }
    pthread_mutex_lock(&order);
    int result = sync(fd);
    if (is_ours && result == 0) note('S', path, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    return result;
}

int fsync(int fd) { return sync_noted(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_noted(fd, REAL(fdatasync)); }

int unlink(const char *path) {
    pthread_mutex_lock(&order);
    int result = REAL(unlink)(path);
    if (result == 0 && is_watched(path)) note('U', path, 0, NULL, 0);
    pthread_mutex_unlock(&order);
    return result;
}
