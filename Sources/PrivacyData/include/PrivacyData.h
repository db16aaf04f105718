#ifndef PRIVACY_DATA_H
#define PRIVACY_DATA_H

#include <stddef.h>

/// What lists and training have come to; see Training/README.md. It lies in the program as it is, so that nothing is
/// read or parsed at the start.
extern const unsigned char northern_privacy_data[];
extern const unsigned char northern_privacy_data_end[];

/// Swift doesn't see arrays without a size, hence these two.
static inline const unsigned char *_Nonnull northern_privacy_data_start(void) { return northern_privacy_data; }

static inline size_t northern_privacy_data_count(void) {
    return (size_t)(northern_privacy_data_end - northern_privacy_data);
}

#endif
