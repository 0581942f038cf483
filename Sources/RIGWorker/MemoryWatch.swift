internal import RIGLinux
internal import RIGLoop
internal import RIGModel

/// Looks again and again at the memory that workers take, and names those that take too much.
///
/// The limit of the jail (RLIMIT_DATA) stops a worker's own pages as they are asked for, and counts
/// no shared ones; this counts both, a little later. Reading /proc is done off the loop.
@RequestLoop
final class MemoryWatch {
    private let bytesMax: Int
    private var pending: LoopTimer?
    private var isLooking = false
    private var isClosed = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    func close() {
        isClosed = true
        if let pending { EventLoop.shared.cancel(pending) }
        pending = nil
    }

    /// Goes on looking as long as there are `workers`; to be called whenever one was added.
    func begin(
        _ workers: @escaping @RequestLoop () -> [Worker],
        onExcess: @escaping @RequestLoop (Worker) -> Void
    ) {
        guard pending == nil, !isLooking, !isClosed else { return }
        let seen = workers()
        guard !seen.isEmpty else { return }
        let milliseconds =
            seen.contains { $0.held > 0 }
            ? Limits.workerMemoryLookMilliseconds : Limits.workerMemoryIdleLookMilliseconds
        pending = EventLoop.shared.after(nanoseconds: UInt64(milliseconds) * 1_000_000) {
            [weak self] in
            guard let self else { return }
            pending = nil
            isLooking = true
            RequestLoop.start {
                await self.look(workers(), onExcess)
                self.isLooking = false
                self.begin(workers, onExcess: onExcess)
            }
        }
    }

    private func look(
        _ workers: [Worker], _ onExcess: @RequestLoop (Worker) -> Void
    ) async {
        let (pids, bytesMax) = (workers.map(\.processID), bytesMax)
        let excess = await RequestLoop.offload { pids.map { Self.isOver(bytesMax, $0) } }
        // A pid belongs to its worker as long as that lives; one that has ended hears nothing.
        for (worker, isOver) in zip(workers, excess) where isOver && worker.end == nil {
            onExcess(worker)
        }
    }

    /// The cheap count first: it includes pages of files, so it is never less.
    private nonisolated static func isOver(_ bytesMax: Int, _ pid: Int32) -> Bool {
        do throws(Errno) {
            guard let all = try ProcessMemory.residentBytes(of: pid), all > bytesMax else {
                return false
            }
            return try (ProcessMemory.ownBytes(of: pid) ?? 0) > bytesMax
        } catch {
            // What cannot be read cannot be judged; the jail's own limit holds all the same.
            return false
        }
    }
}
