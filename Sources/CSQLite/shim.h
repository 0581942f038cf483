// SQLite for RIGStore, the only importer.
//
// The static functions stand for what Swift cannot say: destructor constants (casts of integers
// to function pointers) and the variadic configuration call. They own nothing.
#ifndef RIG_CSQLITE_SHIM_H
#define RIG_CSQLITE_SHIM_H

#include <sqlite3.h>

// Binds bytes that SQLite copies before it returns.
static inline int rig_sqlite_bind_text_copied(
    sqlite3_stmt *statement, int index, const char *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, bytes, count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int rig_sqlite_bind_blob_copied(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// Binds bytes that stay the caller's: they must not change until the statement is reset.
static inline int rig_sqlite_bind_text_lent(
    sqlite3_stmt *statement, int index, const char *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, index, bytes, count, SQLITE_STATIC, SQLITE_UTF8);
}

static inline int rig_sqlite_bind_blob_lent(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes, count, SQLITE_STATIC);
}

// Refuses SQL that could corrupt the file (writable_schema, shadow tables).
static inline int rig_sqlite_make_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

#endif
