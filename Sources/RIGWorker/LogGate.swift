internal import RIGModel

/// How much a worker may say a second: beyond it lines are dropped and counted. Pure; the time is
/// passed in.
struct LogGate {
    private static let windowNanoseconds: UInt64 = 1_000_000_000

    private var windowStart: UInt64 = 0
    private var windowBytes = 0
    /// Lines dropped and not spoken of yet.
    private(set) var dropped = 0

    /// Decides on a line of `bytes`. `droppedBefore` is not zero for the first line after a window
    /// in which some were dropped: the moment to say so.
    mutating func pass(bytes: Int, at now: UInt64) -> (passes: Bool, droppedBefore: Int) {
        var droppedBefore = 0
        if now &- windowStart > Self.windowNanoseconds {
            droppedBefore = dropped
            (windowStart, windowBytes, dropped) = (now, 0, 0)
        }
        windowBytes += max(bytes, Limits.workerLogLineBytesMin)
        let passes = windowBytes <= Limits.workerLogBytesPerSecond
        if !passes { dropped += 1 }
        return (passes, droppedBefore)
    }

    /// What stands in the log in their place.
    static func notice(_ dropped: Int) -> String {
        "\(dropped) lines were dropped: too many a second"
    }
}
