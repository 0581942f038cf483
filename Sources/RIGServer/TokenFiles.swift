internal import RIGBytes
internal import RIGConfig
package import RIGLinux

/// `.rig/tokens/{agent,operator}`: one token a role, readable by their owner alone. All functions
/// block for a moment.
package struct TokenFiles: Sendable {
    /// In the state folder.
    package let folder: String

    private static let fileBytesMax = 512
    /// 256 bits, as text without characters that a shell or a header would mind.
    private static let secretBytes = 32

    package init(stateFolder: String) {
        folder = Path.join(stateFolder, "tokens")
    }

    package func path(_ role: Identity.Role) -> String { Path.join(folder, role.rawValue) }

    /// Makes those that are missing.
    package func makeMissing() throws(TokenFault) {
        for role in Identity.Role.allCases {
            try wrap(role) { () throws(Errno) in
                if try FileStatus.ifPresent(path(role)) == nil { try write(role) }
            }
        }
    }

    /// Puts a new token in the place of the old one, which a running sidecar refuses soon after.
    package func rotate(_ role: Identity.Role) throws(TokenFault) {
        try wrap(role) { () throws(Errno) in try write(role) }
    }

    /// The token, for a command of the same user that presents it.
    package func read(_ role: Identity.Role) throws(TokenFault) -> [UInt8] {
        let path = path(role)
        let status: FileStatus
        let bytes: [UInt8]
        do throws(Errno) {
            status = try FileStatus.of(path)
            bytes = try File.readWhole(path, sizeBytesMax: Self.fileBytesMax)
        } catch {
            throw TokenFault(path: path, reason: .system(error))
        }
        guard status.userID == Facts.effectiveUserID(), status.mode & 0o077 == 0 else {
            throw TokenFault(path: path, reason: .exposed)
        }
        let token = Array(bytes.prefix { $0 > 0x20 && $0 < 0x7F })
        guard token.count >= Self.secretBytes,
            bytes.dropFirst(token.count).allSatisfy({ $0 == 0x0A })
        else { throw TokenFault(path: path, reason: .malformed) }
        return token
    }

    /// Those that can be used, as identities, and what is wrong with the others: the token of one
    /// file counts whatever has become of another.
    package func table() -> (table: TokenTable, faults: [TokenFault]) {
        var table = TokenTable()
        var faults: [TokenFault] = []
        for role in Identity.Role.allCases {
            do throws(TokenFault) {
                table.add(
                    SHA256.digest(try read(role)), Identity(name: role.rawValue, role: role))
            } catch {
                faults.append(error)
            }
        }
        return (table, faults)
    }

    private func write(_ role: Identity.Role) throws(Errno) {
        try Directory.makeAll(folder, mode: 0o700)
        let token = "rig_\(role.rawValue)_" + Hex.encode(Random.bytes(Self.secretBytes))
        try File.replaceAtomically(path(role), with: Array((token + "\n").utf8), mode: 0o600)
    }

    private func wrap(
        _ role: Identity.Role, _ body: () throws(Errno) -> Void
    ) throws(TokenFault) {
        do throws(Errno) {
            try body()
        } catch {
            throw TokenFault(path: path(role), reason: .system(error))
        }
    }
}

/// A token file that cannot be used.
package struct TokenFault: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        case system(Errno)
        /// Others may read it, or it belongs to somebody else.
        case exposed
        case malformed
    }

    package let path: String
    package let reason: Reason
}
