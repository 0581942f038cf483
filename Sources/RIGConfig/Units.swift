/// Durations and sizes as rig.yaml writes them: a whole number and a unit, without a space.
package enum Units {
    /// `500ms`, `30s`, `15m`, `1h`, `3d` in milliseconds; nil for anything else. Every value that
    /// is read fits 64 bits in nanoseconds too.
    package static func milliseconds(_ text: String) -> Int? {
        guard let (number, unit, digits) = split(text) else { return nil }
        let (factor, digitsMax): (Int, Int)
        switch unit {
        case "ms": (factor, digitsMax) = (1, 12)
        case "s": (factor, digitsMax) = (1_000, 9)
        case "m": (factor, digitsMax) = (60_000, 7)
        case "h": (factor, digitsMax) = (3_600_000, 6)
        case "d": (factor, digitsMax) = (86_400_000, 5)
        default: return nil
        }
        return digits <= digitsMax ? number * factor : nil
    }

    /// `100B`, `1kB`, `64KiB`, `1MB`, `512MiB`, `2GB`, `1GiB` in bytes; nil for anything else and
    /// for zero.
    package static func bytes(_ text: String) -> Int? {
        guard let (number, unit, digits) = split(text), digits <= 9, number > 0 else {
            return nil
        }
        switch unit {
        case "B": return number
        case "kB", "KB": return number * 1_000
        case "KiB": return number << 10
        case "MB": return number * 1_000_000
        case "MiB": return number << 20
        case "GB": return number * 1_000_000_000
        case "GiB": return number << 30
        default: return nil
        }
    }

    private static func split(_ text: String) -> (Int, Substring, digits: Int)? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        let isPadded = digits.count > 1 && digits.first == 0x30
        guard !isPadded, digits.count <= 12,
            let number = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return (number, text.dropFirst(digits.count), digits.count)
    }
}
