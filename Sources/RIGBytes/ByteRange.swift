/// Where some bytes stand in a `ByteBuffer`: the currency of the request path, in place of slices
/// and strings.
package struct ByteRange: Hashable, Sendable {
    package var offset: Int
    package var count: Int

    package init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }

    /// The first offset past the range.
    package var end: Int { offset + count }
    package var isEmpty: Bool { count == 0 }
}
