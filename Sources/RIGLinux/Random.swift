internal import CLinux

/// Randomness of the kernel, fit for secrets.
package enum Random {
    /// `count` bytes. The kernel's generator is ready long before a program like this one starts,
    /// so a refusal is a broken machine.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = unsafe rig_random(&bytes, count)
        precondition(result == 0, "getrandom cannot fail with a valid region")
        return bytes
    }

    package static func word() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// 16 characters of `[0-9a-z]` for a temporary name; not a secret (82 bits).
    package static func name() -> String {
        let digits = Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)
        return String(decoding: bytes(16).map { digits[Int($0) % digits.count] }, as: UTF8.self)
    }
}
