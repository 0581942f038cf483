package import RIGLoop
package import RIGPipeline
internal import RIGRegistry

/// What all sessions share: the tools that are shown, and the gateway that calls them. The list may
/// be there long before the gateway: a host that starts RIG asks for tools at once.
@RequestLoop
package final class ToolBoard {
    /// Changes that come together are told once.
    private static let debounceNanoseconds: UInt64 = 250_000_000

    package private(set) var listing: ToolListing?
    package private(set) var gateway: Gateway?
    /// Why there will be no gateway.
    package private(set) var failure: String?
    private var listingWaiters: [OneShot<Void>] = []
    private var gatewayWaiters: [OneShot<Void>] = []
    private var listeners: [Int: () -> Void] = [:]
    private var lastListener = 0
    private var announcement: LoopTimer?

    package init() {}

    /// Shows the tools of packs that have not been started.
    package func show(_ listing: ToolListing) {
        let isNew = self.listing.map { $0.generation != listing.generation }
        self.listing = listing
        for waiter in listingWaiters { waiter.resume(()) }
        listingWaiters = []
        if isNew == true { announceSoon() }
    }

    /// Opens for calls, and follows the gateway's snapshots from now on.
    package func open(_ gateway: Gateway) {
        self.gateway = gateway
        show(ToolListing(gateway.snapshot.snapshot.tools.map(\.listed)))
        gateway.onSwap { [weak self] next in
            self?.show(ToolListing(next.snapshot.tools.map(\.listed)))
        }
        releaseCalls()
    }

    /// Nothing will be served; calls are answered with `why`.
    package func fail(_ why: String) {
        failure = why
        if listing == nil { show(ToolListing([])) }
        releaseCalls()
    }

    private func releaseCalls() {
        for waiter in gatewayWaiters { waiter.resume(()) }
        gatewayWaiters = []
    }

    /// The list, as soon as there is one.
    func listingWhenKnown() async -> ToolListing {
        while true {
            if let listing { return listing }
            let waiter = OneShot<Void>()
            listingWaiters.append(waiter)
            await waiter.wait()
        }
    }

    /// The gateway once it is open; nil when it never will be.
    func gatewayWhenOpen() async -> Gateway? {
        if let gateway { return gateway }
        if failure != nil { return nil }
        let waiter = OneShot<Void>()
        gatewayWaiters.append(waiter)
        await waiter.wait()
        return gateway
    }

    // Changes of the list

    /// Calls `action` after the list has changed, until `ignore`.
    func listen(_ action: @escaping () -> Void) -> Int {
        lastListener += 1
        listeners[lastListener] = action
        return lastListener
    }

    func ignore(_ listener: Int) {
        listeners[listener] = nil
    }

    private func announceSoon() {
        guard announcement == nil else { return }
        announcement = EventLoop.shared.after(nanoseconds: Self.debounceNanoseconds) {
            self.announcement = nil
            self.announce()
        }
    }

    /// Tells of a change that waits to be told, before the answer of the call that caused it: some
    /// hosts read the list again between a call and the next.
    package func announceNow() {
        guard let announcement else { return }
        EventLoop.shared.cancel(announcement)
        self.announcement = nil
        announce()
    }

    private func announce() {
        for (_, action) in listeners.sorted(by: { $0.key < $1.key }) { action() }
    }
}
