#include "CLibpq.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

static struct libpq functions;
static bool is_loaded;

static void load(void) {
#ifdef __APPLE__
    void *library = dlopen("libpq.5.dylib", RTLD_NOW | RTLD_LOCAL);
#else
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
#endif
    if (!library) return;
#define F(name) if (!(functions.name = (__typeof__(&name))dlsym(library, #name))) return;
    LIBPQ_FUNCTIONS(F)
#undef F
    is_loaded = true;
}

const struct libpq *libpq_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded ? &functions : 0;
}

static void ignore(void *argument, const char *message) {
    (void)argument;
    (void)message;
}

void libpq_quiet(const struct libpq *library, PGconn *connection) {
    library->PQsetNoticeProcessor(connection, ignore, 0);
}
