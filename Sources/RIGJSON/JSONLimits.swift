/// What a JSON text may ask of us. Reaching a limit is a named fault, never a slow success.
package struct JSONLimits: Sendable, Equatable {
    /// Arrays and objects that may stand inside each other; `[]` has depth 1.
    package var depthMax: Int
    /// Bytes of one text.
    package var bytesMax: Int
    /// A schema walk may visit this many times the text's structural positions.
    package var workFactor: Int

    /// The depth no configuration may pass: walks recurse, and a thread's stack is finite.
    package static let depthCeiling = 1024
    /// Positions are 32 bits wide, so a text stays below 4 GiB.
    package static let bytesCeiling = Int(UInt32.max) - 64

    package init(depthMax: Int = 128, bytesMax: Int = 4 << 20, workFactor: Int = 64) {
        precondition(depthMax > 0 && depthMax <= Self.depthCeiling, "depth limit is 1...1024")
        precondition(bytesMax >= 0 && bytesMax <= Self.bytesCeiling, "size limit is below 4 GiB")
        precondition(workFactor > 0, "work factor is positive")
        self.depthMax = depthMax
        self.bytesMax = bytesMax
        self.workFactor = workFactor
    }
}
