package import RIGLinux

/// One packet of the launcher, as Sources/rig-jail/jail.h defines it: four numbers of 32 bits.
package enum JailReport: Equatable, Sendable {
    case failed(JailStep, Errno, pathIndex: Int?)
    case running(pid: Int32)
    case ended(ExitStatus)
    /// - Parameter refusal: What refused namespaces, as step << 16 | errno.
    case probed(bits: UInt32, landlockABI: UInt32, refusal: UInt32)
    /// So many listening sockets came with it.
    case sockets(Int)
    /// The launcher is gone; nothing more comes.
    case closed

    private static let sizeBytes = 16

    /// Takes the next packet; nil when none is there yet on a non-blocking descriptor. Bytes that
    /// are no packet of the launcher count as its end.
    package static func read(_ control: CInt) throws(SandboxError) -> JailReport? {
        var fds: [CInt] = []
        let report = try read(control, into: &fds)
        for fd in fds { _ = Descriptor(owning: fd) }
        return report
    }

    /// As above; `fds` get the descriptors that came, which the caller owns from then on.
    static func read(
        _ control: CInt, into fds: inout [CInt]
    ) throws(SandboxError) -> JailReport? {
        do throws(Errno) {
            let packet = try DescriptorPassing.receive(control, bytesMax: sizeBytes, into: &fds)
            guard let packet else { return nil }
            return packet.count == sizeBytes ? parse(packet) : .closed
        } catch .connectionReset {
            return .closed
        } catch {
            throw .system(.readReport, error)
        }
    }

    private static func parse(_ bytes: [UInt8]) -> JailReport {
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[index * 4 + $1]) << ($1 * 8) }
        }
        let (first, second, third) = (word(1), word(2), word(3))
        switch word(0) {
        case 1:
            guard let step = JailStep(rawValue: first) else { return .closed }
            let index = third == .max ? nil : Int(third)
            return .failed(step, Errno(code: CInt(truncatingIfNeeded: second)), pathIndex: index)
        case 2: return .running(pid: Int32(truncatingIfNeeded: first))
        case 3:
            let code = CInt(truncatingIfNeeded: second)
            return .ended(first == 0 ? .exited(code) : .killed(Signal(code)))
        case 4: return .probed(bits: first, landlockABI: second, refusal: third)
        case 5: return .sockets(Int(first))
        default: return .closed
        }
    }
}
