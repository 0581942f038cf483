internal import RIGLinux

/// Who started this process and waits to hear from it (sd_notify): without one nothing is said.
struct Supervisor: Sendable {
    private let path: String?

    init() {
        path = Environment.get("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    /// Half of the time within which it must hear something; nil when it does not watch.
    var watchdogMilliseconds: Int? {
        guard path != nil, let text = Environment.get("WATCHDOG_USEC"), let number = Int(text),
            number >= 2_000
        else { return nil }
        return number / 2_000
    }

    /// Such as `READY=1`. A supervisor that does not listen is no reason to stop serving.
    func tell(_ state: String) {
        guard let path else { return }
        do throws(Errno) {
            let socket = try UnixSocket.connectDatagram(path)
            try Transmit.writeAll(socket.fd, Array(state.utf8))
        } catch {
            Terminal.report("rig: serve: NOTIFY_SOCKET: \(error)\n")
        }
    }
}
