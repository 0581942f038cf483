/// What RIG reads of a pyproject.toml: the project's name and version, and its `rig.packs` entry
/// points.
///
/// In: the file's text. Out: three facts. Everything else in the file is stepped over, so this is
/// a reader of TOML 1.0's table headers, keys and strings, not of its values:
///
///     [project]
///     name = "rig-pack-echo"
///     version = "1.0.0"
///     [project.entry-points."rig.packs"]
///     echo = "rig_pack_echo"
package struct PyProject: Equatable, Sendable {
    package var name: String?
    package var version: String?
    /// Entry point name and module, in file order.
    package var entryPoints: [EntryPoint] = []

    package struct EntryPoint: Equatable, Sendable {
        package let name: String
        package let module: String
    }

    package init(_ text: String) {
        var table: [String] = []
        var multiline: String?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if let quotes = multiline {
                if line.contains(quotes) { multiline = nil }
                continue
            }
            var reader = TOMLLine(line)
            reader.skipBlanks()
            if reader.take("[") {
                // An array of tables ("[[") never holds what is sought here.
                table = reader.take("[") ? [] : reader.keyPath() ?? []
                continue
            }
            guard let path = reader.keyPath(), reader.takeEquals() else { continue }
            multiline = reader.openedMultiline()
            if let value = reader.string() { note(table + path, value) }
        }
    }

    private mutating func note(_ path: [String], _ value: String) {
        if path == ["project", "name"] { name = value }
        if path == ["project", "version"] { version = value }
        if path.count == 4, path.starts(with: ["project", "entry-points", "rig.packs"]) {
            entryPoints.append(EntryPoint(name: path[3], module: value))
        }
    }
}

/// One line of TOML, read from the left.
private struct TOMLLine {
    private let bytes: [UInt8]
    private var index = 0

    init(_ line: Substring) {
        bytes = Array(line.utf8)
    }

    mutating func skipBlanks() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
        index += 1
        return true
    }

    mutating func takeEquals() -> Bool {
        skipBlanks()
        guard take("=") else { return false }
        skipBlanks()
        return true
    }

    /// Dotted keys, bare or quoted; nil for a comment, an empty line or something else.
    mutating func keyPath() -> [String]? {
        var path: [String] = []
        repeat {
            skipBlanks()
            if let quoted = string() {
                path.append(quoted)
            } else {
                let start = index
                while index < bytes.count, Self.isBare(bytes[index]) { index += 1 }
                guard index > start else { return nil }
                path.append(String(decoding: bytes[start..<index], as: UTF8.self))
            }
            skipBlanks()
        } while take(".")
        return path
    }

    /// The quotes of a multi-line string that this line opens and does not close.
    func openedMultiline() -> String? {
        let rest = String(decoding: bytes[index...], as: UTF8.self)
        for quotes in ["\"\"\"", "'''"] where rest.hasPrefix(quotes) {
            return rest.dropFirst(3).contains(quotes) ? nil : quotes
        }
        return nil
    }

    /// A basic or literal string on this line; nil when something else stands here.
    mutating func string() -> String? {
        guard index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x27 else { return nil }
        let quote = bytes[index]
        var text: [UInt8] = []
        var at = index + 1
        while at < bytes.count, bytes[at] != quote {
            if quote == 0x22, bytes[at] == 0x5C {
                // Only the escapes that can stand in a name; others keep the backslash, and the
                // name checks that follow refuse it.
                at += 1
                guard at < bytes.count else { return nil }
                if bytes[at] != 0x22, bytes[at] != 0x5C { text.append(0x5C) }
            }
            text.append(bytes[at])
            at += 1
        }
        guard at < bytes.count else { return nil }
        index = at + 1
        return String(decoding: text, as: UTF8.self)
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
