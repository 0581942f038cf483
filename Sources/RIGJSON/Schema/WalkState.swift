/// Why a walk gave up rather than said no. Everything but `none` fails closed.
package enum WalkFault: UInt8, Sendable {
    case none
    /// Nested deeper than the limit.
    case depth
    /// More positions were walked than the budget allows: nested alternatives, or keys and items
    /// made to collide.
    case work
}

/// What one walk changes, and what it reads besides text and positions.
///
/// SAFETY: the pointers are the scanner's bitmaps and the checker's scratch; both outlive a walk.
@unsafe
struct WalkState {
    var escapes: UnsafePointer<UInt64>
    var nonASCII: UnsafePointer<UInt64>
    /// One past the last real position.
    var end: Position
    /// Where the last failure was; the distance to it is the work a failed branch has cost.
    var failure: Position
    /// Positions that may still be walked a second time.
    var work: Int
    var fault = WalkFault.none
    /// In-place nesting left, beside the nesting of the text.
    var nestingLeft = unsafe WalkState.nestingMax
    /// Hash seed of this process, against keys made to collide.
    var seed: UInt64
    var scratch: WalkScratch
    /// Resources entered, outermost first; used by programs with a dynamic reference.
    var scopeCount = 0
    var program: SchemaProgramView?

    static let nestingMax = 512
}

/// A walk: grammar and schema at once, straight on structural positions. Two words, so that it
/// travels in registers; what changes is behind `state`.
///
/// In: a `Node` and the position of a value. Out: the position behind the value, or nil.
///
///     {"a": 1, "b": [true]}        value(node of {properties: {a: …}}, at `{`) -> past `}`
///
/// First failure returns nil at once; who failed where is for the report to find.
@safe
struct Walk {
    let text: Text
    let state: UnsafeMutablePointer<WalkState>

    @inline(__always)
    init(text: Text, state: UnsafeMutablePointer<WalkState>) {
        self.text = text
        unsafe self.state = state
    }

    @inline(__always)
    func fail(_ at: Position) -> Position? {
        unsafe state.pointee.failure = at
        return nil
    }

    @inline(never)
    func giveUp(_ fault: WalkFault, _ at: Position) -> Position? {
        unsafe state.pointee.fault = fault
        unsafe state.pointee.failure = at
        return nil
    }

    @inline(__always)
    var gaveUp: Bool { unsafe state.pointee.fault != .none }

    /// Takes `positions` off the budget; false when it is spent.
    func spend(_ positions: Int) -> Bool {
        unsafe state.pointee.work -= positions
        guard unsafe state.pointee.work < 0 else { return true }
        unsafe state.pointee.fault = .work
        return false
    }

    /// Whether the string bytes `start..<start + length` hold an escape.
    @inline(__always)
    func holdsEscape(_ start: Int, _ length: Int) -> Bool {
        unsafe Walk.anyBit(state.pointee.escapes, start, length)
    }

    /// Whether they hold a byte outside ASCII.
    @inline(__always)
    func holdsNonASCII(_ start: Int, _ length: Int) -> Bool {
        unsafe Walk.anyBit(state.pointee.nonASCII, start, length)
    }

    @inline(__always)
    private static func anyBit(_ map: UnsafePointer<UInt64>, _ start: Int, _ length: Int) -> Bool {
        guard length > 0 else { return false }
        // SAFETY: the maps cover every byte of the text, and the string lies in it.
        let first = start &>> 6
        let last = (start &+ length &- 1) &>> 6
        let low = UInt64.max &<< UInt64(truncatingIfNeeded: start & 63)
        let high = UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- ((start &+ length &- 1) & 63))
        if first == last { return unsafe map[first] & low & high != 0 }
        var found = unsafe (map[first] & low) | (map[last] & high)
        var index = first &+ 1
        while index < last {
            found |= unsafe map[index]
            index &+= 1
        }
        return found != 0
    }
}
