#ifndef PRIVACY_DATA_H
#define PRIVACY_DATA_H

/// What lists and training have come to; see Training/README.md. It lies in the program as it is, so that nothing is
/// read or parsed at the start.
extern const unsigned char northern_privacy_data[];
extern const unsigned char northern_privacy_data_end[];

#endif
