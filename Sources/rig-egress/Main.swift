internal import CTLS
internal import RIGEgress
internal import RIGLinux

/// The program that holds secrets together with a connection to the outside, and does nothing else:
/// it is given a worker's connection and one that leads to the host, puts the secrets into the
/// request, speaks TLS, and takes them out of the answer. It looks no names up, makes no connection,
/// reads no file but the authorities' certificates, and ends with the sidecar.
@main
enum Main {
    /// Where the sidecar put the socket that orders come from.
    private static let control: CInt = 3

    static func main() {
        do throws(Errno) {
            // No other process of the user may look into this one.
            try Facts.forbidDumps()
            try Signal.ignoreBrokenPipe()
            try serve()
        } catch {
            Terminal.report("rig-egress: \(error)\n")
        }
    }

    private static func serve() throws(Errno) {
        let tls = TLS.make()
        let running = RunningJobs()
        while true {
            var fds: [CInt] = []
            guard
                let packet = try DescriptorPassing.receive(
                    control, bytesMax: 256 << 10, into: &fds)
            else {
                _ = try Poll.wait(control, for: .read, timeoutMilliseconds: nil)
                continue
            }
            let sockets = Sockets(fds)
            if packet.isEmpty { return }
            switch CourierJob.read(packet) {
            case .carry(let id, let job, let first)?:
                guard let sockets, let tls else {
                    let reason: EgressReason = tls == nil ? .tlsUnavailable : .secretsUnavailable
                    try SocketPair.send(control, CourierReport(reason: reason).packet(id: id))
                    continue
                }
                running.add(id, sockets)
                try KernelThread.start(name: "rig-request") {
                    let report = Exchange(job, sockets, tls, first).run()
                    running.remove(id)
                    sockets.close()
                    send(report, id)
                }
            case .cancel(let id)?: running.shutDown(id)
            case nil: return
            }
        }
    }

    private static func send(_ report: CourierReport, _ id: UInt64) {
        do throws(Errno) {
            try SocketPair.send(control, report.packet(id: id))
        } catch {
            // The sidecar has gone, and the next look at the socket ends the program.
            return
        }
    }
}
