package import RIGSandbox

/// What is known to get through at a level. docs/SECURITY.md names the same, and a test holds the
/// two together; any other escape means that the level does not hold.
package struct KnownGap: Equatable, Sendable {
    package let name: String
    package let remedy: String

    /// At strict nothing may get through.
    package static func all(at level: SandboxLevel) -> [KnownGap] {
        level == .standard ? standard : []
    }

    private static let standard: [KnownGap] = [
        KnownGap(name: "env.host_name", remedy: "strict: a host name of its own"),
        KnownGap(
            name: "outside.uid",
            remedy: "strict, or run rig as a user of its own: workers of root keep uid 0, "
                + "without any capability"),
        KnownGap(name: "outside.gid", remedy: "as outside.uid"),
        KnownGap(name: "id.is_root", remedy: "as outside.uid"),
        KnownGap(name: "fs.data_as_root", remedy: "as outside.uid"),
        KnownGap(
            name: "fs.stat_canary",
            remedy: "strict: what was not granted is not there. Only existence, size and times "
                + "can be learned, never content"),
        KnownGap(
            name: "fs.path_descriptor_of_canary",
            remedy: "strict. As fs.stat_canary: such a descriptor reads and writes nothing"),
        KnownGap(
            name: "use.disk_work",
            remedy: "strict: a work directory of bounded size; or .rig on a small file system"),
        KnownGap(
            name: "use.files",
            remedy: "strict: a bounded number of files; or .rig on a small file system"),
        KnownGap(
            name: "use.threads",
            remedy: "strict, where threads are counted by worker, or limits.memory, which bounds "
                + "them too"),
        KnownGap(
            name: "wx.own_file_executable",
            remedy: "strict, or .rig on a noexec file system. Such code stays behind every other "
                + "wall"),
        KnownGap(
            name: "wx.granted_file_executable",
            remedy: "strict. Such code stays behind every other wall"),
        KnownGap(
            name: "wx.data_file_executable", remedy: "strict, or a data folder that is noexec"),
        KnownGap(name: "wx.own_library", remedy: "as wx.own_file_executable"),
        KnownGap(name: "wx.own_extension_module", remedy: "as wx.own_file_executable"),
    ]
}
