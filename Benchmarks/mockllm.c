/*
 * mockllm: a model provider that costs next to nothing, so that it is never what a benchmark measures.
 *
 *     cc -O2 -o mockllm mockllm.c && ./mockllm --port 18080
 *
 * It has these doors, most with whole answers and streams:
 *
 *     OpenAI    POST …/chat/completions                 JSON, or SSE when the body has "stream": true
 *               POST …/embeddings                       JSON, one vector
 *     Bedrock   POST /model/{id}/converse               JSON
 *               POST /model/{id}/converse-stream        application/vnd.amazon.eventstream
 *     Vertex    POST …:generateContent                  JSON
 *               POST …:streamGenerateContent?alt=sse    SSE
 *
 * and POST /token (an access token), GET /stats (counters), POST /reset (counters to zero), GET /health.
 *
 * What it does is asked for inside the prompt, because a prompt gets through every gateway unchanged:
 *
 *     mock(chunks=150,delay=100,latency=20,status=429,drop=10,bytes=250)
 *
 *     chunks    content events of a stream (50)
 *     delay     milliseconds between two content events (0: no pause, but still a write for each)
 *     latency   milliseconds before the answer begins (0)
 *     status    answer with this HTTP status and an error of the door's kind
 *     drop      close the connection after so many content events
 *     reset     reset the connection after so many content events, and in place of a whole answer
 *     stall     say nothing more after so many content events, and in place of a whole answer
 *     bytes     length of a whole answer's text (250)
 *
 * The text of every content event is a stamp, the time at which it was written (see wire.h).
 */
#include "wire.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#define HEAD_LIMIT (16u * 1024)
#define SCRATCH (256u * 1024)
/* Of a long body only the beginning and the end are kept: flags and directives stand there. */
#define KEPT_HEAD (64u * 1024)
#define KEPT_TAIL (4u * 1024)

enum door { OPENAI, BEDROCK, VERTEX, EMBEDDINGS, DOORS };

struct directives {
    double chunks, delay, latency, status, drop, bytes, reset, stall;
};
static const struct directives defaults = {.chunks = 50, .status = 200, .bytes = 250, .reset = -1, .stall = -1};

struct connection {
    int fd;
    enum { READING_HEAD, READING_BODY, ANSWERING, DRAINING } state;
    bool blocked;         /* the kernel takes no more output; waiting for EPOLLOUT */
    bool last;            /* close after this answer */
    struct buffer unread; /* received, not yet understood */
    struct buffer unsent;
    char method[8], target[1024];
    struct body_reader reader;
    struct buffer body;
    enum door door;
    bool stream, usage_wanted;
    struct directives ask;
    int events_sent; /* of the current stream */
    uint64_t due;    /* when its next step is due */
    int heap_index;  /* its place among the timers, or -1 */
};

static int epoll_fd;
static struct {
    uint64_t requests, streams, answered, aborted, events, body_bytes, connections, errors, unknown;
    uint64_t open_streams, open_streams_max, lag_max_ns;
} stats;

/* ---------------------------------------------------------------- timers */

static struct connection **heap;
static int heap_count, heap_capacity;

static void heap_put(int i, struct connection *c)
{
    heap[i] = c;
    c->heap_index = i;
}

static void heap_place(int i)
{
    struct connection *c = heap[i];
    for (; i > 0 && heap[(i - 1) / 2]->due > c->due; i = (i - 1) / 2) heap_put(i, heap[(i - 1) / 2]);
    for (int child; (child = 2 * i + 1) < heap_count; i = child) {
        if (child + 1 < heap_count && heap[child + 1]->due < heap[child]->due) child++;
        if (heap[child]->due >= c->due) break;
        heap_put(i, heap[child]);
    }
    heap_put(i, c);
}

static void schedule(struct connection *c, uint64_t due)
{
    c->due = due;
    if (c->heap_index < 0) {
        if (heap_count == heap_capacity) {
            heap_capacity = heap_capacity ? heap_capacity * 2 : 256;
            heap = realloc(heap, (size_t)heap_capacity * sizeof *heap);
        }
        heap_put(heap_count++, c);
    }
    heap_place(c->heap_index);
}

