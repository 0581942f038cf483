import CScan
import RIGBytes
import XCTest

final class SHA256Tests: XCTestCase {
    /// FIPS 180-4 examples, and the million 'a' of the original test vectors.
    func testPublishedVectors() {
        let vectors: [(String, String)] = [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                String(repeating: "a", count: 1_000_000),
                "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
        ]
        for (text, hex) in vectors {
            XCTAssertEqual(SHA256.digest(Array(text.utf8)).hex, hex)
        }
    }

    func testAnySplitGivesTheSameDigest() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let whole = SHA256.digest(bytes)
        for cut in 0...300 {
            var hash = SHA256()
            hash.update(bytes[..<cut])
            hash.update(bytes[cut...])
            XCTAssertEqual(hash.finish(), whole, "cut at \(cut)")
        }
    }

    func testExtensionAndPlainKernelsAgree() {
        let bytes = (0..<640).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
        var fast = [UInt32](repeating: 0x1234_5678, count: 8)
        var plain = fast
        rig_sha256_blocks(&fast, bytes, 10)
        rig_sha256_blocks_plain(&plain, bytes, 10)
        XCTAssertEqual(fast, plain)
    }

    func testHexRoundTrip() {
        let digest = SHA256.digest([1, 2, 3])
        XCTAssertEqual(Digest(hex: digest.hex), digest)
        XCTAssertNil(Digest(hex: "zz"))
        let buffer = ByteBuffer(capacity: 0)
        digest.appendHex(to: buffer)
        XCTAssertEqual(buffer.string(buffer.range), digest.hex)
    }
}
