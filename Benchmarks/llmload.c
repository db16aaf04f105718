/*
 * llmload: load for one OpenAI-compatible chat endpoint, and what a client sees of it, as one JSON object.
 *
 *     cc -O2 -o llmload llmload.c
 *     ./llmload --url http://127.0.0.1:18080/v1/chat/completions --body request.json --conns 64 --duration 5
 *
 *     --url URL               where to; plain HTTP
 *     --body FILE             the request; eight letters after "UNIQUE-" in it differ from request to request;
 *                             without one it is a GET
 *     --key KEY               sent as a bearer token
 *     --header 'NAME: VALUE'  sent as well; may be repeated
 *     --conns N               connections, kept alive (64)
 *     --duration S            seconds of sending (5), or
 *     --requests N            requests to send
 *     --rate R                requests a second; without it each connection sends again as soon as it has its answer
 *     --ramp S                seconds over which the connections start (0)
 *     --stream N              answers are streams of N stamped events (see mockllm.c), a usage event and [DONE]
 *     --cancel N              go away after N events of each stream; 0: once the request is sent
 *     --expect TEXT           what a whole answer has in it ("choices")
 *     --timeout S             for one request (30)
 *     --require-header NAME   an answer without it has failed
 *     --capture-header NAME   report its last 64 values
 *
 * Latency runs from the moment a request was due, so at a fixed rate waiting for a free connection counts: a slow
 * answer delays those behind it as it would delay real callers. First event: from the same moment to the first
 * "data:" line. Event delay: from an event's stamp to its arrival; both programs must run on one machine.
 */
#include "wire.h"
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#define HEAD_LIMIT (16u * 1024)
#define CAPTURED 64
#define CAPTURED_LENGTH 128

static const char *url, *body_file, *required_header, *captured_header;
static struct buffer extra_headers;
static const char *expected = "\"choices\"";
static int connection_count = 64, stream_events = -1, cancel_events = -1;
static double duration = 5, rate, ramp, timeout = 30;
static uint64_t request_limit;

static void die(const char *message)
{
    fprintf(stderr, "llmload: %s\n", message);
    exit(2);
}

/* ------------------------------------------------------------- histogram */

/* Counts by size, 256 steps to each doubling: within 0.4 % of the value, at any number of samples. */
enum { STEP_BITS = 8, STEPS = 1 << STEP_BITS };

struct histogram {
    uint64_t counts[(64 - STEP_BITS + 1) * STEPS];
    uint64_t total, least, most;
    double sum;
};
static struct histogram latency, first_event, event_delay;

static void record(struct histogram *h, uint64_t ns)
{
    int shift = ns >> STEP_BITS ? 64 - STEP_BITS - 1 - __builtin_clzll(ns) : 0;
    h->counts[((size_t)shift << STEP_BITS) + (ns >> shift)]++;
    if (!h->total++ || ns < h->least) h->least = ns;
    if (ns > h->most) h->most = ns;
    h->sum += (double)ns;
}

static double percentile_us(const struct histogram *h, double percent)
{
    uint64_t rank = (uint64_t)(percent / 100 * (double)(h->total - 1) + 0.5), seen = 0;
    if (!h->total) return 0;
    for (size_t i = 0; i < sizeof h->counts / sizeof *h->counts; i++) {
        seen += h->counts[i];
        if (seen <= rank) continue;
        /* The first doubling has two blocks of steps, each further one the upper half of its block. */
        int shift = i < 2 * STEPS ? 0 : (int)(i >> STEP_BITS) - 1;
        uint64_t middle = ((i - ((size_t)shift << STEP_BITS)) << shift) + (1ull << shift) / 2;
        return (double)(middle < h->most ? middle : h->most) / 1000;
    }
    return (double)h->most / 1000;
}

static void print_histogram(const char *name, const struct histogram *h)
{
    printf(",\"%s\":{\"count\":%llu,\"mean\":%.1f,\"min\":%.1f,\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,"
           "\"max\":%.1f}", name, (unsigned long long)h->total, h->total ? h->sum / (double)h->total / 1000 : 0,
           (double)h->least / 1000, percentile_us(h, 50), percentile_us(h, 90), percentile_us(h, 99),
           percentile_us(h, 99.9), (double)h->most / 1000);
}

