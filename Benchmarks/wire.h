/*
 * What the mock upstream and the load generator share: a growing buffer, the clock and the stamp that
 * events carry, header look-up, a reader of HTTP/1.1 bodies, and epoll with a timeout in nanoseconds.
 */
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* ---------------------------------------------------------------- buffer */

struct buffer {
    char *p;
    size_t len, cap;
};

static inline void buffer_reserve(struct buffer *b, size_t more)
{
    if (b->len + more <= b->cap) return;
    b->cap = (b->len + more) * 2;
    b->p = realloc(b->p, b->cap);
    if (!b->p) abort();
}

static inline void buffer_add(struct buffer *b, const void *p, size_t n)
{
    if (!n) return;
    buffer_reserve(b, n);
    memcpy(b->p + b->len, p, n);
    b->len += n;
}

__attribute__((format(printf, 2, 3))) static inline void buffer_printf(struct buffer *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    buffer_reserve(b, (size_t)n + 1);
    va_start(arguments, format);
    vsnprintf(b->p + b->len, (size_t)n + 1, format, arguments);
    va_end(arguments);
    b->len += (size_t)n;
}

static inline void buffer_free(struct buffer *b)
{
    free(b->p);
    *b = (struct buffer){0};
}

/* ------------------------------------------------------- clock and stamp */

static inline uint64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/*
 * A stamp is '~' and 16 letters a to p, four bits each. Letters, so that neither JSON escapes it nor a search for
 * personal data takes it for a number; monotonic time, so that it means the same to every process of the machine.
 */
enum { STAMP_LETTERS = 16 };

static inline void letters_write(char *at, int count, uint64_t value)
{
    for (int i = count - 1; i >= 0; i--, value >>= 4) at[i] = (char)('a' + (value & 15));
}

/* The end of the first stamp in p, or NULL. */
static inline const char *stamp_find(const char *p, size_t n, uint64_t *value)
{
    const char *mark = memchr(p, '~', n);
    if (!mark || (size_t)(p + n - mark) <= STAMP_LETTERS) return NULL;
    *value = 0;
    for (int i = 1; i <= STAMP_LETTERS; i++) *value = *value << 4 | (uint64_t)((mark[i] - 'a') & 15);
    return mark + 1 + STAMP_LETTERS;
}

/* --------------------------------------------------------------- headers */

static inline bool contains_word(const char *p, size_t n, const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; i + length <= n; i++)
        if (!strncasecmp(p + i, word, length)) return true;
    return false;
}

/* The value of a header in a message head, or NULL. */
static inline const char *header_value(const char *head, size_t n, const char *name, size_t *value_length)
{
    size_t name_length = strlen(name);
    for (const char *line = head, *end = head + n; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        const char *stop = next ? next : end;
        if ((size_t)(stop - line) > name_length && line[name_length] == ':' &&
            !strncasecmp(line, name, name_length)) {
            const char *value = line + name_length + 1;
            while (value < stop && (*value == ' ' || *value == '\t')) value++;
            while (stop > value && (stop[-1] == '\r' || stop[-1] == ' ')) stop--;
            *value_length = (size_t)(stop - value);
            return value;
        }
        line = stop + 1;
    }
    return NULL;
}

static inline bool header_has(const char *head, size_t n, const char *name, const char *word)
{
    size_t length;
    const char *value = header_value(head, n, name, &length);
    return value && contains_word(value, length, word);
}

/* ----------------------------------------------------------- body reader */

struct body_reader {
    enum { BODY_DONE, BODY_LENGTH, BODY_SIZE, BODY_CHUNK, BODY_CHUNK_END, BODY_TRAILER, BODY_UNTIL_CLOSE } mode;
    uint64_t need; /* bytes left: of the body, of the chunk; in a trailer the bytes of its line so far */
    bool in_extension;
};

typedef void body_sink(void *context, const char *p, size_t n);

/* `open_ended` is for answers, whose body may last until the connection closes. */
static inline void body_begin(struct body_reader *b, const char *head, size_t n, bool open_ended)
{
    size_t length;
    const char *value;
    *b = (struct body_reader){.mode = open_ended ? BODY_UNTIL_CLOSE : BODY_DONE};
    if (header_has(head, n, "transfer-encoding", "chunked")) {
        b->mode = BODY_SIZE;
    } else if ((value = header_value(head, n, "content-length", &length))) {
        b->need = strtoull(value, NULL, 10);
        b->mode = b->need ? BODY_LENGTH : BODY_DONE;
    }
}

static inline void body_chunk_size(struct body_reader *b, char c)
{
    if (c == '\n') {
        b->mode = b->need ? BODY_CHUNK : BODY_TRAILER;
        b->in_extension = false;
        return;
    }
    if (c == ';') b->in_extension = true;
    if (b->in_extension) return;
    int digit = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
    if (digit >= 0) b->need = b->need * 16 + (uint64_t)digit;
}

static inline void body_trailer(struct body_reader *b, char c)
{
    if (c == '\n') {
        if (!b->need) b->mode = BODY_DONE;
        b->need = 0;
    } else if (c != '\r') {
        b->need++;
    }
}

/* Hands the body's bytes to the sink; returns how many bytes of p belonged to the message. */
static inline size_t body_read(struct body_reader *b, const char *p, size_t n, body_sink *sink, void *context)
{
    size_t at = 0;
    while (at < n && b->mode != BODY_DONE) {
        switch (b->mode) {
        case BODY_SIZE: body_chunk_size(b, p[at++]); break;
        case BODY_TRAILER: body_trailer(b, p[at++]); break;
        case BODY_CHUNK_END:
            if (p[at++] == '\n') b->mode = BODY_SIZE;
            break;
        default: {
            size_t run = n - at;
            if (b->mode != BODY_UNTIL_CLOSE) {
                if (run > b->need) run = (size_t)b->need;
                b->need -= run;
            }
            sink(context, p + at, run);
            at += run;
            if (b->mode == BODY_LENGTH && !b->need) b->mode = BODY_DONE;
            if (b->mode == BODY_CHUNK && !b->need) b->mode = BODY_CHUNK_END;
        }
        }
    }
    return at;
}

/* --------------------------------------------------------------- process */

/* epoll_wait counts milliseconds, which is too coarse for pacing events. */
static inline int wait_events(int epoll, struct epoll_event *events, int n, int64_t timeout_ns)
{
    if (timeout_ns < 0) return epoll_wait(epoll, events, n, -1);
    if (timeout_ns == 0) return epoll_wait(epoll, events, n, 0);
#ifdef SYS_epoll_pwait2 /* by number: the C library's wrapper is younger than the system call */
    static bool missing;
    if (!missing) {
        struct timespec t = {timeout_ns / 1000000000, timeout_ns % 1000000000};
        int got = (int)syscall(SYS_epoll_pwait2, epoll, events, n, &t, NULL, 0);
        if (got >= 0 || errno != ENOSYS) return got;
        missing = true;
    }
#endif
    return epoll_wait(epoll, events, n, (int)((timeout_ns + 999999) / 1000000));
}

static inline double cpu_seconds(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* As many open files as allowed, and timers that are not rounded to 50 microseconds. */
static inline rlim_t prepare_process(void)
{
    struct rlimit limit = {0};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    prctl(PR_SET_TIMERSLACK, 1UL);
    return limit.rlim_cur;
}
