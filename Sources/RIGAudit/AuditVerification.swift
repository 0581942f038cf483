package import RIGBytes

/// What a check of the whole audit found.
package struct AuditVerification: Sendable, Equatable {
    /// The rows that stand where the newest checkpoint says they do: first and last.
    package var first: Int64
    package var last: Int64
    /// The last linked row's hash.
    package var head: Digest
    /// Checkpoints in either place.
    package var checkpoints: Int
    /// Rows up to this one are held by a signature; those after it only by the chain.
    package var signedThrough: Int64
    /// In the order of what they tell: rows first.
    package var breaches: [AuditBreach] = []

    package var isIntact: Bool { breaches.isEmpty }
}

/// One thing that is not as it was written.
package struct AuditBreach: Sendable, Equatable {
    package enum Kind: String, Sendable {
        /// A row's columns or its hash were changed, or it stands in another's place.
        case rowChanged = "row_changed"
        /// There are rows before and after, and none of this number.
        case rowMissing = "row_missing"
        /// Rows that a checkpoint has seen at the end are gone.
        case tailMissing = "tail_missing"
        /// The rows link up, but are not those that were signed.
        case rowsRewritten = "rows_rewritten"
        /// A checkpoint is not what was signed.
        case checkpointForged = "checkpoint_forged"
        /// A checkpoint is gone from the database or from the file.
        case checkpointMissing = "checkpoint_missing"
        /// Two checkpoints of one number say different things: the database or the file was put
        /// back to an older copy and written on.
        case checkpointsDisagree = "checkpoints_disagree"
        /// Checkpoints were signed by another key than the one that is there.
        case otherKey = "other_key"
        /// There are checkpoints and no key to check them with.
        case keyMissing = "key_missing"
    }

    package let kind: Kind
    /// The first row that is broken; for a checkpoint the row it is about.
    package let seq: Int64
    /// The last row that can be the first broken one, where the checkpoints leave a choice, or the
    /// last one that is missing.
    package let through: Int64
    /// The checkpoint's number; 0 for a row's breach.
    package let checkpoint: Int64
    /// Where a checkpoint is missing.
    package let place: String

    init(
        _ kind: Kind, seq: Int64, through: Int64? = nil, checkpoint: Int64 = 0, place: String = ""
    ) {
        self.kind = kind
        self.seq = seq
        self.through = through ?? seq
        self.checkpoint = checkpoint
        self.place = place
    }

    /// One sentence for people.
    package var text: String {
        switch kind {
        case .rowChanged: "row \(seq) is not as it was written"
        case .rowMissing: "row \(seq) is missing"
        case .tailMissing:
            seq == through
                ? "row \(seq), the last one, is missing"
                : "rows \(seq) to \(through), the last ones, are missing"
        case .rowsRewritten:
            seq == through
                ? "row \(seq) is not the one that was signed"
                : "rows were rewritten: the first of them is one of \(seq) to \(through)"
        case .checkpointForged: "checkpoint \(checkpoint) (row \(seq)) is not as it was signed"
        case .checkpointMissing:
            "checkpoint \(checkpoint) is missing from the \(place)"
        case .checkpointsDisagree:
            "there are two checkpoints \(checkpoint): an older copy was put back and written on"
        case .otherKey:
            "checkpoint \(checkpoint) (row \(seq)) was signed by another key than audit.key"
        case .keyMissing: "audit.key is missing: the checkpoints cannot be checked"
        }
    }
}
