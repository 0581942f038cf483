internal import RIGBytes
internal import RIGEgress
internal import RIGHTTP
internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// One request and its answer, on a thread of its own that may block.
final class Exchange {
    private let job: CourierJob
    private let sockets: Sockets
    private let tls: TLS
    private let input: ByteBuffer
    private let startNanoseconds = MonotonicClock.nowNanoseconds()
    private var report = CourierReport()

    init(_ job: CourierJob, _ sockets: Sockets, _ tls: TLS, _ first: [UInt8]) {
        self.job = job
        self.sockets = sockets
        self.tls = tls
        input = ByteBuffer(first)
    }

    func run() -> CourierReport {
        var isAnswered = false
        do throws(EgressReason) {
            try exchange(&isAnswered)
        } catch {
            report.reason = error
            if !isAnswered { refuse(error) }
        }
        return report
    }

    private func exchange(_ isAnswered: inout Bool) throws(EgressReason) {
        do throws(Errno) {
            for fd in [sockets.worker, sockets.host] {
                try Descriptor.setNonBlocking(fd, false)
            }
        } catch {
            throw .peerReset
        }
        try allow(sockets.worker, Limits.egressHeadMilliseconds)
        let reader = try readRequest()
        let head = reader.head
        let request = ByteBuffer(capacity: input.count + 1024)
        let made = SecretRequest(
            head, body: reader.body, of: input, to: job.upstream, job.secrets, output: request)
        report.showsPlaceholder = made.showsPlaceholder
        try allow(sockets.host, Limits.egressConnectMilliseconds)
        let session = try tls.connect(
            sockets.host, host: job.upstream.host,
            isAddress: IPAddress(job.upstream.host) != nil)
        try allow(sockets.host, job.milliseconds)
        report.sentBytes = request.count
        // A host may answer before it has read everything, and read no more.
        let isSent = session.writeAll(request)
        var response = SecretResponse(
            job.secrets, upstream: job.upstream.authority, isOfHead: head.method == .head,
            minorVersion: head.minorVersion)
        defer { report.status = response.status }
        try readResponse(session, &response, &isAnswered)
        if !isSent, !response.isOver { throw .peerReset }
    }

    /// How long one side may say nothing, or take nothing, from now on.
    private func allow(_ fd: CInt, _ milliseconds: Int) throws(EgressReason) {
        do throws(Errno) {
            try TCPSocket.setTimeout(fd, milliseconds: milliseconds)
        } catch {
            throw .peerReset
        }
    }

    private var ageMilliseconds: Int {
        Int((MonotonicClock.nowNanoseconds() - startNanoseconds) / 1_000_000)
    }

    /// The whole of it: what it says must not depend on when its bytes come.
    private func readRequest() throws(EgressReason) -> RequestReader {
        var limits = HTTPLimits()
        limits.bodyBytesMax = Limits.egressRequestBodyBytesMax
        var reader = RequestReader(limits)
        var hasHead = false
        while true {
            // A head that comes byte by byte holds a thread no longer than one that does not come.
            if !hasHead, ageMilliseconds > Limits.egressHeadMilliseconds { throw .idle }
            do throws(HTTPFault) {
                switch try reader.read(input) {
                case .complete:
                    guard reader.head.target.form != .authority else { throw .badTarget }
                    return reader
                case .head:
                    hasHead = true
                    if reader.head.expectsContinue { try sendContinue() }
                    continue
                case .needsMore: break
                }
            } catch {
                throw .badRequest
            }
            if hasHead { try allow(sockets.worker, job.milliseconds) }
            do throws(Errno) {
                switch try input.fill(from: sockets.worker, bytesMax: 64 << 10) {
                case .bytes: continue
                case .wouldBlock: throw Errno.timedOut
                case .end: throw Errno.connectionReset
                }
            } catch {
                throw error == .timedOut ? .idle : .peerReset
            }
        }
    }

    private func sendContinue() throws(HTTPFault) {
        let text = ByteBuffer("HTTP/1.1 100 Continue\r\n\r\n".utf8)
        if !write(text) { throw .endedEarly }
    }

    private func readResponse(
        _ session: borrowing TLS.Session, _ response: inout SecretResponse,
        _ isAnswered: inout Bool
    ) throws(EgressReason) {
        let bytes = ByteBuffer(capacity: 16 << 10)
        let output = ByteBuffer(capacity: 16 << 10)
        try allow(sockets.worker, job.milliseconds)
        while !response.isOver {
            if ageMilliseconds > Limits.egressTunnelMilliseconds { throw .lifetimeExceeded }
            bytes.removeAll()
            let got = session.read(into: bytes)
            if let got, got > 0 {
                report.receivedBytes += got
                if report.receivedBytes > Limits.egressTunnelBytesMax { throw .bytesExceeded }
                try response.feed(bytes, bytes.range, to: output)
            } else if got == 0 {
                try response.finish(to: output)
            } else {
                // Cut off: whoever did it, this is not all of the answer.
                throw .upstreamMalformed
            }
            if output.isEmpty { continue }
            isAnswered = true
            if !write(output) { throw .peerReset }
        }
        isAnswered = true
        if !write(output) { throw .peerReset }
    }

    /// Writes all of it to the worker.
    private func write(_ buffer: ByteBuffer) -> Bool {
        do throws(Errno) {
            while !buffer.isEmpty {
                // Blocking: nothing taken means that the time was up.
                guard case .bytes = try buffer.drain(to: sockets.worker) else { return false }
            }
            return true
        } catch {
            return false
        }
    }

    private func refuse(_ reason: EgressReason) {
        _ = write(
            EgressAnswer.refusal(reason, host: job.upstream.host, port: job.upstream.port))
    }
}
