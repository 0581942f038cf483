package import RIGBytes
package import RIGLinux

/// Names the content of a folder: SHA-256 over every path in it, in order, with its kind and bytes.
///
/// What an interpreter writes by itself (`__pycache__`) and version control are left out. Symbolic
/// links count by where they point and are never followed.
package enum ContentDigest {
    /// A mounted folder is source code, not data: more than this is a mistake worth naming.
    package static let filesMax = 50_000
    package static let bytesMax = 512 << 20

    private static let skipped: Set<String> = [".git", "__pycache__", ".venv"]

    /// - Throws: `Errno.fileTooLarge` past either limit, or what the kernel refused.
    package static func of(folder: String) throws(Errno) -> Digest {
        var hash = SHA256()
        var paths: [String] = []
        try collect(folder, "", &paths)
        var bytesLeft = bytesMax
        for path in paths.sorted() {
            let full = Path.join(folder, path)
            let status = try FileStatus.of(full, followsLink: false)
            let content: [UInt8]
            switch status.kind {
            case .file: content = try File.readWhole(full, sizeBytesMax: bytesLeft)
            case .symbolicLink: content = Array(try File.readLink(full).utf8)
            default: content = []
            }
            bytesLeft -= content.count
            // Lengths in front keep one file's end from passing for another's beginning.
            hash.update("\(path.utf8.count):\(path):\(status.kind):\(content.count):")
            hash.update(content)
        }
        return hash.finish()
    }

    private static func collect(
        _ folder: String, _ prefix: String, _ paths: inout [String]
    ) throws(Errno) {
        for name in try Directory.names(Path.join(folder, prefix)) where !skipped.contains(name) {
            let path = Path.join(prefix, name)
            guard paths.count < filesMax else { throw Errno.fileTooLarge }
            paths.append(path)
            let status = try FileStatus.of(Path.join(folder, path), followsLink: false)
            if status.kind == .directory { try collect(folder, path, &paths) }
        }
    }
}
