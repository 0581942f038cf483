package import RIGModel

/// A secret that is put into requests to one host, and nowhere else.
package struct EgressSecret: Sendable, Equatable {
    package enum Placement: Sendable, Equatable {
        /// The value stands between prefix and suffix; it replaces a field of that name.
        case header(name: String, prefix: String, suffix: String)
        /// `Authorization: Basic` and the value in base64: "user:password" (RFC 7617).
        case basic
        /// The value, percent-encoded; it replaces a parameter of that name.
        case query(name: String)
    }

    package let slot: String
    /// Where the request goes, by TLS. Workers call `http://host`.
    package let host: NetTarget
    package let placement: Placement
    package let value: String

    package init(slot: String, host: NetTarget, placement: Placement, value: String) {
        self.slot = slot
        self.host = host
        self.placement = placement
        self.value = value
    }

    /// What a worker holds in the value's place. It may stand in the named header or parameter, or
    /// not: whatever stands there is replaced.
    package var placeholder: String { SecretPlaceholder.of(slot) }

    /// Whether the value can stand where it is to be put: a field's value is visible ASCII and
    /// blanks (RFC 9110, section 5.5), or it would end its line and begin another.
    package var fits: Bool {
        switch placement {
        case .query, .basic: true
        case .header: value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
    }
}
