internal import Synchronization

/// Room for rows that are still to come, so that a call that has begun can always be recorded to its
/// end. What is left of it goes back when the slot ends.
package struct DurableSlot: ~Copyable, Sendable {
    private let room: DurableRoom
    /// Rows that may still be appended on this slot.
    package private(set) var rows: Int

    init(_ room: DurableRoom, rows: Int) {
        self.room = room
        self.rows = rows
        room.take(rows)
    }

    deinit {
        room.giveBack(rows)
    }

    /// Turns one row spoken for into a row appended.
    mutating func use() {
        precondition(rows > 0, "a slot holds as many rows as it was asked to")
        rows -= 1
        room.giveBack(1)
    }
}

/// Counts the rows spoken for. Atomic, since a slot may end on any thread.
final class DurableRoom: Sendable {
    private let spokenFor = Atomic<Int>(0)

    var rows: Int { spokenFor.load(ordering: .relaxed) }
    func take(_ rows: Int) { spokenFor.wrappingAdd(rows, ordering: .relaxed) }
    func giveBack(_ rows: Int) { spokenFor.wrappingSubtract(rows, ordering: .relaxed) }
}
