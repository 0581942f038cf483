internal import RIGBytes

/// Strings as JSON writes them (RFC 8259 section 7), with the shortest escapes: the ones that RFC
/// 8785 section 3.2.2.2 asks for too.
enum JSONEscaping {
    /// Bytes escaped between two looks at the buffer's room.
    private static let chunkBytes = 1024
    /// What an escape may make of a byte, and what a copy of eight may write too much.
    private static let growth = 6
    private static let slackBytes = 8

    /// Appends `text` in quotes, behind a comma and before a colon when they are asked for.
    static func append(
        _ text: String, to buffer: ByteBuffer, comma: Bool = false, colon: Bool = false
    ) {
        let done: Void? = unsafe text.utf8.withContiguousStorageIfAvailable {
            unsafe append($0, to: buffer, comma: comma, colon: colon)
        }
        if done == nil {
            // Only strings bridged from elsewhere are not contiguous; none are on the path.
            unsafe Array(text.utf8).withUnsafeBufferPointer {
                unsafe append($0, to: buffer, comma: comma, colon: colon)
            }
        }
    }

    static func append(
        _ bytes: UnsafeBufferPointer<UInt8>, to buffer: ByteBuffer, comma: Bool,
        colon: Bool = false
    ) {
        var start = 0
        repeat {
            let count = min(bytes.count - start, chunkBytes)
            let room = unsafe Room(buffer, atLeast: count * growth + slackBytes + 4)
            var cursor = unsafe room.start
            if start == 0 {
                if comma { unsafe put(UInt8(ascii: ","), at: &cursor) }
                unsafe put(UInt8(ascii: "\""), at: &cursor)
            }
            // SAFETY: the room holds `growth` bytes for each of `count`, the slack, and four more.
            unsafe escape(UnsafeBufferPointer(rebasing: bytes[start..<start + count]), to: &cursor)
            start += count
            if start == bytes.count {
                unsafe put(UInt8(ascii: "\""), at: &cursor)
                if colon { unsafe put(UInt8(ascii: ":"), at: &cursor) }
            }
            unsafe room.commit(upTo: cursor)
        } while start < bytes.count
    }

    /// Copies `bytes` with escapes, eight at a time where none is needed.
    private static func escape(
        _ bytes: UnsafeBufferPointer<UInt8>, to cursor: inout UnsafeMutablePointer<UInt8>
    ) {
        guard let base = unsafe UnsafeRawPointer(bytes.baseAddress) else { return }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        var index = 0
        while index < bytes.count {
            if index + 8 <= bytes.count {
                // SAFETY: eight bytes lie in the source from `index` on, and the slack takes them.
                let word = unsafe base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                unsafe UnsafeMutableRawPointer(cursor).storeBytes(of: word, as: UInt64.self)
                let text = UInt64(littleEndian: word)
                let quote = text ^ (ones &* 0x22)
                let backslash = text ^ (ones &* 0x5C)
                // The lowest marked byte is exact; a borrow can only mark bytes above it.
                let marks =
                    (((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
                        | ((text &- (ones &* 0x20)) & ~text)) & tops
                let clean = marks == 0 ? 8 : marks.trailingZeroBitCount / 8
                unsafe cursor += clean
                index += clean
                if marks == 0 { continue }
            }
            let byte = unsafe bytes[index]
            index += 1
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                unsafe put(byte, at: &cursor)
            } else {
                unsafe putEscape(byte, at: &cursor)
            }
        }
    }

    private static func putEscape(_ byte: UInt8, at cursor: inout UnsafeMutablePointer<UInt8>) {
        unsafe put(UInt8(ascii: "\\"), at: &cursor)
        switch byte {
        case 0x08: unsafe put(UInt8(ascii: "b"), at: &cursor)
        case 0x09: unsafe put(UInt8(ascii: "t"), at: &cursor)
        case 0x0A: unsafe put(UInt8(ascii: "n"), at: &cursor)
        case 0x0C: unsafe put(UInt8(ascii: "f"), at: &cursor)
        case 0x0D: unsafe put(UInt8(ascii: "r"), at: &cursor)
        case 0x22, 0x5C: unsafe put(byte, at: &cursor)
        default:
            unsafe put(UInt8(ascii: "u"), at: &cursor)
            unsafe put(UInt8(ascii: "0"), at: &cursor)
            unsafe put(UInt8(ascii: "0"), at: &cursor)
            unsafe put(Hex.digit(byte >> 4), at: &cursor)
            unsafe put(Hex.digit(byte & 15), at: &cursor)
        }
    }

    @inline(__always)
    private static func put(_ byte: UInt8, at cursor: inout UnsafeMutablePointer<UInt8>) {
        unsafe cursor.pointee = byte
        unsafe cursor += 1
    }
}

/// Free room behind a buffer's bytes, taken once a token and not once a byte: a call into another
/// module costs as much as ten bytes written here.
@unsafe
struct Room {
    let start: UnsafeMutablePointer<UInt8>
    private let buffer: ByteBuffer

    init(_ buffer: ByteBuffer, atLeast bytes: Int) {
        let room = unsafe buffer.unsafeRoom(atLeast: bytes)
        guard let base = room.baseAddress else {
            preconditionFailure("a buffer's room has an address")
        }
        unsafe start = base.assumingMemoryBound(to: UInt8.self)
        unsafe self.buffer = buffer
    }

    /// Makes what was written before `cursor` part of the buffer.
    func commit(upTo cursor: UnsafeMutablePointer<UInt8>) {
        unsafe buffer.commit(cursor - start)
    }
}