static void unschedule(struct connection *c)
{
    int i = c->heap_index;
    if (i < 0) return;
    c->heap_index = -1;
    struct connection *moved = heap[--heap_count];
    if (moved == c) return;
    heap_put(i, moved);
    heap_place(i);
}

/* ------------------------------------------------------ the doors' wires */

static uint32_t crc_table[256];

static void crc_prepare(void)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int bit = 0; bit < 8; bit++) c = c & 1 ? c >> 1 ^ 0xEDB88320u : c >> 1;
        crc_table[i] = c;
    }
}

/* CRC-32 as in zlib; `crc` is that of the bytes before, 0 at the start. */
static uint32_t crc32_more(uint32_t crc, const char *p, size_t n)
{
    crc = ~crc;
    for (size_t i = 0; i < n; i++) crc = crc_table[(crc ^ (unsigned char)p[i]) & 255] ^ crc >> 8;
    return ~crc;
}

static void big_endian(char *at, uint32_t v)
{
    for (int i = 0; i < 4; i++) at[i] = (char)(v >> (24 - 8 * i));
}

static void add_number(struct buffer *b, uint32_t v)
{
    char bytes[4];
    big_endian(bytes, v);
    buffer_add(b, bytes, sizeof bytes);
}

static void add_string_header(struct buffer *b, const char *name, const char *value)
{
    size_t length = strlen(value);
    char type_and_length[3] = {7, (char)(length >> 8), (char)length};
    char name_length = (char)strlen(name);
    buffer_add(b, &name_length, 1);
    buffer_add(b, name, strlen(name));
    buffer_add(b, type_and_length, sizeof type_and_length);
    buffer_add(b, value, length);
}

static void add_chunk(struct buffer *b, const char *p, size_t n)
{
    buffer_printf(b, "%zx\r\n", n);
    buffer_add(b, p, n);
    buffer_add(b, "\r\n", 2);
}

/* One SSE event in an HTTP chunk of its own. */
static void add_sse(struct buffer *b, const char *json, const char *blank_line)
{
    struct buffer event = {0};
    buffer_printf(&event, "data: %s%s", json, blank_line);
    add_chunk(b, event.p, event.len);
    buffer_free(&event);
}

/* One event-stream frame in an HTTP chunk of its own. */
static void add_frame(struct buffer *b, const char *event_type, const char *payload)
{
    struct buffer headers = {0}, frame = {0};
    add_string_header(&headers, ":event-type", event_type);
    add_string_header(&headers, ":content-type", "application/json");
    add_string_header(&headers, ":message-type", "event");
    add_number(&frame, (uint32_t)(headers.len + strlen(payload) + 16));
    add_number(&frame, (uint32_t)headers.len);
    add_number(&frame, crc32_more(0, frame.p, frame.len));
    buffer_add(&frame, headers.p, headers.len);
    buffer_add(&frame, payload, strlen(payload));
    add_number(&frame, crc32_more(0, frame.p, frame.len));
    add_chunk(b, frame.p, frame.len);
    buffer_free(&headers);
    buffer_free(&frame);
}

#define OPENAI_CHUNK                                                                                            \
    "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,"                    \
    "\"model\":\"mock-model\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_mock\",\"choices\":"
#define GEMINI_END                                                                                              \
    "\"modelVersion\":\"mock-vertex\",\"createTime\":\"2026-01-01T00:00:00.000000Z\",\"responseId\":\"mock\"}"
#define STAMP_HERE "~STAMPSTAMPSTAMPS"
#define PROMPT_TOKENS 25

/* A content event, rendered once; a stamp is written into each copy. */
struct content_event {
    struct buffer bytes;
    size_t stamp_at;
    size_t crc_at; /* 0: no checksum */
    uint32_t crc_before_stamp;
};
static struct content_event content[DOORS];
static struct buffer usual_answer[DOORS];

