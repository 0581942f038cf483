internal import RIGConfig
internal import RIGModel
internal import RIGPack

extension Arguments {
    /// All packs, and those that are slow to load only as long as `--wait` says.
    func patience() throws(UsageError) -> PackSelection {
        guard let text = self["wait"] else { return .prompt() }
        guard let milliseconds = Units.milliseconds(text), milliseconds > 0 else {
            throw UsageError("--wait is no time", "500ms, 20s or 1m")
        }
        return .prompt(withinMilliseconds: milliseconds)
    }
}
