extension Schema {
    /// `state.db`: everything RIG remembers, in one file, so that one transaction can hold all of
    /// what belongs together (an approval's consumption and its intent row).
    package static let state = Schema(
        applicationID: 0x5249_4753,  // "RIGS"
        migrations: [audit, approvals, auditCheckpoints, idempotency])

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

    /// Signed words on the chain, and the arguments a row may hold. Rows that a checkpoint has
    /// declared pruned may be deleted, and no others.
    private static let auditCheckpoints = """
        ALTER TABLE audit_row ADD COLUMN args TEXT NOT NULL DEFAULT '';

        CREATE TABLE audit_checkpoint(
          number     INTEGER PRIMARY KEY,
          seq        INTEGER NOT NULL,
          hash       BLOB NOT NULL CHECK (length(hash) = 32),
          start_seq  INTEGER NOT NULL,
          start_hash BLOB NOT NULL CHECK (length(start_hash) = 32),
          time_ms    INTEGER NOT NULL,
          key        TEXT NOT NULL,
          mac        BLOB NOT NULL CHECK (length(mac) = 32)
        ) STRICT;

        CREATE TRIGGER audit_checkpoint_is_never_changed BEFORE UPDATE ON audit_checkpoint
        BEGIN SELECT RAISE(ABORT, 'checkpoints are never changed'); END;
        CREATE TRIGGER audit_checkpoint_is_never_deleted BEFORE DELETE ON audit_checkpoint
        WHEN OLD.seq >= coalesce((SELECT start_seq FROM audit_checkpoint
          ORDER BY number DESC LIMIT 1), 0)
        BEGIN SELECT RAISE(ABORT, 'checkpoints are never deleted'); END;

        DROP TRIGGER audit_row_is_never_deleted;
        CREATE TRIGGER audit_row_is_never_deleted BEFORE DELETE ON audit_row
        WHEN OLD.seq > coalesce((SELECT start_seq FROM audit_checkpoint
          ORDER BY number DESC LIMIT 1), 0)
        BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END;
        """

    /// Approvals (RIGApproval): what a person was asked and said. Two indexes hold rules that no
    /// program must be trusted with: one open record for one call, and the open ones by their end.
    private static let approvals = """
        CREATE TABLE approval(
          id             TEXT PRIMARY KEY,
          state          TEXT NOT NULL CHECK (
                           state IN ('pending', 'approved', 'denied', 'consumed', 'expired')),
          binding        TEXT NOT NULL CHECK (length(binding) = 64),
          seal           TEXT NOT NULL CHECK (length(seal) = 64),
          created_ms     INTEGER NOT NULL,
          expires_ms     INTEGER NOT NULL,
          tenant         TEXT NOT NULL,
          actor          TEXT NOT NULL,
          front          TEXT NOT NULL,
          tool           TEXT NOT NULL,
          risk           TEXT NOT NULL,
          pack           TEXT NOT NULL,
          pack_version   TEXT NOT NULL,
          snapshot       TEXT NOT NULL,
          rule           TEXT NOT NULL,
          call_id        TEXT NOT NULL,
          correlation_id TEXT NOT NULL,
          args_digest    TEXT NOT NULL,
          args_bytes     INTEGER NOT NULL,
          args           TEXT,
          decided_ms     INTEGER NOT NULL DEFAULT 0,
          decided_by     TEXT NOT NULL DEFAULT '',
          channel        TEXT NOT NULL DEFAULT '',
          note           TEXT NOT NULL DEFAULT '',
          consumed_ms    INTEGER NOT NULL DEFAULT 0,
          consumed_by    TEXT NOT NULL DEFAULT '',
          CHECK (args IS NULL OR state IN ('pending', 'approved'))
        ) STRICT;
        CREATE UNIQUE INDEX approval_open_once ON approval(binding)
          WHERE state IN ('pending', 'approved');
        CREATE INDEX approval_open_by_end ON approval(expires_ms)
          WHERE state IN ('pending', 'approved');
        CREATE INDEX approval_by_binding ON approval(binding, created_ms);
        CREATE INDEX approval_by_time ON approval(created_ms);

        CREATE TRIGGER approval_ends_once BEFORE UPDATE ON approval
        WHEN OLD.state NOT IN ('pending', 'approved')
        BEGIN SELECT RAISE(ABORT, 'an approval that has ended is never changed'); END;
        CREATE TRIGGER approval_keeps_its_terms BEFORE UPDATE ON approval
        WHEN NEW.id <> OLD.id OR NEW.binding <> OLD.binding OR NEW.seal <> OLD.seal
          OR NEW.expires_ms <> OLD.expires_ms
        BEGIN SELECT RAISE(ABORT, 'what an approval covers is never changed'); END;
        """

    /// Idempotency keys (RIGIdempotency): `open` from a call's intent on, `done` with its outcome. The
    /// body is an output or an error after the secrets were taken out. Triggers count what there is,
    /// so that no bound has to be looked up by a walk over all rows.
    private static let idempotency = """
        CREATE TABLE idempotency(
          id          INTEGER PRIMARY KEY,
          scope       TEXT NOT NULL UNIQUE CHECK (length(scope) = 64),
          fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
          state       TEXT NOT NULL CHECK (state IN ('open', 'done')),
          call_id     TEXT NOT NULL,
          expires_ms  INTEGER NOT NULL,
          is_output   INTEGER NOT NULL DEFAULT 0,
          meta        TEXT NOT NULL DEFAULT '',
          body_bytes  INTEGER NOT NULL DEFAULT 0,
          body        TEXT
        ) STRICT;
        CREATE INDEX idempotency_by_end ON idempotency(expires_ms);
        CREATE INDEX idempotency_bodies_by_end ON idempotency(expires_ms)
          WHERE body IS NOT NULL;

        CREATE TABLE idempotency_total(
          id    INTEGER PRIMARY KEY CHECK (id = 1),
          keys  INTEGER NOT NULL,
          bytes INTEGER NOT NULL
        ) STRICT;
        INSERT INTO idempotency_total VALUES (1, 0, 0);

        CREATE TRIGGER idempotency_counts_more AFTER INSERT ON idempotency
        BEGIN
          UPDATE idempotency_total SET keys = keys + 1,
            bytes = bytes + coalesce(length(CAST(NEW.body AS BLOB)), 0);
        END;
        CREATE TRIGGER idempotency_counts_less AFTER DELETE ON idempotency
        BEGIN
          UPDATE idempotency_total SET keys = keys - 1,
            bytes = bytes - coalesce(length(CAST(OLD.body AS BLOB)), 0);
        END;
        CREATE TRIGGER idempotency_counts_bodies AFTER UPDATE OF body ON idempotency
        BEGIN
          UPDATE idempotency_total SET bytes = bytes
            + coalesce(length(CAST(NEW.body AS BLOB)), 0) - coalesce(length(CAST(OLD.body AS BLOB)), 0);
        END;
        CREATE TRIGGER idempotency_ends_once BEFORE UPDATE ON idempotency
        WHEN OLD.state = 'done' AND (NEW.state <> 'done' OR NEW.call_id <> OLD.call_id)
        BEGIN SELECT RAISE(ABORT, 'a key whose call has ended is never begun again'); END;
        """
}
