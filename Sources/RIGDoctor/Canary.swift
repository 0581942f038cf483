internal import RIGLinux
internal import RIGSandbox

/// What a worker must not reach, laid out beside it so that only the jail stands in between, and a
/// look afterwards at whether it was.
struct Canary: ~Copyable {
    let folder: String
    /// Granted for reading only.
    let readOnlyFile: String
    private let port: Descriptor
    private let abstract: Descriptor
    private let datagrams: Descriptor
    private let abstractName: String
    private let datagramPath: String

    private static let treasure = Array("treasure".utf8)
    private static let names = ["secret", "victim"]

    /// - Parameter parent: A folder that anybody may pass through.
    static func lay(in parent: String, readOnlyFile: String) throws(Errno) -> Canary {
        let folder = Path.join(parent, "canary")
        try File.makeDirectory(folder)
        // Modes that let everybody in: no uid may be what holds a worker off.
        try File.setMode(folder, 0o777)
        for name in names {
            let path = Path.join(folder, name)
            try File.replaceAtomically(path, with: treasure, mode: 0o666)
            try File.setMode(path, 0o666)
        }
        try File.setMode(readOnlyFile, 0o666)
        let abstractName = "rig-doctor-" + Random.name()
        let datagramPath = Path.join(parent, "datagrams")
        let datagrams = try NamedSocket.receive(at: datagramPath)
        try File.setMode(datagramPath, 0o777)
        return Canary(
            folder: folder, readOnlyFile: readOnlyFile,
            port: try TCPSocket.listen(host: "127.0.0.1", port: 0),
            abstract: try NamedSocket.listenAbstract(abstractName), datagrams: datagrams,
            abstractName: abstractName, datagramPath: datagramPath)
    }

    /// Where the probes find it (runners/probes/escape.py).
    func environment() throws(Errno) -> [String: String] {
        [
            "RIG_CANARY_DIR": folder, "RIG_READ": readOnlyFile,
            "RIG_CANARY_PORT": String(try TCPSocket.localPort(port.fd)),
            "RIG_CANARY_ABSTRACT": abstractName, "RIG_CANARY_UNIX": datagramPath,
            "RIG_CANARY_PID": String(Facts.processID()),
        ]
    }

    /// What was touched, in words; empty when nothing was. Each is told once.
    func touched() throws(Errno) -> [String] {
        var found: [String] = []
        let names = try Directory.names(folder).sorted()
        for name in names where !Self.names.contains(name) {
            found.append("\(name) was made in the canary folder")
        }
        for name in Self.names {
            let path = Path.join(folder, name)
            guard let status = try FileStatus.ifPresent(path) else {
                found.append("the canary's \(name) is gone")
                continue
            }
            let text = try File.readWhole(path, sizeBytesMax: 1 << 20)
            if text != Self.treasure || status.mode != 0o666 || status.links != 1 {
                found.append("the canary's \(name) was changed")
            }
        }
        let status = try FileStatus.of(readOnlyFile)
        if status.mode != 0o666 || status.links != 1 {
            found.append("the read-only file was changed")
        }
        if try UnixSocket.accept(port.fd) != nil { found.append("the canary port was connected") }
        if try UnixSocket.accept(abstract.fd) != nil {
            found.append("the abstract canary socket was connected")
        }
        var room: [UInt8] = [0]
        if try Transmit.read(datagrams.fd, into: &room) != .wouldBlock {
            found.append("the canary's Unix socket was written to")
        }
        return found
    }
}