/* ----------------------------------------------------------------- state */

enum failure { CONNECT, CLOSED, TIMEOUT, STATUS, MALFORMED, NO_HEADER, LOST_EVENTS, NO_DONE, NO_USAGE, FAILURES };
static const char *const failure_names[FAILURES] = {
    "connect", "closed", "timeout", "status", "malformed", "no_header", "lost_events", "no_done", "no_usage"};

struct connection {
    int fd; /* -1: none open */
    enum { FREE, CONNECTING, BUSY } state;
    bool blocked;            /* waiting for EPOLLOUT */
    bool reused;             /* has served a request before this one */
    struct connection *next; /* among the free */
    struct buffer request;   /* its own copy, for the unique letters in it */
    size_t request_sent;
    uint64_t due, deadline;
    struct buffer head;
    struct buffer text; /* of a stream: its unfinished line; otherwise the answer's body */
    bool in_body, is_stream, begun, done, usage;
    int status, events;
    uint64_t last_stamp;
    struct body_reader reader;
};

static struct connection *connections, *free_first, *free_last;
static struct sockaddr_storage server;
static socklen_t server_length;
static struct buffer request_template;
static size_t unique_at; /* in the request; 0: nowhere */
static int epoll_fd, free_count, active, active_max;
static uint64_t begun_at, last_answer_at, unique;

static uint64_t sent, answered, cancelled, failed, failures[FAILURES], statuses[600];
static uint64_t events, connects, reconnects, bytes_in, bytes_out;
static char first_error[400], captured[CAPTURED][CAPTURED_LENGTH];
static unsigned captured_count;

static void put_free(struct connection *c)
{
    c->state = FREE;
    c->next = NULL;
    if (free_first) free_last->next = c;
    else free_first = c;
    free_last = c;
    free_count++;
}

static struct connection *take_free(void)
{
    struct connection *c = free_first;
    free_first = c->next;
    free_count--;
    return c;
}

static void disconnect(struct connection *c)
{
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
}

/* --------------------------------------------------------------- outcome */

__attribute__((format(printf, 1, 2))) static void remember_error(const char *format, ...)
{
    if (first_error[0]) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(first_error, sizeof first_error, format, arguments);
    va_end(arguments);
}

static void end_request(struct connection *c)
{
    last_answer_at = clock_ns();
    active--;
    put_free(c);
}

static void fail(struct connection *c, enum failure why, const char *detail, size_t length)
{
    failed++;
    failures[why]++;
    remember_error("%s, status %d, %d events: %.*s", failure_names[why], c->status, c->events,
                   (int)(length < 300 ? length : 300), detail);
    disconnect(c);
    end_request(c);
}

static void capture(const struct connection *c)
{
    size_t n;
    const char *value = header_value(c->head.p, c->head.len, captured_header, &n);
    if (value) snprintf(captured[captured_count++ % CAPTURED], CAPTURED_LENGTH, "%.*s", (int)n, value);
}

/* FAILURES if nothing is wrong with a complete answer. */
static enum failure verdict(const struct connection *c)
{
    size_t n;
    if (c->status != 200) return STATUS;
    if (required_header && !header_value(c->head.p, c->head.len, required_header, &n)) return NO_HEADER;
    if (!body_file) return FAILURES;
    if (c->is_stream != (stream_events >= 0)) return MALFORMED;
    if (c->is_stream) {
        if (c->events != stream_events) return LOST_EVENTS;
        if (!c->done) return NO_DONE;
        return c->usage ? FAILURES : NO_USAGE;
    }
    if (!memmem(c->text.p, c->text.len, expected, strlen(expected))) return MALFORMED;
    return memmem(c->text.p, c->text.len, "\"total_tokens\"", 14) ? FAILURES : NO_USAGE;
}

static void cancel(struct connection *c)
{
    cancelled++;
    disconnect(c);
    end_request(c);
}

