internal import RIGLinux

/// Which loader a program names for itself (its PT_INTERP): a path that must exist where it is
/// started, whatever else is there. See elf(5).
enum ProgramLoader {
    private static let headerBytes = 64
    private static let headersMax = 64
    private static let pathBytesMax = 4096

    /// nil for a static program, and for a file that is no 64-bit little-endian ELF program.
    static func path(of program: String) throws(Errno) -> String? {
        let file = try File.open(program)
        let head = try bytes(file, at: 0, count: headerBytes)
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return nil }
        let offset = number(head, 32, 8)
        let (size, count) = (number(head, 54, 2), number(head, 56, 2))
        guard size >= 56, count <= headersMax, offset < 1 << 40 else { return nil }
        let table = try bytes(file, at: offset, count: size * count)
        for index in 0..<count where table.count >= (index + 1) * size {
            let entry = Array(table[(index * size)...])
            guard number(entry, 0, 4) == 3 else { continue }
            let (place, length) = (number(entry, 8, 8), number(entry, 32, 8))
            guard place < 1 << 40, length > 1, length <= pathBytesMax else { return nil }
            let text = try bytes(file, at: place, count: length).prefix { $0 != 0 }
            return String(decoding: text, as: UTF8.self)
        }
        return nil
    }

    /// Fewer where the file ends.
    private static func bytes(
        _ file: borrowing Descriptor, at offset: Int, count: Int
    ) throws(Errno) -> [UInt8] {
        guard count > 0 else { return [] }
        var room = [UInt8](repeating: 0, count: count)
        let fd = file.fd
        let result: Result<Transfer, Errno> = unsafe room.withUnsafeMutableBytes { region in
            do throws(Errno) {
                // SAFETY: the region is the whole array, for as long as this closure runs.
                return .success(try unsafe Transmit.read(fd, into: region, at: offset))
            } catch {
                return .failure(error)
            }
        }
        guard case .bytes(let got) = try result.get() else { return [] }
        return Array(room[..<got])
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        guard offset + count <= bytes.count else { return .max }
        let value = (0..<count).reduce(UInt64(0)) {
            $0 | UInt64(bytes[offset + $1]) << (UInt64($1) * 8)
        }
        return Int(clamping: value)
    }
}
