/// What bounds a text before and while it is read.
package struct YAMLLimits: Sendable {
    package var bytesMax = 1 << 20
    package var depthMax = 64

    package init() {}
}

/// A YAML 1.2 text, read strictly: one document, core schema, no anchors, aliases, tags, merge keys
/// or duplicate keys.
///
/// In: any bytes. Out: a tree with the place of every node, or one error with its place. Time and
/// space are linear in the bytes.
///
///     let document = try YAMLDocument("packs:\n  - path: ./echo\n".utf8)
///     document.root["packs"]    // a list in line 2, column 3
package struct YAMLDocument: Sendable {
    package let root: YAMLNode
    /// The text as it was read.
    package let bytes: [UInt8]
    private let table: YAMLLineTable

    package init(
        _ text: some Collection<UInt8>, limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) {
        let bytes = Array(text)
        let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard bytes.count <= limits.bytesMax else {
            throw YAMLError(
                code: .tooLarge,
                position: YAMLPosition(offset: limits.bytesMax, line: 1, column: 1))
        }
        let table = YAMLLineTable(bytes, from: start)
        if let fault = YAMLCharacters.firstFault(bytes, from: start) {
            throw YAMLError(code: fault.code, position: table.position(fault.offset))
        }
        var parser = YAMLParser(bytes, from: start, table: table, limits: limits)
        root = try parser.document()
        self.bytes = bytes
        self.table = table
    }

    /// Line and column of a byte.
    package func position(_ offset: Int) -> YAMLPosition { table.position(offset) }

    /// The bytes between two offsets as text.
    package func source(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
