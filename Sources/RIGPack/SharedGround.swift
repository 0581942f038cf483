internal import RIGConfig
internal import RIGLinux

/// What one pack may write, another's code, folders and secret files may not stand in: it could put
/// a link in their place, and the next worker would be given what the link leads to.
struct SharedGround {
    private let writable: [String]

    /// The folders that any pack of `config` may write. Blocks.
    init(_ config: Config) {
        writable = config.packs.compactMap { pack in
            guard let workspace = pack.grants.workspace, workspace.mode == .rw else { return nil }
            return Self.real(workspace.path)
        }
    }

    /// - Throws: `unsafeGround` for the first thing of `pack` that a pack could replace.
    func refuse(_ pack: PackConfig) throws(PackFault) {
        if let path = pack.path { try refuse("the pack's own folder", path) }
        if let workspace = pack.grants.workspace { try refuse("the workspace", workspace.path) }
        for secret in pack.grants.secrets {
            if case .file(let path) = secret.source {
                try refuse("the file of secret \(secret.slot)", path)
            }
        }
    }

    /// Whatever stands above `path`, each step as it is written and where that really is, may not
    /// be in such a folder. The folder itself may be shared: nothing inside it can move it.
    private func refuse(_ what: String, _ path: String) throws(PackFault) {
        var parent = Path.parent(path)
        while true {
            if let real = Self.real(parent),
                let folder = writable.first(where: {
                    real == $0 || real.hasPrefix($0 + "/")
                })
            {
                throw .unsafeGround(what: what, path: path, folder: folder)
            }
            let next = Path.parent(parent)
            guard next != parent, next != "." else { return }
            parent = next
        }
    }

    /// nil for what is not there, which nobody is given.
    private static func real(_ path: String) -> String? {
        do throws(Errno) {
            return try File.realPath(path)
        } catch {
            return nil
        }
    }
}