static void prepare_content(enum door door)
{
    struct content_event *e = &content[door];
    if (door == OPENAI)
        add_sse(&e->bytes, OPENAI_CHUNK "[{\"index\":0,\"delta\":{\"content\":\" " STAMP_HERE "\"},"
                "\"logprobs\":null,\"finish_reason\":null}]}", "\n\n");
    else if (door == BEDROCK)
        add_frame(&e->bytes, "contentBlockDelta",
                  "{\"contentBlockIndex\":0,\"p\":\"abcdefghijkl\",\"delta\":{\"text\":\" " STAMP_HERE "\"}}");
    else
        add_sse(&e->bytes, "{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\" "
                STAMP_HERE "\"}]}}],\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\"}," GEMINI_END, "\r\n\r\n");
    char *stamp = memmem(e->bytes.p, e->bytes.len, STAMP_HERE, STAMP_LETTERS + 1);
    e->stamp_at = (size_t)(stamp - e->bytes.p) + 1;
    if (door == BEDROCK) {
        char *frame = memchr(e->bytes.p, '\n', e->bytes.len) + 1;
        e->crc_at = e->bytes.len - 6; /* before the chunk's CRLF */
        e->crc_before_stamp = crc32_more(0, frame, (size_t)(e->bytes.p + e->stamp_at - frame));
    }
}

/* The stamp stands close to the frame's end, so its checksum need not be taken over the whole frame again. */
static void add_content(struct buffer *b, enum door door)
{
    const struct content_event *e = &content[door];
    size_t start = b->len;
    buffer_add(b, e->bytes.p, e->bytes.len);
    letters_write(b->p + start + e->stamp_at, STAMP_LETTERS, clock_ns());
    if (e->crc_at)
        big_endian(b->p + start + e->crc_at,
                   crc32_more(e->crc_before_stamp, b->p + start + e->stamp_at, e->crc_at - e->stamp_at));
}

/* The answer's head and what comes before the first content event. */
static void add_opening(struct buffer *b, enum door door)
{
    buffer_printf(b, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nCache-Control: no-cache\r\n"
                  "Transfer-Encoding: chunked\r\n%s: mock\r\n\r\n",
                  door == BEDROCK ? "application/vnd.amazon.eventstream" : "text/event-stream; charset=utf-8",
                  door == BEDROCK ? "x-amzn-RequestId" : "x-request-id");
    if (door == OPENAI)
        add_sse(b, OPENAI_CHUNK "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\",\"refusal\":null},"
                "\"logprobs\":null,\"finish_reason\":null}]}", "\n\n");
    if (door == BEDROCK) add_frame(b, "messageStart", "{\"p\":\"abcdefgh\",\"role\":\"assistant\"}");
}

static void add_openai_closing(struct buffer *b, int tokens, bool usage_wanted)
{
    char usage[512];
    snprintf(usage, sizeof usage, OPENAI_CHUNK "[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,"
             "\"total_tokens\":%d}}", PROMPT_TOKENS, tokens, PROMPT_TOKENS + tokens);
    add_sse(b, OPENAI_CHUNK "[{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}", "\n\n");
    if (usage_wanted) add_sse(b, usage, "\n\n");
    add_sse(b, "[DONE]", "\n\n");
}

static void add_bedrock_closing(struct buffer *b, int tokens)
{
    char metadata[256];
    snprintf(metadata, sizeof metadata, "{\"metrics\":{\"latencyMs\":1},\"p\":\"abcd\",\"usage\":{\"inputTokens\":%d,"
             "\"outputTokens\":%d,\"totalTokens\":%d}}", PROMPT_TOKENS, tokens, PROMPT_TOKENS + tokens);
    add_frame(b, "contentBlockStop", "{\"contentBlockIndex\":0,\"p\":\"abcdefghijklmn\"}");
    add_frame(b, "messageStop", "{\"p\":\"abc\",\"stopReason\":\"end_turn\"}");
    add_frame(b, "metadata", metadata);
}

