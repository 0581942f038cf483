/// Well-formed UTF-8 (the Unicode Standard, table 3-7), one sequence at a time.
enum UTF8Sequence {
    /// The length of the sequence at `index`; nil when it is malformed or cut off.
    static func length(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            // SAFETY: compared with the count first.
            guard index + offset < bytes.count else { return false }
            let byte = unsafe bytes[index + offset]
            return byte >= low && byte <= high
        }
        switch unsafe bytes[index] {
        case 0x00...0x7F: return 1
        case 0xC2...0xDF: return tail(1) ? 2 : nil
        case 0xE0: return tail(1, 0xA0) && tail(2) ? 3 : nil
        case 0xED: return tail(1, 0x80, 0x9F) && tail(2) ? 3 : nil
        case 0xE1...0xEF: return tail(1) && tail(2) ? 3 : nil
        case 0xF0: return tail(1, 0x90) && tail(2) && tail(3) ? 4 : nil
        case 0xF4: return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : nil
        case 0xF1...0xF3: return tail(1) && tail(2) && tail(3) ? 4 : nil
        default: return nil
        }
    }
}
