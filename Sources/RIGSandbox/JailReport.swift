package import RIGLinux

/// One packet of the launcher, as Sources/rig-jail/jail.h defines it: four numbers of 32 bits.
package enum JailReport: Equatable, Sendable {
    case failed(JailStep, Errno, pathIndex: Int?)
    case running(pid: Int32)
    case ended(ExitStatus)
    case probed(bits: UInt32, landlockABI: UInt32)
    /// The launcher is gone; nothing more comes.
    case closed

    private static let sizeBytes = 16

    /// Takes the next packet; nil when none is there yet on a non-blocking descriptor. Bytes that
    /// are no packet of the launcher count as its end.
    package static func read(_ control: CInt) throws(SandboxError) -> JailReport? {
        var room = [UInt8](repeating: 0, count: sizeBytes)
        do throws(Errno) {
            switch try Transmit.read(control, into: &room) {
            case .wouldBlock: return nil
            case .end: return .closed
            case .bytes(let count): return count == sizeBytes ? parse(room) : .closed
            }
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
        case 4: return .probed(bits: first, landlockABI: second)
        default: return .closed
        }
    }
}
