package import RIGLinux

/// An address of the worker's own network namespace on which the sidecar listens, hence everything
/// a worker can connect to. The socket is bound and listening before the worker runs; the sidecar
/// accepts on it from outside.
package struct JailListener: Hashable, Sendable {
    /// IPv4 in the machine's order, within 127.0.0.0/8: nothing else is local to the namespace.
    package let address: UInt32
    package let port: UInt16

    package init(address: UInt32, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// That one worker may have.
    package static let countMax = 128

    var isLoopback: Bool { address >> 24 == 127 && port != 0 }
}

/// A line of the worker's /etc/hosts, the only place where it can look a name up.
package struct JailHost: Hashable, Sendable {
    package let name: String
    /// IPv4 in the machine's order.
    package let address: UInt32

    package init(name: String, address: UInt32) {
        self.name = name
        self.address = address
    }

    /// As /etc/hosts has it.
    var line: String {
        let octets = [24, 16, 8, 0].map { "\(address >> $0 & 0xff)" }
        return octets.joined(separator: ".") + " " + name + "\n"
    }

    /// A name of letters, digits, dots and hyphens cannot begin another line.
    var isPlain: Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

/// Listening sockets of one worker, in the order of its plan, each handed out once. What is not
/// taken closes with the value; a socket that stays open keeps the worker's namespace alive.
package struct JailSockets: ~Copyable, Sendable {
    private var fds: [CInt]

    init(_ fds: [CInt]) { self.fds = fds }

    deinit {
        for fd in fds { _ = Descriptor(owning: fd) }
    }

    package var count: Int { fds.count }

    /// The launcher's next report, and what came with it.
    mutating func receive(_ control: CInt) throws(SandboxError) -> JailReport? {
        try JailReport.read(control, into: &fds)
    }

    /// The first that was not taken yet.
    package mutating func take() -> Descriptor? {
        fds.isEmpty ? nil : Descriptor(owning: fds.removeFirst())
    }
}
