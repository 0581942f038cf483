internal import RIGBytes
internal import RIGModel

/// Looks for a placeholder in bytes that pass in portions. Finds it in what is not encrypted: there
/// is nothing to find in TLS between a worker and its host.
struct PlaceholderMarker {
    private static let pattern = Array(SecretPlaceholder.prefix.utf8)

    private(set) var isFound = false
    /// Bytes of the pattern that the last portion ended with.
    private var matched = 0
    private var last: UInt8 = 0

    mutating func look(_ buffer: ByteBuffer, _ range: ByteRange) {
        if isFound { return }
        let pattern = Self.pattern
        for index in range.offset..<range.end {
            let byte = buffer[index]
            if byte == pattern[matched] {
                matched += 1
                if matched == pattern.count {
                    isFound = true
                    return
                }
            } else {
                // What of a failed match may begin another one: the pattern has "r" again, and
                // never "ri".
                matched = byte == pattern[0] ? 1 : byte == pattern[1] && last == pattern[0] ? 2 : 0
            }
            last = byte
        }
    }
}
