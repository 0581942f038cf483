package import RIGBytes
internal import RIGLinux
package import RIGModel
package import RIGSandbox

/// A pack in a folder, as its manifest describes it: what the runner is told and what names it.
package struct PackFolder: Equatable, Sendable {
    /// Absolute, links resolved.
    package let root: String
    package let runtime: Interpreter.Runtime
    /// The distribution's name: `rig-pack-echo`, `@rig/pack-echo`.
    package let name: String
    /// A module for Python, a file relative to `root` for Node.
    package let entry: String
    package let digest: Digest

    private static let manifestBytesMax = 1 << 20

    /// Reads the manifest and names the content. Blocks.
    package static func read(_ path: String) throws(PackFault) -> PackFolder {
        let root: String
        do throws(Errno) {
            root = try File.realPath(path)
            guard try FileStatus.of(root).kind == .directory else { throw Errno.notDirectory }
        } catch {
            throw .folder(path: path, error)
        }
        let python = try manifest(root, "pyproject.toml").map {
            PyProject(String(decoding: $0, as: UTF8.self))
        }
        let node = try manifest(root, "package.json").map { PackageJSON($0) }
        // A folder may hold both for its tooling; the entry point says which one is the pack.
        if let python, !python.entryPoints.isEmpty { return try read(root, python) }
        if let node { return try read(root, node) }
        throw python == nil ? .noManifest(folder: root) : .noEntryPoint(folder: root)
    }

    private static func read(
        _ root: String, _ project: PyProject
    ) throws(PackFault) -> PackFolder {
        guard project.entryPoints.count == 1 else { throw .severalEntryPoints(folder: root) }
        return try make(root, .python, name: project.name, entry: project.entryPoints[0].module)
    }

    private static func read(
        _ root: String, _ package: PackageJSON?
    ) throws(PackFault) -> PackFolder {
        guard let package else { throw .brokenManifest(file: Path.join(root, "package.json")) }
        return try make(root, .node, name: package.name, entry: package.entry)
    }

    private static func make(
        _ root: String, _ runtime: Interpreter.Runtime, name: String?, entry: String
    ) throws(PackFault) -> PackFolder {
        guard let name, PackName.isValid(name) else { throw .noName(folder: root) }
        do throws(Errno) {
            return PackFolder(
                root: root, runtime: runtime, name: name, entry: entry,
                digest: try ContentDigest.of(folder: root))
        } catch {
            throw .folder(path: root, error)
        }
    }

    private static func manifest(_ root: String, _ name: String) throws(PackFault) -> [UInt8]? {
        let path = Path.join(root, name)
        do throws(Errno) {
            return try File.readWhole(path, sizeBytesMax: manifestBytesMax)
        } catch .noEntry {
            return nil
        } catch {
            throw .folder(path: path, error)
        }
    }

    /// The namespace it gets when rig.yaml gives none.
    package var defaultNamespace: Namespace? {
        PackName.short(of: name, source: .path).flatMap { Namespace($0) }
    }
}
