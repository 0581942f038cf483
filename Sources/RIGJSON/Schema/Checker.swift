package import RIGBytes

/// Runs compiled schemas over scanned texts; owns the scratch that a walk may need.
///
/// In: a program, a scanner that holds the text's positions, the index of a position. Out: the
/// index behind the value, or nil when the value is malformed or the schema refuses it.
///
///     {"id":1,"args":{"x":2}}      check(program, …, at: 7) at the inner `{` gives 12, its `}` + 1
///
/// One owner at a time; reused from text to text, and a warm checker allocates nothing.
@safe
package struct Checker: ~Copyable {
    private let state: UnsafeMutablePointer<WalkState>
    /// Why the last `check` gave up; `none` when it said yes, or no for a reason in the text.
    package private(set) var fault = WalkFault.none
    /// The text offset near which the last `check` failed, relative to the scanned range.
    package private(set) var failureOffset = 0

    package init() {
        let nowhere = UnsafeMutablePointer<UInt64>.allocate(capacity: 1)
        unsafe nowhere.initialize(to: 0)
        let place = unsafe Position(
            UnsafeRawPointer(nowhere).assumingMemoryBound(to: UInt32.self))
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(
            to: WalkState(
                escapes: UnsafePointer(nowhere), nonASCII: UnsafePointer(nowhere), end: place,
                failure: place, work: 0, seed: UInt64.random(in: .min ... .max),
                scratch: WalkScratch()))
        unsafe self.nowhere = unsafe nowhere
    }

    private let nowhere: UnsafeMutablePointer<UInt64>

    deinit {
        unsafe state.pointee.scratch.release()
        unsafe state.deallocate()
        unsafe nowhere.deallocate()
    }

    /// Checks the value at position `index`, grammar and schema at once. `buffer` is the one that
    /// was scanned, and must not have changed since.
    package mutating func check(
        _ program: SchemaProgram, _ scanner: borrowing Scanner, _ buffer: ByteBuffer,
        at index: Int = 0
    ) -> Int? {
        precondition(index >= 0 && index < scanner.count, "index names a position")
        // SAFETY: text, positions and bitmaps live as long as the scanner and the buffer, which
        // the caller holds over this call; positions are followed by their sentinels.
        let positions = unsafe Position(scanner.unsafePositions)
        let place = positions + index
        unsafe state.pointee.escapes = scanner.unsafeEscapes
        unsafe state.pointee.nonASCII = scanner.unsafeNonASCII
        unsafe state.pointee.end = positions + scanner.count
        unsafe state.pointee.failure = place
        unsafe state.pointee.work = scanner.count * scanner.workFactor
        unsafe state.pointee.fault = .none
        unsafe state.pointee.nestingLeft = WalkState.nestingMax
        unsafe state.pointee.scopeCount = 0
        unsafe state.pointee.program = program.storage.view
        let walk = unsafe Walk(text: Text(scanner.unsafeText), state: state)
        let after = walk.value(program.storage.root, place, scanner.depthMax)
        fault = unsafe state.pointee.fault
        if let after, after - positions <= scanner.count { return after - positions }
        failureOffset = unsafe min(state.pointee.failure[0], scanner.range.count)
        return nil
    }

    /// Checks a whole text: the value at its start must be all there is.
    package mutating func checkAll(
        _ program: SchemaProgram, _ scanner: borrowing Scanner, _ buffer: ByteBuffer
    ) -> Bool {
        scanner.count > 0 && check(program, scanner, buffer, at: 0) == scanner.count
    }
}
