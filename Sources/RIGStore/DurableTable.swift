package import RIGBytes

/// What the rows of one table number mean: made, used and dropped on the durable thread.
package protocol DurableTable: AnyObject {
    /// Called in the open transaction before this table's first row in it. Whatever is remembered
    /// between rows is read anew here, since another process may have written meanwhile, or the
    /// transaction before may have been rolled back.
    func begin() throws(SQLiteError)

    /// Writes one row. Returns 0, or a code of the table's own after having written nothing.
    func write(_ buffer: ByteBuffer, _ payload: ByteRange) throws(SQLiteError) -> UInt32

    /// Does what is due beside the rows, in transactions of its own: asked after every commit, when
    /// the time that it last named is over, and, `isClosing`, at the end. Not asked while the disk
    /// takes nothing. Must be short: rows wait meanwhile.
    /// - Returns: in how many milliseconds it wants to be asked again; nil for after a commit.
    func tend(isClosing: Bool) -> Int?
}

extension DurableTable {
    /// Most tables have nothing beside their rows.
    package func tend(isClosing: Bool) -> Int? { nil }
}

/// A row of another table that has to be written in one transaction with a row: first, for a row that
/// stands or falls with it, or beside it.
package struct DurableCondition {
    let table: UInt8
    let encode: (ByteBuffer) -> Void

    package init(table: UInt8, _ encode: @escaping (ByteBuffer) -> Void) {
        self.table = table
        self.encode = encode
    }
}