static void complete(struct connection *c)
{
    enum failure why = verdict(c);
    statuses[c->status]++;
    if (why != FAILURES) {
        fail(c, why, c->text.p ? c->text.p : "", c->text.len);
        return;
    }
    answered++;
    record(&latency, clock_ns() - c->due);
    if (captured_header) capture(c);
    if (c->reader.mode == BODY_UNTIL_CLOSE || header_has(c->head.p, c->head.len, "connection", "close"))
        disconnect(c);
    end_request(c);
}

/* --------------------------------------------------------------- answers */

static void read_line(struct connection *c, const char *line, size_t n, uint64_t now)
{
    if (n < 5 || memcmp(line, "data:", 5)) return;
    if (memmem(line, n, "[DONE]", 6)) {
        c->done = true;
        return;
    }
    const char *p = line, *end = line + n;
    uint64_t stamp;
    if (!c->begun) record(&first_event, now - c->due);
    c->begun = true;
    if (memmem(p, n, "\"total_tokens\"", 14)) c->usage = true;
    while ((p = stamp_find(p, (size_t)(end - p), &stamp))) {
        /* An event out of order, or twice, is as bad as a lost one. */
        if (stamp <= c->last_stamp || stamp > now) return;
        c->last_stamp = stamp;
        c->events++;
        events++;
        record(&event_delay, now - stamp);
    }
}

static void take_body(void *context, const char *p, size_t n)
{
    struct connection *c = context;
    if (!c->is_stream) {
        buffer_add(&c->text, p, n);
        return;
    }
    uint64_t now = clock_ns();
    for (const char *end = p + n; p < end;) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        size_t run = (size_t)((newline ? newline : end) - p);
        if (newline && !c->text.len) {
            read_line(c, p, run, now);
        } else {
            buffer_add(&c->text, p, run);
            if (newline) read_line(c, c->text.p, c->text.len, now);
            if (newline) c->text.len = 0;
        }
        p += run + 1;
    }
}

/* Reads the head; false if it is no answer. *used is how much of p belonged to it. */
static bool take_head(struct connection *c, const char *p, size_t n, size_t *used)
{
    size_t before = c->head.len, overlap = before < 3 ? before : 3;
    *used = n;
    buffer_add(&c->head, p, n);
    const char *end = memmem(c->head.p + before - overlap, n + overlap, "\r\n\r\n", 4);
    if (!end) return c->head.len < HEAD_LIMIT;
    *used = (size_t)(end - c->head.p) + 4 - before;
    c->head.len = before + *used;
    if (c->head.len < 16 || memcmp(c->head.p, "HTTP/1.", 7)) return false;
    c->status = atoi(c->head.p + 9);
    if (c->status < 100 || c->status > 599) return false;
    if (c->status < 200) { /* an interim answer: the real one follows */
        c->head.len = 0;
        return true;
    }
    c->in_body = true;
    c->is_stream = header_has(c->head.p, c->head.len, "content-type", "text/event-stream");
    body_begin(&c->reader, c->head.p, c->head.len, true);
    return true;
}

static void take(struct connection *c, const char *p, size_t n)
{
    while (!c->in_body && n) {
        size_t used;
        if (!take_head(c, p, n, &used)) {
            fail(c, MALFORMED, c->head.p, c->head.len);
            return;
        }
        p += used;
        n -= used;
    }
    if (!c->in_body) return;
    size_t used = body_read(&c->reader, p, n, take_body, c);
    if (cancel_events > 0 && c->events >= cancel_events) cancel(c);
    else if (used < n) fail(c, MALFORMED, "bytes after the answer's end", 80);
    else if (c->reader.mode == BODY_DONE) complete(c);
}

/* -------------------------------------------------------------- requests */

static void watch(struct connection *c, int operation, bool writable)
{
    struct epoll_event e = {.events = EPOLLIN | (writable ? EPOLLOUT : 0), .data.ptr = c};
    c->blocked = writable;
    epoll_ctl(epoll_fd, operation, c->fd, &e);
}

