import RIGLinux

/// A process as /proc shows it: a number alone may be used again, with its start time it is not.
struct ProcessName: Hashable {
    let pid: Int32
    let parent: Int32
    /// Since the machine started, in clock ticks.
    let startTicks: UInt64

    /// nil when there is no such process any more.
    init?(_ pid: Int32) {
        guard let bytes = try? File.readWhole("/proc/\(pid)/stat", sizeBytesMax: 4096) else {
            return nil
        }
        // The second field, the name, may hold anything but ends with the last parenthesis.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", let parent = Int32(fields[1]),
            let start = UInt64(fields[19])
        else { return nil }
        (self.pid, self.parent, startTicks) = (pid, parent, start)
    }
}
