internal import RIGModel

/// What a worker's connections may cost; `Limits` gives the values, tests smaller ones.
package struct EgressLimits: Sendable {
    package var tunnelsMax = Limits.egressTunnelsPerWorkerMax
    package var connectMilliseconds = Limits.egressConnectMilliseconds
    package var headMilliseconds = Limits.egressHeadMilliseconds
    package var idleMilliseconds = Limits.egressIdleMilliseconds
    package var tunnelMilliseconds = Limits.egressTunnelMilliseconds
    package var tunnelBytesMax = Limits.egressTunnelBytesMax
    package var nameMilliseconds = Limits.egressNameMilliseconds
    package var attemptsPerSecond = Limits.egressAttemptsPerSecond

    package init() {}
}
