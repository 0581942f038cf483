internal import RIGLinux

/// Whose processes the workers are.
package enum WorkerIdentity: Equatable, Sendable {
    package enum KeptReason: Equatable, Sendable {
        /// No uid of its own was asked for.
        case notAsked
        /// The sidecar may not change uids.
        case unprivileged
        /// The other uid could not use this path, such as an interpreter in a home directory of
        /// mode 0700. Landlock and seccomp hold all the same, and uid 0 keeps no capability.
        case cannotReach(path: String)
    }

    /// The sidecar's uid, and no capability.
    case kept(KeptReason)
    case own(userID: UInt32, groupID: UInt32)

    /// - Parameter chowned: Will belong to the new uid, so that only the way to it counts.
    static func choose(
        ownID: UInt32?, facts: SandboxFacts, paths: [JailPlan.GrantedPath], chowned: String
    ) -> WorkerIdentity {
        guard let ownID else { return .kept(.notAsked) }
        guard facts.canChangeIdentity else { return .kept(.unprivileged) }
        // It need not exist yet, and nobody else's directory may stand in the way to it.
        if !Reach.canStranger(use: Path.parent(chowned), 0) {
            return .kept(.cannotReach(path: chowned))
        }
        for granted in paths where granted.path != chowned {
            if !Reach.canStranger(use: granted.path, Self.bits(granted.rights)) {
                return .kept(.cannotReach(path: granted.path))
            }
        }
        return .own(userID: ownID, groupID: ownID)
    }

    /// Whether the path's own mode lets in a uid that owns nothing; the way to it does not count.
    static func canStranger(use granted: JailPlan.GrantedPath) -> Bool {
        Reach.isOpen(granted.path, bits(granted.rights))
    }

    private static func bits(_ rights: JailPlan.Rights) -> UInt32 {
        (rights.contains(.read) ? 0o4 : 0) | (rights.contains(.write) ? 0o2 : 0)
            | (rights.contains(.execute) ? 0o1 : 0)
    }
}

/// What mode bits say about a uid that owns nothing and is in no group.
private enum Reach {
    static func canStranger(use path: String, _ bits: UInt32) -> Bool {
        do throws(Errno) {
            let real = try File.realPath(path)
            // A link's own way must be open too: the worker comes by the name it was given.
            if try !areOpen(parentsOf: path) { return false }
            if try !areOpen(parentsOf: real) { return false }
            return try isUsable(real, bits)
        } catch {
            // What even the sidecar cannot see, a stranger cannot use.
            return false
        }
    }

    static func isOpen(_ path: String, _ bits: UInt32) -> Bool {
        do throws(Errno) {
            return try isUsable(path, bits)
        } catch {
            return false
        }
    }

    private static func areOpen(parentsOf path: String) throws(Errno) -> Bool {
        var parent = Path.parent(path)
        while true {
            if try FileStatus.of(parent).mode & 0o1 == 0 { return false }
            if parent == "/" || parent == "." { return true }
            parent = Path.parent(parent)
        }
    }

    private static func isUsable(_ path: String, _ bits: UInt32) throws(Errno) -> Bool {
        let status = try FileStatus.of(path)
        let needed = status.kind == .directory ? bits | 0o1 : bits
        return status.mode & needed == needed
    }
}
