internal import CLinux
internal import Glibc

/// Threads of the process, for the few that live as long as it does.
package enum KernelThread {
    /// Starts a thread that runs `body` once and ends.
    /// - Parameters:
    ///   - name: Shown by tools; cut to 15 bytes.
    ///   - stackBytes: 0 for the system's default (8 MiB of address space).
    package static func start(
        name: String, stackBytes: Int = 0, _ body: @escaping @Sendable () -> Void
    ) throws(Errno) {
        let start = Start(name: name, body: body)
        // SAFETY: the retain is consumed by the thread, or below when none was started.
        let context = unsafe Unmanaged.passRetained(start)
        let code = unsafe rig_thread_start(
            { context in
                guard let context = unsafe context else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
                // A thread without its name works as well.
                _ = unsafe rig_thread_name(start.name)
                start.body()
                return nil
            }, context.toOpaque(), stackBytes)
        if code != 0 { unsafe context.release() }
        try check(code)
    }

    /// Stops the calling thread for so long, or until a signal is handled on it; never the loop's.
    package static func sleep(milliseconds: Int) {
        var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
        // An interruption only makes the wait shorter.
        _ = unsafe nanosleep(&time, nil)
    }

    /// A word of the calling thread's own, 0 at first: tells an owner its thread in a nanosecond.
    package static var mark: UInt {
        get { rig_thread_mark() }
        set { rig_set_thread_mark(newValue) }
    }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
