/// Why a connection to the outside was not made, or ended before its peers ended it. The word
/// stands in the audit and in answers to a client of the proxy.
package enum EgressReason: String, Error, Sendable, CaseIterable {
    // Decided before anything left.
    case notGranted = "not_granted"
    /// The name leads to an address behind which only the operator's own network can stand.
    case addressRefused = "address_refused"
    case badHost = "bad_host"
    case badRequest = "bad_request"
    case tooManyTunnels = "too_many_tunnels"
    /// The audit takes nothing, and what cannot be recorded is not done.
    case unrecorded

    // The way there.
    case nameNotFound = "name_not_found"
    case lookupFailed = "lookup_failed"
    case lookupsExhausted = "lookups_exhausted"
    case connectFailed = "connect_failed"
    case connectTimeout = "connect_timeout"

    // While it was open.
    case bytesExceeded = "bytes_exceeded"
    case idle
    case lifetimeExceeded = "lifetime_exceeded"
    case peerReset = "peer_reset"
    case workerEnded = "worker_ended"

    // Requests that get a secret.
    case tlsUnavailable = "tls_unavailable"
    case tlsFailed = "tls_failed"
    case certificateRefused = "certificate_refused"
    case upstreamMalformed = "upstream_malformed"
    /// The answer is compressed, or a secret in it cannot be cut out.
    case notScrubbable = "not_scrubbable"
    case secretsUnavailable = "secrets_unavailable"

    /// Whether nothing was sent to the host: policy, not the network, said no.
    package var isRefusal: Bool {
        switch self {
        case .notGranted, .addressRefused, .badHost, .badRequest, .tooManyTunnels, .unrecorded: true
        default: false
        }
    }

    /// The status of an answer to the worker.
    package var status: Int {
        switch self {
        case .notGranted, .addressRefused: 403
        case .badHost, .badRequest: 400
        case .tooManyTunnels, .unrecorded, .lookupsExhausted, .secretsUnavailable, .tlsUnavailable:
            503
        case .connectTimeout, .idle, .lifetimeExceeded: 504
        default: 502
        }
    }
}
