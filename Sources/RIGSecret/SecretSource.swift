internal import RIGConfig
internal import RIGLinux
internal import RIGModel
internal import RIGRedact

/// Takes values from where rig.yaml says they are. Blocks: for the control plane.
package enum SecretSource {
    /// A vault may have to be unlocked over a network, but nobody waits longer for a pack.
    package static let commandMilliseconds = 10_000
    /// Of all of a pack's values, as JSON: they share a frame's envelope with the rest of a call.
    package static let encodedBytesMax = Limits.envelopeBytesMax / 2

    /// The value; nil when there is none: a variable that is not set or empty, a file that does not
    /// exist. Whatever else stands in the way is a fault, since guessing could hide it for long.
    static func value(
        of secret: SecretConfig, environment: [String: String]
    ) throws(SecretFault) -> String? {
        let slot = secret.slot
        let bytes: [UInt8]
        switch secret.source {
        case .environment(let name):
            bytes = environment[name].map { Array($0.utf8) } ?? []
        case .file(let path):
            bytes = withoutLineEnd(try read(path, slot) ?? [])
        case .command(let command):
            bytes = withoutLineEnd(try run(command, slot, environment))
        }
        if bytes.isEmpty { return nil }
        if bytes.count < Redactor.valueBytesMin { throw SecretFault(slot: slot, cause: .tooShort) }
        if bytes.count > Redactor.valueBytesMax { throw SecretFault(slot: slot, cause: .tooLong) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw SecretFault(slot: slot, cause: .notText)
        }
        return text
    }

    private static func read(_ path: String, _ slot: String) throws(SecretFault) -> [UInt8]? {
        let contents: Contents
        do throws(Errno) {
            contents = try self.contents(path)
        } catch {
            throw SecretFault(slot: slot, cause: .file(path: path, error))
        }
        switch contents {
        case .absent: return nil
        case .bytes(let bytes): return bytes
        case .other: throw SecretFault(slot: slot, cause: .notAFile(path: path))
        case .open(let mode):
            throw SecretFault(slot: slot, cause: .fileOpen(path: path, mode: mode))
        case .tooLong: throw SecretFault(slot: slot, cause: .tooLong)
        }
    }

    private enum Contents {
        case absent, other, tooLong
        case open(mode: UInt32)
        case bytes([UInt8])
    }

    private static func contents(_ path: String) throws(Errno) -> Contents {
        guard let status = try FileStatus.ifPresent(path) else { return .absent }
        // A pipe would be waited for.
        guard status.kind == .file else { return .other }
        let file = try File.open(path)
        // The file that is read is the one that is looked at, whatever stands at its name by now.
        let opened = try FileStatus.of(file.fd)
        if opened.mode & 0o077 != 0 { return .open(mode: opened.mode) }
        let bytesMax = Redactor.valueBytesMax + 2
        if opened.sizeBytes > bytesMax { return .tooLong }
        return .bytes(try Transmit.readAll(file.fd, bytesMax: bytesMax))
    }

    /// With the sidecar's own environment, where agents of password stores are named.
    private static func run(
        _ command: String, _ slot: String, _ environment: [String: String]
    ) throws(SecretFault) -> [UInt8] {
        guard let words = CommandWords.split(command) else {
            throw SecretFault(slot: slot, cause: .unquoted(command: command))
        }
        guard let program = PathLookup.find(words[0], in: environment["PATH"] ?? "") else {
            throw SecretFault(slot: slot, cause: .noProgram(words[0]))
        }
        let result: CommandResult
        do throws(Errno) {
            result = try ChildProcess.run(
                SpawnPlan(path: program, arguments: words, environment: environment),
                timeoutMilliseconds: commandMilliseconds,
                outputBytesMax: Redactor.valueBytesMax + 2)
        } catch {
            throw SecretFault(slot: slot, cause: .command(program: words[0], error))
        }
        if result.isTimedOut {
            throw SecretFault(
                slot: slot,
                cause: .commandLate(program: words[0], milliseconds: commandMilliseconds))
        }
        guard result.status == .exited(0) else {
            throw SecretFault(
                slot: slot, cause: .commandEnded(program: words[0], result.status))
        }
        if result.output.count > Redactor.valueBytesMax {
            throw SecretFault(slot: slot, cause: .tooLong)
        }
        return result.output
    }

    /// Editors and `echo` end a file with one.
    private static func withoutLineEnd(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.last == 0x0A else { return bytes }
        let rest = bytes.dropLast()
        return Array(rest.last == 0x0D ? rest.dropLast() : rest)
    }
}