static void add_vertex_closing(struct buffer *b, int tokens)
{
    char end[512];
    snprintf(end, sizeof end,
             "{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"\"}]},"
             "\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":%d,\"candidatesTokenCount\":%d,"
             "\"totalTokenCount\":%d,\"trafficType\":\"ON_DEMAND\"}," GEMINI_END,
             PROMPT_TOKENS, tokens, PROMPT_TOKENS + tokens);
    add_sse(b, end, "\r\n\r\n");
}

static void add_closing(struct buffer *b, enum door door, int tokens, bool usage_wanted)
{
    if (door == OPENAI) add_openai_closing(b, tokens, usage_wanted);
    if (door == BEDROCK) add_bedrock_closing(b, tokens);
    if (door == VERTEX) add_vertex_closing(b, tokens);
    buffer_add(b, "0\r\n\r\n", 5);
}

static void add_json_answer(struct buffer *b, const struct buffer *json)
{
    buffer_printf(b, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                  "x-request-id: mock\r\nx-amzn-RequestId: mock\r\n\r\n", json->len);
    buffer_add(b, json->p, json->len);
}

static char *text_of(size_t length)
{
    static const char sentence[] = "A mock answers at once and always the same, as no model ever would, so that the "
                                   "figures are those of the way between. ";
    char *text = malloc(length + 1);
    for (size_t i = 0; i < length; i++) text[i] = sentence[i % (sizeof sentence - 1)];
    text[length] = 0;
    return text;
}

static void add_embedding(struct buffer *json)
{
    buffer_printf(json, "{\"object\":\"list\",\"data\":[{\"object\":\"embedding\",\"index\":0,\"embedding\":[");
    for (int i = 0; i < 256; i++) buffer_printf(json, "%s0.0%d", i ? "," : "", 1000 + 31 * i);
    buffer_printf(json, "]}],\"model\":\"mock-model\",\"usage\":{\"prompt_tokens\":%d,\"total_tokens\":%d}}",
                  PROMPT_TOKENS, PROMPT_TOKENS);
}

static void add_whole(struct buffer *b, enum door door, size_t length)
{
    char *text = text_of(length);
    int tokens = (int)(length / 4) + 1, total = PROMPT_TOKENS + tokens;
    struct buffer json = {0};
    if (door == EMBEDDINGS)
        add_embedding(&json);
    else if (door == OPENAI)
        buffer_printf(&json, "{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion\",\"created\":1760000000,"
                      "\"model\":\"mock-model\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                      "\"content\":\"%s\",\"refusal\":null},\"logprobs\":null,\"finish_reason\":\"stop\"}],"
                      "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d},"
                      "\"service_tier\":\"default\",\"system_fingerprint\":\"fp_mock\"}",
                      text, PROMPT_TOKENS, tokens, total);
    else if (door == BEDROCK)
        buffer_printf(&json, "{\"metrics\":{\"latencyMs\":1},\"output\":{\"message\":{\"content\":[{\"text\":\"%s\"}],"
                      "\"role\":\"assistant\"}},\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":%d,"
                      "\"outputTokens\":%d,\"totalTokens\":%d}}", text, PROMPT_TOKENS, tokens, total);
    else
        buffer_printf(&json, "{\"candidates\":[{\"index\":0,\"content\":{\"role\":\"model\",\"parts\":[{\"text\":"
                      "\"%s\"}]},\"finishReason\":\"STOP\"}],\"usageMetadata\":{\"promptTokenCount\":%d,"
                      "\"candidatesTokenCount\":%d,\"totalTokenCount\":%d,\"trafficType\":\"ON_DEMAND\"}," GEMINI_END,
                      text, PROMPT_TOKENS, tokens, total);
    add_json_answer(b, &json);
    buffer_free(&json);
    free(text);
}

