internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGModel
internal import RIGWorker

/// What packs said of themselves when they were last described, by the digest of their content: the
/// same content says the same, so a list can be shown before any pack has been started.
///
///     .rig/descriptions/<digest>.json      {"metadata": …, "tools": […]}
///
/// Nothing is served from here: what a call is held to is always the pack's own word. All functions
/// block, and none fails: a memory that cannot be read or written is one that has forgotten.
struct DescriptionMemory: Sendable {
    /// More are older contents of packs that are being written.
    private static let countMax = 128

    private let folder: String

    init(stateFolder: String) {
        folder = Path.join(stateFolder, "descriptions")
    }

    func said(by digest: Digest) -> PackDescription.Said? {
        do {
            let bytes = try File.readWhole(path(digest), sizeBytesMax: Limits.describeBytesMax)
            let value = try JSONValue.parse(
                bytes, limits: JSONLimits(bytesMax: Limits.describeBytesMax))
            guard let metadata = value["metadata"], let tools = value["tools"]?.array else {
                return nil
            }
            return PackDescription.Said(metadata: metadata, tools: tools)
        } catch {
            return nil
        }
    }

    func keep(_ said: PackDescription.Said, of digest: Digest) {
        guard self.said(by: digest) != said else { return }
        do throws(Errno) {
            try Directory.makeAll(folder)
            try forgetSome()
            let text: JSONValue = ["metadata": said.metadata, "tools": .array(said.tools)]
            try File.replaceAtomically(path(digest), with: Array(text.text.utf8))
        } catch {
            return
        }
    }

    private func forgetSome() throws(Errno) {
        let names = try Directory.names(folder)
        guard names.count >= Self.countMax else { return }
        for name in names { try File.remove(Path.join(folder, name)) }
    }

    private func path(_ digest: Digest) -> String {
        Path.join(folder, digest.hex + ".json")
    }
}
