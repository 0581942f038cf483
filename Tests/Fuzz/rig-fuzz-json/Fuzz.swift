// Throws bytes at everything that reads JSON. Built only with RIG_FUZZ set:
//
//     RIG_FUZZ=1 swift build -c release --sanitize=fuzzer --product rig-fuzz-json
//     SWIFT_BACKTRACE=enable=no .build/release/rig-fuzz-json -max_len=512 corpus/
internal import CScan
internal import RIGBytes
internal import RIGJSON

/// One input of libFuzzer. Traps on a broken promise.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    compareKernels(bytes)
    compareReadings(bytes)
    return 0
}

/// All kernels find the same positions, bitmaps and flags.
private func compareKernels(_ bytes: [UInt8]) {
    let padded = bytes + Array(repeating: UInt8(ascii: "\""), count: 64)
    let words = (bytes.count + 63) / 64
    var expected: (positions: ArraySlice<UInt32>, bits: [UInt64], flags: UInt32)?
    for kernel: CInt in 0...3 {
        var positions = [UInt32](repeating: 0, count: bytes.count + 64 + 16 + RIG_SCAN_AHEAD)
        var escapes = [UInt64](repeating: 0, count: words)
        var nonASCII = escapes
        let result = rig_scan_with(
            kernel, padded, bytes.count, &positions, &escapes, &nonASCII, 16)
        if result.count == UInt32.max { continue }
        let found = (positions[..<Int(result.count)], escapes + nonASCII, result.flags)
        if let expected { precondition(found == expected, "kernel \(kernel) differs") }
        expected = found
    }
}

/// What is written of a value reads back as that value, and the canonical form stays the same.
private func compareReadings(_ bytes: [UInt8]) {
    do {
        let value = try JSONValue.parse(bytes)
        let readBack = try JSONValue.parse(value.text)
        precondition(readBack == value, "written text reads back")
        let canonical = CanonicalJSON.text(value)
        let again = CanonicalJSON.text(try JSONValue.parse(canonical))
        precondition(canonical == again, "canonical form is canonical")
    } catch {
        precondition(
            error.offset >= 0 && error.offset <= bytes.count, "a fault stands inside the text")
    }
}