static void add_error(struct buffer *b, enum door door, int status)
{
    char json[256], extra[64] = "";
    if (door == OPENAI || door == EMBEDDINGS)
        snprintf(json, sizeof json, "{\"error\":{\"message\":\"mock error\",\"type\":\"mock_error\",\"param\":null,"
                 "\"code\":\"mock_%d\"}}", status);
    else if (door == BEDROCK)
        snprintf(json, sizeof json, "{\"message\":\"mock error\"}");
    else
        snprintf(json, sizeof json, "{\"error\":{\"code\":%d,\"message\":\"mock error\",\"status\":\"%s\"}}", status,
                 status == 429 ? "RESOURCE_EXHAUSTED" : status < 500 ? "INVALID_ARGUMENT" : "UNAVAILABLE");
    if (door == BEDROCK)
        snprintf(extra, sizeof extra, "x-amzn-ErrorType: %s\r\n",
                 status == 429  ? "ThrottlingException"
                 : status < 500 ? "ValidationException"
                                : "InternalServerException");
    else if (status == 429)
        snprintf(extra, sizeof extra, "Retry-After: 1\r\n");
    buffer_printf(b, "HTTP/1.1 %d Mock\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s", status,
                  strlen(json), extra, json);
}

/* ------------------------------------------------------------- answering */

static void watch(struct connection *c, int operation)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (c->blocked ? EPOLLOUT : 0), .data.ptr = c};
    epoll_ctl(epoll_fd, operation, c->fd, &e);
}

/* These return false when the connection has to be closed, as all that follow do. */
static bool flush(struct connection *c)
{
    size_t sent = 0;
    while (sent < c->unsent.len) {
        ssize_t n = send(c->fd, c->unsent.p + sent, c->unsent.len - sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) return false;
        if (n < 0) break;
        sent += (size_t)n;
    }
    c->unsent.len -= sent;
    if (c->unsent.len) memmove(c->unsent.p, c->unsent.p + sent, c->unsent.len);
    if (c->blocked != (c->unsent.len > 0)) {
        c->blocked = !c->blocked;
        watch(c, EPOLL_CTL_MOD);
    }
    return true;
}

static bool finish(struct connection *c)
{
    if (!flush(c)) return false;
    stats.open_streams -= c->stream;
    c->stream = false;
    c->state = c->last ? DRAINING : READING_HEAD;
    return !c->last || c->blocked;
}

/* The connection is closed in a way that its other end takes for a failure. */
static bool reset(struct connection *c)
{
    struct linger at_once = {.l_onoff = 1};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    return false;
}

/*
 * Every content event is a write of its own, as a model's would be. Only the first shares one with the answer's head,
 * and the events that close the stream share the last.
 */
static bool step_stream(struct connection *c)
{
    if (c->events_sent == (int)c->ask.reset) return reset(c);
    if (c->events_sent == (int)c->ask.stall) return true;
    if (c->events_sent == 0) add_opening(&c->unsent, c->door);
    if (c->events_sent == (int)c->ask.chunks) {
        add_closing(&c->unsent, c->door, c->events_sent, c->usage_wanted);
        stats.answered++;
        return finish(c);
    }
    add_content(&c->unsent, c->door);
    stats.events++;
    if (!flush(c) || ++c->events_sent == (int)c->ask.drop) return false;
    /* A stream whose reader is behind stands still until its output is gone (see on_writable). */
    if (!c->blocked) schedule(c, c->ask.delay > 0 ? c->due + (uint64_t)(c->ask.delay * 1e6) : clock_ns());
    return true;
}

static bool step(struct connection *c)
{
    if (c->stream) return step_stream(c);
    if (c->ask.reset >= 0) return reset(c);
    if (c->ask.stall >= 0) return true;
    if (c->ask.status != 200) {
        stats.errors++;
        add_error(&c->unsent, c->door, (int)c->ask.status);
    } else if (c->ask.bytes == defaults.bytes) {
        buffer_add(&c->unsent, usual_answer[c->door].p, usual_answer[c->door].len);
    } else {
        add_whole(&c->unsent, c->door, (size_t)c->ask.bytes);
    }
    stats.answered++;
    return finish(c);
}