static void connect_to_server(struct connection *c)
{
    int one = 1;
    c->state = CONNECTING;
    c->reused = false;
    c->fd = socket(server.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    connects++;
    if (c->fd < 0 || (connect(c->fd, (struct sockaddr *)&server, server_length) && errno != EINPROGRESS)) {
        fail(c, CONNECT, strerror(errno), 80);
        return;
    }
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    watch(c, EPOLL_CTL_ADD, true);
}

/* A server may close an idle connection just as a request goes out on it: that one is sent again, once. */
static void lost(struct connection *c, const char *detail)
{
    if (c->reused && !c->head.len) {
        disconnect(c);
        reconnects++;
        connect_to_server(c);
    } else {
        fail(c, CLOSED, detail, 80);
    }
}

static void send_request(struct connection *c)
{
    while (c->request_sent < c->request.len) {
        ssize_t n = send(c->fd, c->request.p + c->request_sent, c->request.len - c->request_sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) {
            if (!c->blocked) watch(c, EPOLL_CTL_MOD, true);
            return;
        }
        if (n < 0) {
            lost(c, strerror(errno));
            return;
        }
        c->request_sent += (size_t)n;
        bytes_out += (uint64_t)n;
    }
    if (!cancel_events) cancel(c);
    else if (c->blocked) watch(c, EPOLL_CTL_MOD, false);
}

static void send_from_start(struct connection *c)
{
    c->state = BUSY;
    c->request_sent = 0;
    c->head.len = c->text.len = 0;
    c->in_body = c->is_stream = c->begun = c->done = c->usage = false;
    c->status = c->events = 0;
    c->last_stamp = 0;
    send_request(c);
}

static void start_request(struct connection *c, uint64_t due)
{
    sent++;
    if (++active > active_max) active_max = active;
    c->due = due;
    c->deadline = clock_ns() + (uint64_t)(timeout * 1e9);
    if (!c->request.len) buffer_add(&c->request, request_template.p, request_template.len);
    if (unique_at) letters_write(c->request.p + unique_at, 8, unique++);
    c->reused = c->fd >= 0;
    if (c->reused) send_from_start(c);
    else connect_to_server(c);
}

static void on_connected(struct connection *c)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) fail(c, CONNECT, strerror(error), 80);
    else send_from_start(c);
}

