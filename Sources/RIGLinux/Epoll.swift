internal import CLinux

/// What a descriptor is watched for, or what happened to it.
package struct Readiness: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let readable = Readiness(rawValue: UInt32(RIG_READABLE))
    package static let writable = Readiness(rawValue: UInt32(RIG_WRITABLE))
    /// Reported without being asked for.
    package static let failed = Readiness(rawValue: UInt32(RIG_ERROR))
    /// Both directions are closed; reported without being asked for.
    package static let hungUp = Readiness(rawValue: UInt32(RIG_HANGUP))
}

/// Level-triggered readiness of many descriptors. Belongs to one thread.
@safe
package struct Epoll: ~Copyable {
    private let descriptor: Descriptor
    private let events: UnsafeMutablePointer<rig_event>
    private let batch: Int

    /// - Parameter batch: Events taken at once.
    package init(batch: Int = 128) throws(Errno) {
        descriptor = Descriptor(owning: try call { rig_epoll_create() })
        self.batch = batch
        // SAFETY: `batch` entries, all initialised here.
        unsafe events = .allocate(capacity: batch)
        unsafe events.initialize(repeating: rig_event(events: 0, token: 0), count: batch)
    }

    deinit {
        unsafe events.deallocate()
    }

    /// - Throws: `Errno.permission` for what is always ready: regular files and directories.
    package func add(_ fd: CInt, _ interest: Readiness, token: UInt64) throws(Errno) {
        _ = try call { rig_epoll_add(descriptor.fd, fd, interest.rawValue, token) }
    }

    package func modify(_ fd: CInt, _ interest: Readiness, token: UInt64) throws(Errno) {
        _ = try call { rig_epoll_modify(descriptor.fd, fd, interest.rawValue, token) }
    }

    package func remove(_ fd: CInt) throws(Errno) {
        _ = try call { rig_epoll_remove(descriptor.fd, fd) }
    }

    /// Waits for events: nil for ever, 0 only looks.
    /// - Returns: How many `event(_:)` may be asked for.
    package func wait(timeoutNanoseconds: UInt64?) throws(Errno) -> Int {
        let timeout = timeoutNanoseconds.map { Int64(clamping: $0) } ?? -1
        do {
            return Int(
                try callOnce {
                    unsafe rig_epoll_wait(
                        descriptor.fd, events, CInt(batch), timeout)
                })
        } catch .interrupted {
            // Not repeated: the caller has to work out its timeout anew.
            return 0
        }
    }

    /// The `index`th event of the last wait.
    package func event(_ index: Int) -> (token: UInt64, readiness: Readiness) {
        precondition(index >= 0 && index < batch, "index lies in the batch")
        // SAFETY: bounded by the line above, and every entry is initialised.
        let event = unsafe events[index]
        return (event.token, Readiness(rawValue: event.events))
    }
}
