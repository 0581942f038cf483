import Foundation
import RIGLinux

/// A process by its number and when it started, which no other ever shares.
struct NamedProcess: Hashable {
    let pid: Int32
    /// In clock ticks since the machine started, as /proc has it.
    let startTicks: String

    /// As call-storm writes it: both, with a space between.
    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let pid = Int32(parts[0]) else { return nil }
        (self.pid, startTicks) = (pid, String(parts[1]))
    }

    /// The process that has the number now; nil when none has, or only its remains.
    init?(pid: Int32) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z" else { return nil }
        (self.pid, startTicks) = (pid, String(fields[19]))
    }

    /// Those whose current folder is `folder` or lies in it: workers stand in their work directory,
    /// even one that is about to start.
    static func standing(in folder: URL) -> Set<NamedProcess> {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let found = names.compactMap { name -> NamedProcess? in
            guard let pid = Int32(name),
                let place = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/\(name)/cwd"), place.hasPrefix(folder.path)
            else { return nil }
            return NamedProcess(pid: pid)
        }
        return Set(found)
    }

    var isAlive: Bool { NamedProcess(pid: pid) == self }

    /// Waits for its end; false when the time ran out.
    func ends(withinMilliseconds milliseconds: Int = 10_000) -> Bool {
        guard isAlive else { return true }
        let hasEnded = try? Self.waitForEnd(of: pid, milliseconds)
        return hasEnded ?? false || !isAlive
    }

    private static func waitForEnd(of pid: Int32, _ milliseconds: Int) throws -> Bool {
        let process = try ChildProcess(adopting: pid)
        return try Poll.wait(process.pidfd.fd, for: .read, timeoutMilliseconds: milliseconds)
    }
}
