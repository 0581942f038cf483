/// What one message may cost its reader, in bytes unless a name says otherwise.
package struct HTTPLimits: Sendable {
    /// The first line, without its CRLF.
    package var requestLineBytesMax = 8 << 10
    /// Everything up to the empty line; also a trailer section by itself.
    package var headBytesMax = 32 << 10
    package var fieldCountMax = 100
    /// The content, without chunk framing.
    package var bodyBytesMax = 8 << 20
    /// Chunk sizes, extensions and line ends of one body, all together.
    package var chunkFramingBytesMax = 1 << 20
    /// One chunk's size line, without its CRLF.
    package var chunkLineBytesMax = 256

    package init() {}
}
