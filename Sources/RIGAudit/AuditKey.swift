internal import RIGBytes
internal import RIGLinux
package import RIGStore

/// The audit's secret: 32 random bytes in a file of the state folder, made once, for its owner only.
/// Every use has a key of its own, derived from it, so that none says anything of another:
///
///     HMAC-SHA256(secret, "rig audit checkpoints 1")    signs checkpoints
///     HMAC-SHA256(secret, "rig audit arguments 1")      digests arguments
package struct AuditKey: Sendable {
    let checkpoints: HMAC
    let arguments: HMAC
    /// Tells keys apart without saying anything of them: 16 hexadecimal digits.
    let name: String

    private static let secretBytes = 32

    private init(secret: [UInt8]) {
        let root = HMAC(key: secret)
        func derived(_ use: String) -> HMAC { HMAC(key: root.digest(Array(use.utf8)).bytes) }
        checkpoints = derived("rig audit checkpoints 1")
        arguments = derived("rig audit arguments 1")
        name = String(root.digest(Array("rig audit key name 1".utf8)).hex.prefix(16))
    }

    /// Reads the key; nil when there is none.
    /// - Throws: `StoreError.unusableKey` for a file that holds something else.
    package static func read(_ path: String) throws(StoreError) -> AuditKey? {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try File.readWhole(path, sizeBytesMax: 4_096)
        } catch {
            if error == .noEntry { return nil }
            throw .system(error)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasSuffix("\n"), let secret = Hex.decode(String(text.dropLast())),
            secret.count == secretBytes
        else { throw .unusableKey(path: path) }
        return AuditKey(secret: secret)
    }

    /// Reads the key, or makes it. Of several processes that make one at once, one key stays.
    static func open(_ path: String) throws(StoreError) -> AuditKey {
        if let key = try read(path) { return key }
        try StoreError.wrapSystem { () throws(Errno) in try make(path) }
        guard let key = try read(path) else { throw .unusableKey(path: path) }
        return key
    }

    private static func make(_ path: String) throws(Errno) {
        let folder = Path.parent(path)
        let temporary = Path.join(folder, ".audit.key.\(Random.name())")
        do throws(Errno) {
            let file = try File.open(temporary, [.writeOnly, .create, .exclusive, .noFollow])
            try File.setMode(openFile: file.fd, 0o600)
            let text = Hex.encode(Random.bytes(secretBytes)) + "\n"
            try Transmit.writeAll(file.fd, Array(text.utf8))
            try File.sync(file.fd)
            try File.renameExclusively(temporary, to: path)
        } catch {
            // The first refusal is the one that counts.
            _ = Result { () throws(Errno) in try File.remove(temporary) }
            if error != .exists { throw error }
        }
        try File.syncDirectory(folder)
    }
}
