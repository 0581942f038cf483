package import RIGHTTP

/// What clients may cost a server.
package struct ServerLimits: Sendable {
    package var http = HTTPLimits()
    /// Connections at a time; one more takes the place of the longest idle one.
    package var connectionsMax = 4_096
    /// Connections taken from a listener in one tick, so that those inside are served too.
    package var acceptsPerTick = 64
    /// From the first byte of a request (on a new connection: from its first moment) to the end of
    /// its head.
    package var headMilliseconds = 10_000
    /// Between two portions of a body.
    package var bodyPauseMilliseconds = 10_000
    /// For a whole body, at the slowest rate that is served.
    package var bodyBytesPerSecondMin = 16 << 10
    /// Between two requests of one connection.
    package var idleMilliseconds = 75_000
    /// Without a byte taken by a client who has an answer to read.
    package var writePauseMilliseconds = 30_000
    /// For a client to close after it was told so; what it sends meanwhile is dropped.
    package var lingerMilliseconds = 2_000
    /// Requests behind the one in hand are read up to so many bytes.
    package var pipelinedBytesMax = 64 << 10
    /// A stream's sender waits while a client has not taken so many bytes.
    package var streamQueueBytesMax = 256 << 10

    package init() {}
}
