extension Schema {
    /// `state.db`: everything RIG remembers, in one file, so that one transaction can hold all of
    /// what belongs together (an approval's consumption and its intent row).
    package static let state = Schema(
        applicationID: 0x5249_4753,  // "RIGS"
        migrations: [audit])

    /// The audit: an append-only table under a hash chain, the calls that have an intent and no
    /// outcome yet, and the processes that wrote (a run is alive while it holds its byte of the
    /// lock file).
    private static let audit = """
        CREATE TABLE audit_row(
          seq            INTEGER PRIMARY KEY,
          time_ms        INTEGER NOT NULL,
          kind           TEXT NOT NULL,
          run            INTEGER NOT NULL,
          call_id        TEXT NOT NULL,
          correlation_id TEXT NOT NULL,
          tenant         TEXT NOT NULL,
          actor          TEXT NOT NULL,
          tool           TEXT NOT NULL,
          pack           TEXT NOT NULL,
          pack_version   TEXT NOT NULL,
          snapshot       TEXT NOT NULL,
          risk           TEXT NOT NULL,
          args_digest    TEXT NOT NULL,
          decision       TEXT NOT NULL,
          status         TEXT NOT NULL,
          attempts       INTEGER NOT NULL,
          duration_us    INTEGER NOT NULL,
          worker_pid     INTEGER NOT NULL,
          front          TEXT NOT NULL,
          sandbox        TEXT NOT NULL,
          note           TEXT NOT NULL,
          hash           BLOB NOT NULL CHECK (length(hash) = 32)
        ) STRICT;
        CREATE INDEX audit_row_by_call ON audit_row(call_id);
        CREATE INDEX audit_row_by_correlation ON audit_row(correlation_id);

        CREATE TRIGGER audit_row_is_never_changed BEFORE UPDATE ON audit_row
        BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
        CREATE TRIGGER audit_row_is_never_deleted BEFORE DELETE ON audit_row
        BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;

        CREATE TABLE audit_open(
          call_id TEXT PRIMARY KEY,
          seq     INTEGER NOT NULL REFERENCES audit_row(seq),
          run     INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE audit_run(
          run        INTEGER PRIMARY KEY AUTOINCREMENT,
          started_ms INTEGER NOT NULL,
          pid        INTEGER NOT NULL
        ) STRICT;
        """
}
