internal import Glibc

/// An IPv4 or IPv6 address, without a zone.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    package let isIPv4: Bool
    /// The first 64 bits of an IPv6 address; 0 for IPv4.
    package let high: UInt64
    /// The last 64 bits; an IPv4 address is a number of 32.
    package let low: UInt64

    package init(ipv4 number: UInt32) {
        isIPv4 = true
        high = 0
        low = UInt64(number)
    }

    package init(ipv6 high: UInt64, _ low: UInt64) {
        isIPv4 = false
        self.high = high
        self.low = low
    }

    /// Four decimal numbers, or what RFC 4291 (section 2.2) allows; nothing else that resolvers
    /// take for an address: no `127.1`, no `0x7f000001`, no leading zeros, no zone.
    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 {
            self.init(ipv4: UInt32(bigEndian: four.s_addr))
            return
        }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        self.init(six)
    }

    init(_ address: in6_addr) {
        // SAFETY: 16 bytes of a value that lives here, read as bytes.
        let words = unsafe withUnsafeBytes(of: address) { bytes in
            unsafe (
                bytes[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) },
                bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            )
        }
        self.init(ipv6: words.0, words.1)
    }

    /// The number of an IPv4 address, in the machine's order; nil for IPv6.
    package var ipv4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }

    /// As RFC 5952 writes it, without brackets.
    package var description: String {
        var room = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let size = socklen_t(room.count)
        if let ipv4 {
            var address = in_addr(s_addr: ipv4.bigEndian)
            _ = unsafe inet_ntop(AF_INET, &address, &room, size)
        } else {
            var address = ipv6Address
            _ = unsafe inet_ntop(AF_INET6, &address, &room, size)
        }
        let text = room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: text, as: UTF8.self)
    }

    var ipv6Address: in6_addr {
        var address = in6_addr()
        // SAFETY: the value has exactly these 16 bytes.
        unsafe withUnsafeMutableBytes(of: &address) { bytes in
            for index in 0..<8 {
                unsafe bytes[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
                unsafe bytes[8 + index] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
            }
        }
        return address
    }
}
