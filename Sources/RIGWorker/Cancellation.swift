package import RIGLoop

/// Tells a call in flight that its caller went away. One a call; used on the loop only.
@RequestLoop
package final class Cancellation {
    package private(set) var isCancelled = false
    private var action: (() -> Void)?

    package init() {}

    /// Cancels once; later calls do nothing.
    package func cancel() {
        guard !isCancelled else { return }
        isCancelled = true
        let action = self.action
        self.action = nil
        action?()
    }

    /// What `cancel` does from now on, in place of what it did before.
    package func onCancel(_ action: (() -> Void)?) {
        self.action = action
    }
}
