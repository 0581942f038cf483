package import RIGLinux

/// What an address is for. Only global ones are reached by a granted name: behind any other may
/// stand the sidecar's own machine, its network, or a cloud's metadata service.
package enum AddressKind: String, Sendable, CaseIterable {
    case global
    case unspecified
    case thisNetwork = "this_network"
    case privateUse = "private"
    case shared
    case loopback
    case linkLocal = "link_local"
    case metadata
    case protocolAssignment = "protocol_assignment"
    case documentation
    case benchmarking
    case relay
    case multicast
    case reserved
    case broadcast
    case uniqueLocal = "unique_local"
    case siteLocal = "site_local"
    /// An IPv4 address in IPv6 clothes: mapped, compatible, or translated (NAT64).
    case embedded
    /// 6to4, Teredo: the packet leaves for an IPv4 address that the name does not show.
    case tunnelled

    /// By the IANA registries of special-purpose addresses (RFC 6890 and its updates); the first
    /// row that fits.
    package static func of(_ address: IPAddress) -> AddressKind {
        if let number = address.ipv4 {
            return ipv4.first { number >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }?.kind
                ?? .global
        }
        return ipv6.first { $0.contains(address) }?.kind
            // Everything that was ever given out lies in here.
            ?? (address.high >> 61 == 0b001 ? .global : .reserved)
    }

    private struct Row4: Sendable {
        let prefix: UInt32
        let bits: UInt32
        let kind: AddressKind

        init(
            _ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ bits: UInt32, _ kind: AddressKind
        ) {
            prefix = a << 24 | b << 16 | c << 8 | d
            self.bits = bits
            self.kind = kind
        }
    }

    private static let ipv4: [Row4] = [
        Row4(169, 254, 169, 254, 32, .metadata), Row4(169, 254, 170, 2, 32, .metadata),
        // Those of Azure, Alibaba and Oracle.
        Row4(168, 63, 129, 16, 32, .metadata), Row4(100, 100, 100, 200, 32, .metadata),
        Row4(192, 0, 0, 192, 32, .metadata),
        Row4(0, 0, 0, 0, 32, .unspecified), Row4(0, 0, 0, 0, 8, .thisNetwork),
        Row4(10, 0, 0, 0, 8, .privateUse), Row4(172, 16, 0, 0, 12, .privateUse),
        Row4(192, 168, 0, 0, 16, .privateUse), Row4(100, 64, 0, 0, 10, .shared),
        Row4(127, 0, 0, 0, 8, .loopback), Row4(169, 254, 0, 0, 16, .linkLocal),
        Row4(192, 0, 0, 0, 24, .protocolAssignment), Row4(192, 0, 2, 0, 24, .documentation),
        Row4(198, 51, 100, 0, 24, .documentation), Row4(203, 0, 113, 0, 24, .documentation),
        Row4(198, 18, 0, 0, 15, .benchmarking), Row4(192, 88, 99, 0, 24, .relay),
        Row4(224, 0, 0, 0, 4, .multicast), Row4(255, 255, 255, 255, 32, .broadcast),
        Row4(240, 0, 0, 0, 4, .reserved),
    ]

    private struct Row6: Sendable {
        let high: UInt64
        let low: UInt64
        let bits: UInt64
        let kind: AddressKind

        init(_ high: UInt64, _ low: UInt64, _ bits: UInt64, _ kind: AddressKind) {
            self.high = high
            self.low = low
            self.bits = bits
            self.kind = kind
        }

        init(_ high: UInt64, _ bits: UInt64, _ kind: AddressKind) {
            self.init(high, 0, bits, kind)
        }

        func contains(_ address: IPAddress) -> Bool {
            if bits <= 64 { return address.high >> (64 - bits) == high >> (64 - bits) }
            return address.high == high && address.low >> (128 - bits) == low >> (128 - bits)
        }
    }

    private static let ipv6: [Row6] = [
        Row6(0, 0, 128, .unspecified), Row6(0, 1, 128, .loopback),
        // ::ffff:0:0/96, ::ffff:0:0:0/96 and ::/96; 64:ff9b::/96 and 64:ff9b:1::/48.
        Row6(0, 0x0000_FFFF_0000_0000, 96, .embedded),
        Row6(0, 0xFFFF_0000_0000_0000, 96, .embedded), Row6(0, 0, 96, .embedded),
        Row6(0x0064_FF9B_0000_0000, 0, 96, .embedded), Row6(0x0064_FF9B_0001_0000, 48, .embedded),
        Row6(0xFD00_0EC2_0000_0000, 0x254, 128, .metadata),
        Row6(0xFD20_00CE_0000_0000, 0x254, 128, .metadata),
        Row6(0xFE80_0000_0000_0000, 10, .linkLocal), Row6(0xFEC0_0000_0000_0000, 10, .siteLocal),
        Row6(0xFC00_0000_0000_0000, 7, .uniqueLocal), Row6(0xFF00_0000_0000_0000, 8, .multicast),
        Row6(0x2001_0000_0000_0000, 32, .tunnelled), Row6(0x2002_0000_0000_0000, 16, .tunnelled),
        Row6(0x2001_0000_0000_0000, 23, .protocolAssignment),
        Row6(0x2001_0DB8_0000_0000, 32, .documentation),
        Row6(0x3FFF_0000_0000_0000, 20, .documentation),
    ]
}