static bool answer_json(struct connection *c, const char *json)
{
    struct buffer text = {.p = (char *)json, .len = strlen(json)};
    add_json_answer(&c->unsent, &text);
    return finish(c);
}

static bool answer_stats(struct connection *c)
{
    char json[640];
    snprintf(json, sizeof json,
             "{\"requests\":%llu,\"streams\":%llu,\"answered\":%llu,\"aborted\":%llu,\"events\":%llu,"
             "\"body_bytes\":%llu,\"connections\":%llu,\"errors\":%llu,\"unknown\":%llu,\"open_streams\":%llu,"
             "\"open_streams_max\":%llu,\"lag_max_us\":%.1f,\"cpu_s\":%.4f}\n",
             (unsigned long long)stats.requests, (unsigned long long)stats.streams, (unsigned long long)stats.answered,
             (unsigned long long)stats.aborted, (unsigned long long)stats.events, (unsigned long long)stats.body_bytes,
             (unsigned long long)stats.connections, (unsigned long long)stats.errors,
             (unsigned long long)stats.unknown, (unsigned long long)stats.open_streams,
             (unsigned long long)stats.open_streams_max, (double)stats.lag_max_ns / 1000, cpu_seconds());
    return answer_json(c, json);
}

static bool reset_stats(struct connection *c)
{
    uint64_t open = stats.open_streams;
    memset(&stats, 0, sizeof stats);
    stats.open_streams = stats.open_streams_max = open;
    return answer_json(c, "{}");
}

/* ------------------------------------------------- understanding requests */

/* Whether the body has "name": true. In a prompt the quotes would be escaped, so this finds only a member. */
static bool has_flag(const struct buffer *body, const char *quoted_name)
{
    size_t length = strlen(quoted_name);
    const char *p = body->p, *end = body->p + body->len;
    while (p < end && (p = memmem(p, (size_t)(end - p), quoted_name, length))) {
        p += length;
        const char *q = p + strspn(p, " \t\r\n");
        if (*q == ':' && !strncmp(q + 1 + strspn(q + 1, " \t\r\n"), "true", 4)) return true;
    }
    return false;
}

static void read_directives(struct directives *d, const struct buffer *body)
{
    static const char *const names[] = {"chunks", "delay", "latency", "status", "drop", "bytes", "reset", "stall"};
    double *const values[] = {&d->chunks, &d->delay, &d->latency, &d->status,
                              &d->drop,   &d->bytes, &d->reset,   &d->stall};
    *d = defaults;
    const char *p = memmem(body->p, body->len, "mock(", 5);
    for (p = p ? p + 5 : NULL; p;) {
        size_t length = strcspn(p, "=");
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (length == strlen(names[i]) && !strncmp(p, names[i], length)) *values[i] = strtod(p + length + 1, NULL);
        p += strcspn(p, ",)\"");
        p = *p == ',' ? p + 1 : NULL;
    }
    if (!(d->bytes >= 0 && d->bytes <= 64 << 20)) d->bytes = defaults.bytes;
    if (!(d->chunks >= 0 && d->chunks <= 1e6)) d->chunks = defaults.chunks;
    if (!(d->status >= 200 && d->status <= 599)) d->status = 500;
}

static bool ends_with(const char *s, const char *suffix)
{
    size_t a = strlen(s), b = strlen(suffix);
    return a >= b && !strcmp(s + a - b, suffix);
}

/* Which door a POST came to; false if to none. */
static bool find_door(struct connection *c)
{
    const char *t = c->target;
    if (ends_with(t, "/chat/completions")) {
        c->door = OPENAI;
        c->stream = has_flag(&c->body, "\"stream\"");
        c->usage_wanted = c->stream && has_flag(&c->body, "\"include_usage\"");
    } else if (ends_with(t, "/embeddings")) {
        c->door = EMBEDDINGS;
    } else if (!strncmp(t, "/model/", 7) && (ends_with(t, "/converse") || ends_with(t, "/converse-stream"))) {
        c->door = BEDROCK;
        c->stream = ends_with(t, "-stream");
    } else if (ends_with(t, ":generateContent") || ends_with(t, ":streamGenerateContent?alt=sse")) {
        c->door = VERTEX;
        c->stream = ends_with(t, "?alt=sse");
    } else {
        return false;
    }
    return true;
}

