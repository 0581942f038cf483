internal import RIGJSON
internal import RIGLinux

/// A host's settings file and the change that `rig connect` makes to it: one entry under one name,
/// everything else as it was.
struct HostSettings {
    private static let bytesMax = 8 << 20
    private static let backupSuffix = ".before-rig"

    let path: String
    /// The file as it is; nil when there is none.
    private let before: [UInt8]?
    private let root: JSONObject

    var backupPath: String { path + Self.backupSuffix }

    static func read(_ path: String) throws -> HostSettings {
        let bytes: [UInt8]
        do throws(Errno) {
            bytes = try File.readWhole(path, sizeBytesMax: bytesMax)
        } catch .noEntry {
            return HostSettings(path: path, before: nil, root: JSONObject())
        }
        return HostSettings(path: path, before: bytes, root: try object(bytes, path))
    }

    private static func object(_ bytes: [UInt8], _ path: String) throws -> JSONObject {
        if bytes.allSatisfy({ $0 <= 0x20 }) { return JSONObject() }
        do throws(JSONError) {
            if let object = try JSONValue.parse(bytes, limits: JSONLimits(bytesMax: bytesMax))
                .object
            {
                return object
            }
        } catch {
            throw Failure(
                path, "is no plain JSON (byte \(error.offset)), and is left as it is",
                hint: "put in by hand what --print shows", type: "config")
        }
        throw Failure(path, "is no JSON object", hint: "see --print", type: "config")
    }

    /// The file's text with `entry` under `name`, or without it when `entry` is nil.
    func text(_ servers: String, _ name: String, _ entry: JSONValue?) throws -> [UInt8] {
        var root = root
        var map = JSONObject()
        if let value = root[servers] {
            guard let object = value.object else {
                throw Failure(path, "\(servers) is no object", type: "config")
            }
            map = object
        }
        map[name] = entry
        root[servers] = .object(map)
        return Array((IndentedJSON.text(.object(root)) + "\n").utf8)
    }

    /// Writes `text`, and keeps what was there beside it, once: a second change does not overwrite
    /// the copy of what was there before the first.
    /// - Returns: Whether there is such a copy.
    func write(_ text: [UInt8]) throws -> Bool {
        try Directory.makeAll(Path.parent(path), mode: 0o755)
        var mode: UInt32 = 0o644
        if let before {
            mode = try FileStatus.of(path).mode & 0o777
            if try FileStatus.ifPresent(backupPath) == nil {
                try File.replaceAtomically(backupPath, with: before, mode: mode)
            }
        }
        try File.replaceAtomically(path, with: text, mode: mode)
        return before != nil
    }

    /// Takes the entry out again. A file that nobody has changed since gets its old bytes back.
    func undo(_ servers: String, _ name: String) throws -> Bool {
        guard let entry = root[servers]?.object?[name] else { return false }
        if let (backup, old) = try backup(without: servers, name) {
            let isUntouched = try old.text(servers, name, entry) == before
            let mode = try FileStatus.of(path).mode & 0o777
            try File.replaceAtomically(
                path, with: isUntouched ? backup : try text(servers, name, nil), mode: mode)
            try File.remove(backupPath)
        } else if root.count == 1, root[servers]?.object?.count == 1 {
            try File.remove(path)
        } else {
            _ = try File.replaceAtomically(path, with: try text(servers, name, nil), mode: 0o644)
        }
        return true
    }

    /// What was there before the entry was. A copy that has the entry was made by connecting again,
    /// and says nothing of before: it is removed.
    private func backup(
        without servers: String, _ name: String
    ) throws -> (bytes: [UInt8], settings: HostSettings)? {
        guard try FileStatus.ifPresent(backupPath) != nil else { return nil }
        let bytes = try File.readWhole(backupPath, sizeBytesMax: Self.bytesMax)
        let old = HostSettings(path: path, before: bytes, root: try Self.object(bytes, backupPath))
        guard old.root[servers]?.object?[name] == nil else {
            try File.remove(backupPath)
            return nil
        }
        return (bytes, old)
    }
}

/// JSON as people keep it in files: two spaces a level.
enum IndentedJSON {
    static func text(_ value: JSONValue, indent: String = "") -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + text($0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let object) where !object.isEmpty:
            let lines = object.members.map { member in
                inner + JSONValue.string(member.name).text + ": "
                    + text(member.value, indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
        default:
            return value.text
        }
    }
}
