internal import Glibc

/// Time that never goes back; for deadlines and durations.
package enum MonotonicClock {
    /// Nanoseconds since boot, without sleep; answered by the vDSO without a system call.
    package static func nowNanoseconds() -> UInt64 {
        var time = timespec()
        // Cannot fail: the clock exists on every Linux and the pointer is valid.
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// Calendar time; for records, never for durations.
package enum WallClock {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package static func nowMilliseconds() -> Int64 {
        var time = timespec()
        // Cannot fail, as above.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Processor time spent; for benchmarks and reports.
package enum ProcessorClock {
    /// Nanoseconds of user and system time of the calling thread.
    package static func threadNanoseconds() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

    /// Nanoseconds of user and system time of all threads of this process.
    package static func processNanoseconds() -> UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }

    private static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        // Cannot fail: both clocks exist on every Linux and the pointer is valid.
        _ = unsafe clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
