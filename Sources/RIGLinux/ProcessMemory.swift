/// What a process holds of the machine's memory, from /proc.
package enum ProcessMemory {
    private static let fileBytesMax = 16 << 10

    /// Everything of it that is in memory, pages of files too. Cheap: the kernel keeps the counts.
    /// nil for a process that is gone, or that this one may not see.
    package static func residentBytes(of pid: Int32) throws(Errno) -> Int? {
        guard let text = try read("/proc/\(pid)/statm") else { return nil }
        // "size resident shared text lib data dt", in pages.
        let fields = text.split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = number(fields[1]) else { return nil }
        return pages * Facts.pageBytes()
    }

    /// What it made itself, anonymous and shared memory alike: not the pages of files, which the
    /// kernel takes back when it needs them. nil as above.
    package static func ownBytes(of pid: Int32) throws(Errno) -> Int? {
        guard let text = try read("/proc/\(pid)/status") else { return nil }
        var sum: Int?
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 })
            guard parts.count == 3, names.contains(where: { parts[0].elementsEqual($0.utf8) }),
                let kibibytes = number(parts[1])
            else { continue }
            sum = (sum ?? 0) + kibibytes << 10
        }
        return sum
    }

    private static let names = ["RssAnon:", "RssShmem:"]

    private static func read(_ path: String) throws(Errno) -> [UInt8]? {
        do throws(Errno) {
            return try File.readWhole(path, sizeBytesMax: fileBytesMax)
        } catch .noEntry {
            return nil
        } catch .noProcess {
            return nil
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        Int(String(decoding: digits, as: UTF8.self))
    }
}