static void on_readable(struct connection *c)
{
    static char scratch[256 * 1024];
    ssize_t n = recv(c->fd, scratch, sizeof scratch, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (c->state == FREE) { /* closed between two requests; bytes here would belong to no request */
        if (n > 0) remember_error("%zd bytes that nobody asked for", n);
        disconnect(c);
    } else if (n > 0) {
        bytes_in += (uint64_t)n;
        take(c, scratch, (size_t)n);
    } else if (c->in_body && c->reader.mode == BODY_UNTIL_CLOSE) {
        complete(c);
    } else {
        lost(c, n < 0 ? strerror(errno) : "the server closed the connection");
    }
}

static void on_events(struct connection *c, uint32_t ready)
{
    if (c->state == CONNECTING) on_connected(c);
    else if (c->state == BUSY && ready & EPOLLOUT) send_request(c);
    /* What came before may have closed it. */
    if (c->fd >= 0 && c->state != CONNECTING && ready & (EPOLLIN | EPOLLHUP | EPOLLERR)) on_readable(c);
}

static void end_overdue(uint64_t now)
{
    for (int i = 0; i < connection_count; i++)
        if (connections[i].state != FREE && connections[i].deadline < now)
            fail(&connections[i], TIMEOUT, "no complete answer in time", 80);
}

/* -------------------------------------------------------------- schedule */

static uint64_t due_time(uint64_t i)
{
    return begun_at + (uint64_t)((double)i * 1e9 / rate);
}

/* Connections come in one by one over the ramp. Returns how many are in. */
static int release_connections(int released, uint64_t now)
{
    double share = ramp > 0 ? (double)(now - begun_at) / (ramp * 1e9) : 1;
    int wanted = share >= 1 ? connection_count : (int)(share * connection_count) + 1;
    for (; released < wanted && released < connection_count; released++) put_free(&connections[released]);
    return released;
}

static bool sending_over(uint64_t now)
{
    return request_limit ? sent >= request_limit : now >= begun_at + (uint64_t)(duration * 1e9);
}

/* Only those that are free now: one whose connect fails at once must not be tried for ever. */
static void start_requests(uint64_t now)
{
    for (int left = free_count; left > 0 && !sending_over(now); left--) {
        uint64_t due = rate > 0 ? due_time(sent) : clock_ns();
        if (rate > 0 && due > now) return;
        start_request(take_free(), due);
    }
}

static int64_t time_to_wait(int released)
{
    int64_t wait = 20000000, until;
    if (released < connection_count) wait = 1000000;
    if (free_count && rate <= 0) wait = failures[CONNECT] ? 1000000 : 0;
    if (free_count && rate > 0 && (until = (int64_t)(due_time(sent) - clock_ns())) < wait) wait = until;
    return wait > 0 ? wait : 0;
}

/* Returns how long requests were sent, in seconds. */
static double run(void)
{
    struct epoll_event ready[256];
    int released = 0;
    uint64_t next_look = 0, sending_ended = 0;
    begun_at = clock_ns();
    for (;;) {
        uint64_t now = clock_ns();
        if (sending_over(now)) {
            if (!sending_ended) sending_ended = now;
            if (!active) break;
        } else {
            released = release_connections(released, now);
            start_requests(now);
        }
        int n = wait_events(epoll_fd, ready, 256, sending_ended ? 20000000 : time_to_wait(released));
        for (int i = 0; i < n; i++) on_events(ready[i].data.ptr, ready[i].events);
        if (now >= next_look) {
            end_overdue(now);
            next_look = now + 50000000;
        }
    }
    return (double)(sending_ended - begun_at) / 1e9;
}

/* ---------------------------------------------------------------- set-up */

static void find_server(const char *host_and_port, size_t n)
{
    char host[256];
    if (n >= sizeof host) die("the host name is too long");
    snprintf(host, sizeof host, "%.*s", (int)n, host_and_port);
    char *colon = strrchr(host, ':');
    if (colon) *colon++ = 0;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_INET}, *found;
    if (getaddrinfo(host, colon ? colon : "80", &hints, &found)) die("cannot find the host");
    memcpy(&server, found->ai_addr, found->ai_addrlen);
    server_length = found->ai_addrlen;
    freeaddrinfo(found);
}

static void read_file(struct buffer *b, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) die("cannot open the body file");
    for (size_t n = 1; n;) {
        buffer_reserve(b, 65536);
        n = fread(b->p + b->len, 1, 65536, file);
        b->len += n;
    }
    fclose(file);
}

static void prepare_request(void)
{
    if (strncmp(url, "http://", 7)) die("the URL must begin with http://");
    const char *host = url + 7, *path = strchr(host, '/');
    if (!path) die("the URL needs a path");
    find_server(host, (size_t)(path - host));
    struct buffer body = {0};
    if (body_file) read_file(&body, body_file);
    buffer_printf(&request_template, "%s %s HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: llmload\r\nAccept: %s\r\n",
                  body_file ? "POST" : "GET", path, (int)(path - host), host,
                  !body_file ? "*/*" : stream_events >= 0 ? "text/event-stream" : "application/json");
    buffer_add(&request_template, extra_headers.p, extra_headers.len);
    if (body_file) buffer_printf(&request_template, "Content-Type: application/json\r\nContent-Length: %zu\r\n", body.len);
    buffer_printf(&request_template, "\r\n");
    buffer_add(&request_template, body.p, body.len);
    const char *mark = memmem(request_template.p, request_template.len, "UNIQUE-", 7);
    if (mark && mark + 15 <= request_template.p + request_template.len)
        unique_at = (size_t)(mark - request_template.p) + 7;
    unique = clock_ns() >> 10;
    buffer_free(&body);
}

