internal import RIGLinux
internal import Synchronization

/// Where the loop and the durable thread meet: one place for a batch, and one bell.
///
/// The loop puts a batch there; as long as it has not been taken, the loop may take it back and add
/// to it, so that a slow disk makes bigger groups instead of a longer queue. No lock, so neither
/// side ever waits for the other's thread to run.
@safe
final class DurableLink: Sendable {
    /// What the durable thread is doing, as far as the bell is concerned.
    enum Attention: UInt8, AtomicRepresentable {
        case awake
        /// Wants to hear of any batch.
        case asleep
        /// Waits for its time with a batch in sight; wants to hear only of an urgent one.
        case lingering
    }

    private let place = unsafe Atomic<Unmanaged<DurableBatch>?>(nil)
    private let urgent = Atomic<Bool>(false)
    private let closing = Atomic<Bool>(false)
    private let attention = Atomic<Attention>(.awake)
    private let bell: EventFd

    init() throws(Errno) {
        bell = try EventFd()
    }

    deinit {
        _ = take()
    }

    // The loop's side.

    /// Puts a batch where the durable thread finds it. The place must be empty.
    func give(_ batch: DurableBatch, urgent isUrgent: Bool) {
        if isUrgent { urgent.store(true, ordering: .sequentiallyConsistent) }
        let before = unsafe place.exchange(
            Unmanaged.passRetained(batch), ordering: .sequentiallyConsistent)
        precondition(unsafe before == nil, "the loop takes back what it gave before it gives more")
        switch attention.load(ordering: .sequentiallyConsistent) {
        case .awake: break
        case .asleep: ring()
        case .lingering: if isUrgent { ring() }
        }
    }

    /// Asks the durable thread to write what there is and to end.
    func close() {
        closing.store(true, ordering: .sequentiallyConsistent)
        if attention.load(ordering: .sequentiallyConsistent) != .awake { ring() }
    }

    private func ring() {
        let before = attention.exchange(.awake, ordering: .sequentiallyConsistent)
        guard before != .awake else { return }
        do {
            try bell.signal()
        } catch {
            preconditionFailure("an eventfd that is open takes a signal: \(error)")
        }
    }

    // Either side.

    /// The batch that stands ready, which is then the caller's.
    func take() -> DurableBatch? {
        // SAFETY: `give` retained the batch once, and the exchange gives it to one taker only.
        let taken = unsafe place.exchange(nil, ordering: .sequentiallyConsistent)
        return unsafe taken?.takeRetainedValue()
    }

    // The durable thread's side.

    var isClosing: Bool { closing.load(ordering: .sequentiallyConsistent) }

    /// Whether a batch stands ready. The loop may still take it back.
    var hasBatch: Bool { unsafe place.load(ordering: .sequentiallyConsistent) != nil }

    /// True once after an urgent batch was given. Asked before `take`, so that a batch given in
    /// between leaves the flag up: that costs one more look, never a missed one.
    func takeUrgency() -> Bool {
        urgent.exchange(false, ordering: .sequentiallyConsistent)
    }

    /// Waits until the bell rings, a batch is there or the time is over.
    /// - Returns: false when the time was over.
    func sleep(milliseconds: Int?) -> Bool {
        attention.store(.asleep, ordering: .sequentiallyConsistent)
        if hasBatch || isClosing {
            attention.store(.awake, ordering: .sequentiallyConsistent)
            return true
        }
        return listen(milliseconds)
    }

    /// Waits until an urgent batch was given, the queue is closing or the time is over.
    func linger(milliseconds: Int) {
        attention.store(.lingering, ordering: .sequentiallyConsistent)
        if urgent.load(ordering: .sequentiallyConsistent) || isClosing {
            attention.store(.awake, ordering: .sequentiallyConsistent)
            return
        }
        _ = listen(milliseconds)
    }

    private func listen(_ milliseconds: Int?) -> Bool {
        defer { attention.store(.awake, ordering: .sequentiallyConsistent) }
        do {
            return try bell.wait(timeoutMilliseconds: milliseconds)
        } catch {
            preconditionFailure("an eventfd that is open can be waited for: \(error)")
        }
    }
}
