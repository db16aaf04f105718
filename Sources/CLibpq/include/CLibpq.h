#pragma once
#include <postgresql/libpq-fe.h>

// What is used of PostgreSQL's client library. The library is loaded when it is first asked for, so that a program that
// never is needs none: it is smaller and starts sooner by that.
#define LIBPQ_FUNCTIONS(F) \
    F(PQconnectdbParams) F(PQconninfoParse) F(PQconninfoFree) F(PQfreemem) F(PQfinish) F(PQstatus) F(PQsocket) \
    F(PQerrorMessage) F(PQsetNoticeProcessor) F(PQsendQuery) F(PQsendQueryParams) F(PQsendPrepare) \
    F(PQsendQueryPrepared) F(PQisBusy) F(PQconsumeInput) F(PQgetResult) F(PQresultStatus) F(PQresultErrorField) \
    F(PQclear) F(PQntuples) F(PQnfields) F(PQfnumber) F(PQgetvalue) F(PQgetisnull) F(PQgetlength) F(PQcmdTuples) \
    F(PQfname) F(PQftype) \
    F(PQtransactionStatus)

struct libpq {
#define F(name) __typeof__(&name) _Nonnull name;
    LIBPQ_FUNCTIONS(F)
#undef F
};

/// NULL when the library, or a function of it, isn't there.
const struct libpq *_Nullable libpq_load(void);

/// Keeps what the server notes from standard error, where the library would write it.
void libpq_quiet(const struct libpq *_Nonnull library, PGconn *_Nonnull connection);