static void read_options(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (!strcmp(name, "--url")) url = value;
        else if (!strcmp(name, "--body")) body_file = value;
        else if (!strcmp(name, "--key")) buffer_printf(&extra_headers, "Authorization: Bearer %s\r\n", value);
        else if (!strcmp(name, "--header")) buffer_printf(&extra_headers, "%s\r\n", value);
        else if (!strcmp(name, "--conns")) connection_count = atoi(value);
        else if (!strcmp(name, "--duration")) duration = atof(value);
        else if (!strcmp(name, "--requests")) request_limit = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--rate")) rate = atof(value);
        else if (!strcmp(name, "--ramp")) ramp = atof(value);
        else if (!strcmp(name, "--stream")) stream_events = atoi(value);
        else if (!strcmp(name, "--cancel")) cancel_events = atoi(value);
        else if (!strcmp(name, "--expect")) expected = value;
        else if (!strcmp(name, "--timeout")) timeout = atof(value);
        else if (!strcmp(name, "--require-header")) required_header = value;
        else if (!strcmp(name, "--capture-header")) captured_header = value;
        else die("unknown option; the beginning of llmload.c lists them");
    }
    if (argc % 2 == 0) die("an option lacks its value");
    if (!url || connection_count < 1) die("--url is needed, and at least one connection");
}

/* ---------------------------------------------------------------- report */

static void print_string(const char *s)
{
    putchar('"');
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (c == '"' || c == '\\') printf("\\%c", c);
        else if (c < 32 || c > 126) printf("\\u%04x", c);
        else putchar(c);
    }
    putchar('"');
}

static void print_failures(void)
{
    const char *separator = "";
    printf(",\"failures\":{");
    for (int i = 0; i < FAILURES; i++) {
        if (!failures[i]) continue;
        printf("%s\"%s\":%llu", separator, failure_names[i], (unsigned long long)failures[i]);
        separator = ",";
    }
    printf("},\"statuses\":{");
    separator = "";
    for (int i = 0; i < 600; i++) {
        if (!statuses[i]) continue;
        printf("%s\"%d\":%llu", separator, i, (unsigned long long)statuses[i]);
        separator = ",";
    }
    printf("},\"first_error\":");
    if (first_error[0]) print_string(first_error);
    else printf("null");
}

static void print_captured(void)
{
    printf(",\"captured\":[");
    for (unsigned i = 0; i < captured_count && i < CAPTURED; i++) {
        if (i) putchar(',');
        print_string(captured[i]);
    }
    printf("]");
}

static void print_report(double sending_s, double cpu_s)
{
    double wall = last_answer_at > begun_at ? (double)(last_answer_at - begun_at) / 1e9 : 0;
    double due = rate > 0 && !request_limit ? rate * sending_s : (double)sent;
    printf("{\"sent\":%llu,\"answered\":%llu,\"cancelled\":%llu,\"failed\":%llu,\"due\":%.0f,\"wall_s\":%.4f,\"per_s\":%.2f,"
           "\"events\":%llu,\"events_per_s\":%.1f,\"active_max\":%d,\"connects\":%llu,\"reconnects\":%llu,"
           "\"bytes_in\":%llu,\"bytes_out\":%llu,\"cpu_s\":%.4f",
           (unsigned long long)sent, (unsigned long long)answered, (unsigned long long)cancelled,
           (unsigned long long)failed, due, wall,
           wall > 0 ? (double)answered / wall : 0, (unsigned long long)events,
           wall > 0 ? (double)events / wall : 0, active_max, (unsigned long long)connects,
           (unsigned long long)reconnects, (unsigned long long)bytes_in, (unsigned long long)bytes_out, cpu_s);
    print_histogram("latency_us", &latency);
    print_histogram("first_event_us", &first_event);
    print_histogram("event_delay_us", &event_delay);
    print_failures();
    print_captured();
    printf("}\n");
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    signal(SIGPIPE, SIG_IGN);
    if (prepare_process() < (rlim_t)connection_count + 16) die("too few open files allowed (ulimit -Hn)");
    prepare_request();
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    connections = calloc((size_t)connection_count, sizeof *connections);
    for (int i = 0; i < connection_count; i++) connections[i].fd = -1;
    double cpu_before = cpu_seconds(), sending_s = run();
    print_report(sending_s, cpu_seconds() - cpu_before);
    return 0;
}
