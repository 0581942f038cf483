internal import RIGLinux

/// The private directory of one worker: empty, mode 0700, owned by it.
package enum WorkDirectory {
    /// Makes `path`, whose parents exist, anew; what stood there is removed. Blocks.
    package static func prepare(
        _ path: String, for identity: WorkerIdentity
    ) throws(SandboxError) {
        do throws(Errno) {
            try remove(path)
            try File.makeDirectory(path, mode: 0o700)
            if case .own(let userID, let groupID) = identity {
                try File.setOwner(ofDirectory: path, userID: userID, groupID: groupID)
            }
        } catch {
            throw .system(.prepareWorkDirectory, error)
        }
    }

    /// Removes it after its worker was reaped. Links that the worker planted are not followed.
    package static func discard(_ path: String) throws(SandboxError) {
        do throws(Errno) {
            try remove(path)
        } catch {
            throw .system(.prepareWorkDirectory, error)
        }
    }

    private static func remove(_ path: String) throws(Errno) {
        do throws(Errno) {
            try Directory.removeTree(path)
        } catch .noEntry {
            return
        }
    }
}
