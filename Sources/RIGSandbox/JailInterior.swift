internal import RIGLinux

/// What a jail with a mount namespace has beside the granted paths: places that exist nowhere
/// outside. Everything granted stands in it under the name that it has on the host, so that a path
/// in an argument or in a traceback means the same on both sides.
package struct JailInterior: Equatable, Sendable {
    /// A directory in memory that ends with the worker. Counts in the machine's memory, hence the
    /// caps; files on it cannot be mapped as code.
    package struct Scratch: Equatable, Sendable {
        package let path: String
        package let bytes: UInt64
        package let inodes: UInt64
    }

    package struct File: Equatable, Sendable {
        package let path: String
        package let text: String
    }

    /// As the host's /lib, which leads to usr/lib on nearly every machine.
    package struct Link: Equatable, Sendable {
        package let path: String
        /// A directory, relative to the root.
        package let target: String
    }

    package var hasProc: Bool
    package var forbidsNesting: Bool
    package var scratch: [Scratch]
    package var files: [File]
    package var links: [Link]

    /// The worker's uid and gid as it sees them (RIG_INSIDE_ID).
    static let insideID = 1000

    static func make(
        _ request: JailRequest, workDirectory: String, hasProc: Bool, forbidsNesting: Bool
    ) -> JailInterior {
        let hosts = request.hosts.map(\.line).joined()
        let files = [
            File(path: "/etc/group", text: "worker:x:\(insideID):\nnogroup:x:65534:\n"),
            File(path: "/etc/hosts", text: "127.0.0.1 localhost\n" + hosts),
            File(path: "/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files\n"),
            File(
                path: "/etc/passwd",
                text: "worker:x:\(insideID):\(insideID)::\(workDirectory):/nonexistent\n"
                    + "nobody:x:65534:65534::/nonexistent:/nonexistent\n"),
            // Nobody is asked: the file of hosts is all there is.
            File(path: "/etc/resolv.conf", text: ""),
        ]
        let scratch = [
            Scratch(path: temporaryDirectory, bytes: 16 << 20, inodes: 4093),
            Scratch(path: workDirectory, bytes: request.workBytes, inodes: 4093),
        ]
        return JailInterior(
            hasProc: hasProc, forbidsNesting: forbidsNesting, scratch: scratch, files: files,
            links: hostLinks())
    }

    static let temporaryDirectory = "/tmp"

    /// A name that nothing granted lies in, so that a worker finds it empty.
    static func workDirectory(beside granted: [String]) -> String {
        let names = ["/work", "/rig-work", "/rig-work-1", "/rig-work-2"]
        return names.first { name in !granted.contains { isWithin($0, name) } } ?? "/rig-work-3"
    }

    /// True when a granted path would hide what every jail has, or cannot be a place at all.
    static func isTaken(_ path: String) -> Bool {
        let places = ["/", "/dev", "/etc", "/proc"]
        return places.contains(path) || isWithin(path, "/proc")
            || path.split(separator: "/").contains { $0 == "." || $0 == ".." }
    }

    private static func isWithin(_ path: String, _ folder: String) -> Bool {
        path == folder || path.hasPrefix(folder + "/")
    }

    /// Programs name their loader and libraries by the short paths of old.
    private static func hostLinks() -> [Link] {
        ["/lib", "/lib32", "/lib64"].compactMap { path in
            do {
                let target = try RIGLinux.File.readLink(path).drop { $0 == "/" }
                let isPlain = !target.split(separator: "/").contains { $0 == ".." }
                return isPlain && !target.isEmpty ? Link(path: path, target: String(target)) : nil
            } catch {
                return nil  // a directory, or not there
            }
        }
    }
}
