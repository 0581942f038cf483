internal import RIGApproval
internal import RIGLinux
internal import RIGLoop
internal import RIGStore

/// The approvals that wait, read for all who watch them at once: whoever asks while a read is under
/// way gets what it brings. Decisions also come from other processes, so it is the database that is
/// looked at.
@RequestLoop
final class ApprovalList {
    /// Between two looks of one who waits.
    static let pauseNanoseconds: UInt64 = 200_000_000
    /// Who may wait at a time.
    static let watchersMax = 256

    private let path: String
    private var reading: Task<Result<[ApprovalRecord], StoreError>, Never>?
    var watchers = 0

    init(_ path: String) {
        self.path = path
    }

    func pending() async throws(StoreError) -> [ApprovalRecord] {
        if let reading { return try await reading.value.get() }
        let task = RequestLoop.start { [path] in await Self.read(path, all: false) }
        reading = task
        let result = await task.value
        reading = nil
        return try result.get()
    }

    func all() async throws(StoreError) -> [ApprovalRecord] {
        try await Self.read(path, all: true).get()
    }

    func find(_ id: String) async throws(StoreError) -> ApprovalRecord? {
        try await RequestLoop.offload { [path] () throws(StoreError) in
            let reader = try ApprovalReader.open(path)
            return try StoreError.wrap { () throws(SQLiteError) in try reader.find(id) }
        }
    }

    private static func read(
        _ path: String, all isAll: Bool
    ) async -> Result<[ApprovalRecord], StoreError> {
        let now = WallClock.nowMilliseconds()
        do throws(StoreError) {
            return .success(
                try await RequestLoop.offload { () throws(StoreError) in
                    let reader = try ApprovalReader.open(path)
                    return try StoreError.wrap { () throws(SQLiteError) in
                        try reader.list(all: isAll, at: now)
                    }
                })
        } catch {
            return .failure(error)
        }
    }
}