static bool answer_model(struct connection *c)
{
    read_directives(&c->ask, &c->body);
    if (c->ask.status != 200) c->stream = false;
    c->events_sent = 0;
    stats.requests++;
    stats.streams += c->stream;
    stats.open_streams += c->stream;
    if (stats.open_streams > stats.open_streams_max) stats.open_streams_max = stats.open_streams;
    c->due = clock_ns() + (uint64_t)(c->ask.latency * 1e6);
    if (c->ask.latency <= 0) return step(c);
    schedule(c, c->due);
    return true;
}

static bool answer(struct connection *c)
{
    c->state = ANSWERING;
    c->stream = false;
    bool post = !strcmp(c->method, "POST");
    if (post && find_door(c)) return answer_model(c);
    if (post && !strcmp(c->target, "/token"))
        return answer_json(c, "{\"access_token\":\"bench\",\"expires_in\":3600,\"token_type\":\"Bearer\"}");
    if (post && !strcmp(c->target, "/reset")) return reset_stats(c);
    if (!post && !strcmp(c->target, "/stats")) return answer_stats(c);
    if (!post && !strcmp(c->target, "/health")) return answer_json(c, "{}");
    stats.unknown++;
    add_error(&c->unsent, OPENAI, 404);
    return finish(c);
}

static void keep_body(void *context, const char *p, size_t n)
{
    struct buffer *kept = &((struct connection *)context)->body;
    stats.body_bytes += n;
    if (kept->len < KEPT_HEAD) {
        size_t run = n < KEPT_HEAD - kept->len ? n : KEPT_HEAD - kept->len;
        buffer_add(kept, p, run);
        p += run;
        n -= run;
    }
    if (n > KEPT_TAIL) {
        p += n - KEPT_TAIL;
        n = KEPT_TAIL;
    }
    size_t over = kept->len + n > KEPT_HEAD + KEPT_TAIL ? kept->len + n - KEPT_HEAD - KEPT_TAIL : 0;
    if (over) {
        memmove(kept->p + KEPT_HEAD, kept->p + KEPT_HEAD + over, kept->len - KEPT_HEAD - over);
        kept->len -= over;
    }
    buffer_add(kept, p, n);
}

static bool copy_word(char *to, size_t capacity, const char **p, const char *end)
{
    const char *space = memchr(*p, ' ', (size_t)(end - *p));
    if (!space || (size_t)(space - *p) >= capacity) return false;
    memcpy(to, *p, (size_t)(space - *p));
    to[space - *p] = 0;
    *p = space + 1;
    return true;
}

static bool read_head(struct connection *c, const char *head, size_t n)
{
    const char *p = head, *end = head + n;
    if (!copy_word(c->method, sizeof c->method, &p, end) || !copy_word(c->target, sizeof c->target, &p, end))
        return false;
    c->last = header_has(head, n, "connection", "close");
    c->body.len = 0;
    body_begin(&c->reader, head, n, false);
    c->state = READING_BODY;
    return true;
}

/* Reads as many requests as there are; *used is what needs not be seen again. */
static bool consume(struct connection *c, const char *p, size_t n, size_t *used)
{
    *used = 0;
    while (c->state != ANSWERING) {
        if (c->state == READING_HEAD) {
            const char *end = memmem(p + *used, n - *used, "\r\n\r\n", 4);
            if (!end) return n - *used < HEAD_LIMIT;
            if (!read_head(c, p + *used, (size_t)(end - p) + 2 - *used)) return false;
            *used = (size_t)(end - p) + 4;
        }
        *used += body_read(&c->reader, p + *used, n - *used, keep_body, c);
        if (c->reader.mode != BODY_DONE) return true;
        buffer_add(&c->body, "", 1); /* a terminator for the string functions */
        c->body.len--;
        if (!answer(c)) return false;
    }
    return n - *used < HEAD_LIMIT;
}

