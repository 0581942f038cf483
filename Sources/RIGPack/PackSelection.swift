internal import RIGModel

/// Which packs of rig.yaml are loaded, and how long each may take.
///
/// A pack's import is its author's to write, so it may hang: whoever wants one tool loads the pack
/// that serves it, and whoever wants a list waits for a bounded time.
package struct PackSelection: Sendable {
    /// nil: every pack.
    package var namespaces: Set<String>?
    /// A pack that is not there by then is left out, named as loading; nil waits for as long as a
    /// pack may take.
    package var patienceMilliseconds: Int?

    private init(namespaces: Set<String>?, patienceMilliseconds: Int?) {
        self.namespaces = namespaces
        self.patienceMilliseconds = patienceMilliseconds
    }

    package static let all = PackSelection(namespaces: nil, patienceMilliseconds: nil)

    /// All of them, but for those that keep everybody waiting.
    package static func prompt(
        withinMilliseconds patience: Int = Limits.packPatienceMilliseconds
    ) -> PackSelection {
        PackSelection(namespaces: nil, patienceMilliseconds: patience)
    }

    /// The packs of these tools. A tool of no pack is looked for in all, `prompt`: the answer names
    /// what there is.
    package static func serving(_ tools: some Sequence<String>) -> PackSelection {
        PackSelection(
            namespaces: Set(tools.map { String($0.prefix { $0 != "." }) }),
            patienceMilliseconds: nil)
    }
}
