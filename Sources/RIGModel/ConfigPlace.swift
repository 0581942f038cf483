/// Where something is written in rig.yaml. All places are equal, so that a pack or a rule that only
/// moved in the file has not changed.
package struct ConfigPlace: Hashable, Sendable {
    /// From 1.
    package let line: Int
    /// From 1, in characters.
    package let column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func == (left: ConfigPlace, right: ConfigPlace) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}