/* A connection's unread bytes go in front of the new ones, so that a head is always in one piece. */
static bool on_readable(struct connection *c)
{
    static char scratch[HEAD_LIMIT + SCRATCH];
    size_t before = c->unread.len, used;
    memcpy(scratch, before ? c->unread.p : "", before);
    ssize_t got = recv(c->fd, scratch + before, SCRATCH, 0);
    if (got < 0) return errno == EAGAIN || errno == EINTR;
    if (got == 0) return false;
    c->unread.len = 0;
    size_t n = before + (size_t)got;
    if (!consume(c, scratch, n, &used)) return false;
    buffer_add(&c->unread, scratch + used, n - used);
    return true;
}

/* A request that came while the one before was being answered. */
static bool read_on(struct connection *c)
{
    if (c->state != READING_HEAD || !c->unread.len) return true;
    struct buffer waiting = c->unread;
    size_t used;
    c->unread = (struct buffer){0};
    bool alive = consume(c, waiting.p, waiting.len, &used);
    buffer_add(&c->unread, waiting.p + used, waiting.len - used);
    buffer_free(&waiting);
    return alive;
}

static bool on_writable(struct connection *c)
{
    if (!flush(c)) return false;
    if (c->blocked) return true;
    if (c->state == DRAINING) return false;
    if (c->stream) schedule(c, clock_ns());
    return read_on(c);
}

/* ------------------------------------------------------------- main loop */

static void close_connection(struct connection *c)
{
    stats.aborted += c->state == ANSWERING;
    stats.open_streams -= c->stream;
    unschedule(c);
    close(c->fd);
    buffer_free(&c->unread);
    buffer_free(&c->unsent);
    buffer_free(&c->body);
    free(c);
}

static void accept_all(int listener)
{
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *c = calloc(1, sizeof *c);
        c->fd = fd;
        c->heap_index = -1;
        watch(c, EPOLL_CTL_ADD);
        stats.connections++;
    }
}

static void on_events(struct connection *c, uint32_t events)
{
    bool alive = !(events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP));
    if (alive && events & EPOLLOUT) alive = on_writable(c);
    if (alive && events & EPOLLIN) alive = on_readable(c);
    if (!alive) close_connection(c);
}

/* Steps that were due when this began; those that fall due meanwhile wait, so that sockets get their turn. */
static void run_timers(void)
{
    uint64_t now = clock_ns();
    while (heap_count && heap[0]->due <= now) {
        struct connection *c = heap[0];
        unschedule(c);
        if (c->ask.delay > 0 && now - c->due > stats.lag_max_ns) stats.lag_max_ns = now - c->due;
        if (!step(c) || !read_on(c)) close_connection(c);
    }
}

static int64_t until_next_step(void)
{
    if (!heap_count) return -1;
    int64_t left = (int64_t)(heap[0]->due - clock_ns());
    return left > 0 ? left : 0;
}

static int listen_on(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) {
        perror("mockllm: listening");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    int port = argc == 3 && !strcmp(argv[1], "--port") ? atoi(argv[2]) : argc == 1 ? 18080 : 0;
    if (port <= 0) {
        fprintf(stderr, "usage: mockllm [--port 18080]\n");
        return 2;
    }
    prepare_process();
    crc_prepare();
    for (enum door door = 0; door < DOORS; door++) {
        if (door != EMBEDDINGS) prepare_content(door);
        add_whole(&usual_answer[door], door, (size_t)defaults.bytes);
    }
    int listener = listen_on(port);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN}, events[256];
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &e);
    for (;;) {
        int n = wait_events(epoll_fd, events, 256, until_next_step());
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) on_events(events[i].data.ptr, events[i].events);
            else accept_all(listener);
        }
        run_timers();
    }
}
