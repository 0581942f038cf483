/// Where a call stands in its caller's trace (W3C Trace Context, `traceparent`): passed on to the pack
/// as it came, for the pack's own calls.
package struct TraceParent: Hashable, Sendable {
    package let text: String

    /// nil for what is not of version 00 or names no trace: the specification wants such a value
    /// ignored, not refused.
    package init?(given text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count == 55, text.hasPrefix("00-") else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isDash = index == 2 || index == 35 || index == 52
            let isHex = (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
            guard isDash ? byte == UInt8(ascii: "-") : isHex else { return nil }
        }
        let zero = UInt8(ascii: "0")
        guard bytes[3..<35].contains(where: { $0 != zero }),
            bytes[36..<52].contains(where: { $0 != zero })
        else { return nil }
        self.text = text
    }
}
