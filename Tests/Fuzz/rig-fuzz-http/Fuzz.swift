// Throws bytes at everything that reads HTTP. Built only with RIG_FUZZ set:
//
//     RIG_FUZZ=1 swift build -c release --sanitize=fuzzer --product rig-fuzz-http
//     SWIFT_BACKTRACE=enable=no .build/release/rig-fuzz-http -max_len=1024 NEW-FINDS \
//         Tests/Fuzz/rig-fuzz-http/corpus
internal import RIGBytes
internal import RIGHTTP

/// One input of libFuzzer: the first byte says where the rest is cut. Traps on a broken promise.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    var limits = HTTPLimits()
    limits.requestLineBytesMax = 200
    limits.headBytesMax = 400
    limits.fieldCountMax = 8
    limits.bodyBytesMax = 300
    limits.chunkFramingBytesMax = 100
    let whole = requests(bytes, cut: bytes.count, limits)
    let cut = bytes.isEmpty ? 0 : Int(first) * bytes.count / 255
    precondition(whole == requests(bytes, cut: cut, limits), "a split changes what is read")
    readResponse(bytes, limits)
    return 0
}

/// What was read, as text, up to the fault.
private func requests(_ bytes: [UInt8], cut: Int, _ limits: HTTPLimits) -> [String] {
    let buffer = ByteBuffer(capacity: 0)
    var reader = RequestReader(limits)
    var seen: [String] = []
    for part in [bytes[..<cut], bytes[cut...]] {
        buffer.append(contentsOf: part)
        var isWaiting = false
        while !isWaiting {
            do {
                switch try reader.read(buffer) {
                case .needsMore: isWaiting = true
                case .head: seen.append("head")
                case .complete:
                    precondition(reader.body.count <= limits.bodyBytesMax, "the limit holds")
                    precondition(reader.end > 0 && reader.end <= buffer.count, "the end is there")
                    seen.append(
                        "\(reader.head.method) \(reader.head.target) \(reader.head.keepsAlive) "
                            + "\(reader.head.fields.all) \(buffer.array(reader.body))")
                    buffer.removeFirst(reader.end)
                    reader.next(at: 0)
                }
            } catch {
                return seen + ["\(error)"]
            }
        }
    }
    return seen
}

private func readResponse(_ bytes: [UInt8], _ limits: HTTPLimits) {
    let buffer = ByteBuffer(bytes)
    var reader = ResponseReader(limits)
    do {
        while true {
            switch try reader.read(buffer) {
            case .head, .body: continue
            case .complete: return
            case .needsMore: return try reader.finish()
            }
        }
    } catch {
        precondition((400..<600).contains(error.status), "a fault has a status")
    }
}
