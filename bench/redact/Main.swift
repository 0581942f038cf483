import RIGBytes
import RIGRedact

/// What it costs to look for a pack's secrets in what it says, in nanoseconds per KiB of text.
///
///     swift run -c release rig-bench-redact
@main
enum Main {
    static func main() {
        let redactors = [
            ("1 token of 40", make([40])),
            ("8 of 20…80", make(Array(stride(from: 20, to: 90, by: 9)))),
            ("1 key of 3200", make([3200])),
        ]
        let plain = repeated(#"{"id":12345,"name":"Ada Lovelace","tags":["a","b"],"score":0.75},"#)
        let escaped = repeated(#"{"text":"line one\nline \"two\"\n\tline three of a file\n"},"#)
        let encoded = repeated("https://example.com/a%20b?q=%7B%22x%22%3A1%7D&page=2 ")
        for (name, redactor) in redactors {
            print(name)
            let near = repeated(String(value(40).dropLast()) + " ")
            let base = repeated("SGVsbG8gd29ybGQsIHRoaXMgaXMgYSBiaXQgb2YgdGV4dA")
            for (text, bytes) in [
                ("JSON", plain), ("JSON with escapes", escaped), ("URLs", encoded),
                ("base64", base), ("all but the last byte of a secret", near),
            ] {
                report(text, redactor, bytes)
            }
        }
        report("a hit in 1 KiB", redactors[0].1, plain.prefix(1_000) + Array(value(40).utf8))
    }

    /// Letters that look random and are the same every time.
    private static func value(_ count: Int) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15 &* UInt64(count)
        return String(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return letters[Int(state >> 33) % letters.count]
            })
    }

    private static func make(_ counts: [Int]) -> Redactor {
        let secrets = counts.map { Redactor.Secret(slot: "s\($0)", value: value($0).utf8) }
        guard let redactor = Redactor(secrets) else { preconditionFailure("there are secrets") }
        return redactor
    }

    private static func repeated(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20 { bytes += Array(text.utf8) }
        return bytes
    }

    /// The best of some runs: the others were disturbed.
    private static func report(_ name: String, _ redactor: Redactor, _ bytes: [UInt8]) {
        let buffer = ByteBuffer(bytes)
        var best = Duration.seconds(1_000)
        for _ in 0..<15 {
            let clock = ContinuousClock()
            best = min(best, clock.measure { _ = redactor.redact(buffer, buffer.range, .json) })
        }
        let nanoseconds = Double(best.components.attoseconds) / 1e9
        let perKiB = nanoseconds / (Double(bytes.count) / 1024)
        print("  \(name): \(Int(perKiB)) ns/KiB (\(bytes.count) bytes)")
    }
}
