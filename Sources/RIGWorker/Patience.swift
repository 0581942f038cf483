internal import RIGLinux

/// How long whoever starts a worker waits for it, over all that has to happen.
struct Patience {
    /// nil: each step has its own time, and nothing bounds them together.
    let milliseconds: Int?
    private let beganNanoseconds = MonotonicClock.nowNanoseconds()

    init(milliseconds: Int?) {
        self.milliseconds = milliseconds
    }

    /// What is left for a step that may take `most`, in milliseconds; 1 at least.
    func left(of most: Int) -> Int {
        guard let milliseconds else { return most }
        let passed = (MonotonicClock.nowNanoseconds() - beganNanoseconds) / 1_000_000
        return max(1, min(most, milliseconds - Int(passed)))
    }
}
