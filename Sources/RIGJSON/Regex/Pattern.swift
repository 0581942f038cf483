/// A compiled regular expression, before it is copied into a program.
struct PatternProgram: Sendable {
    let source: String
    private let table: PatternAutomaton.Table
    private let elements: [PatternElement]?
    /// Steps it took to build, for the budget of a schema.
    let work: Int

    static func compile(_ source: String) throws(PatternError) -> PatternProgram {
        var properties: [String: ScalarSet] = [:]
        return try compile(source, properties: &properties)
    }

    /// The same with the sets of `\p{…}` that were collected before, since collecting is slow.
    static func compile(
        _ source: String, properties: inout [String: ScalarSet]
    ) throws(PatternError) -> PatternProgram {
        let tree = try PatternParser.parse(source, properties: &properties)
        let table = try PatternAutomaton.table(tree)
        return PatternProgram(
            source: source, table: table, elements: PatternElement.elements(of: tree),
            work: table.work)
    }

    /// Whether `source` is a regular expression at all, also when this engine cannot run it.
    static func isValid(_ source: String) -> Bool {
        do throws(PatternError) {
            var properties: [String: ScalarSet] = [:]
            _ = try PatternParser.parse(source, properties: &properties)
            return true
        } catch {
            if case .invalid = error { return false }
            return true
        }
    }

    /// Searches a text by the table alone; for slow paths.
    func matches(_ text: String) -> Bool {
        var row = table.start * table.width
        for byte in text.utf8 {
            row = Int(table.rows[row + Int(table.classes[Int(byte)])])
        }
        return table.rows[row + table.classCount] != 0
    }

    /// The fastest form that fits, in the program's own storage.
    func place(in builder: ProgramBuilder) -> Pattern {
        if let elements { return .elements(elements, builder) }
        if table.stateCount <= 10 { return shifts(builder) }
        return Pattern(
            form: .table, classes: builder.add(table.classes), rows: builder.add(table.rows),
            start: table.start * table.width, width: table.width)
    }

    /// Each byte's word holds the next state of every state, six bits each, as a shift.
    private func shifts(_ builder: ProgramBuilder) -> Pattern {
        var words = [UInt64](repeating: 0, count: 256)
        for byte in 0..<256 {
            for state in 0..<table.stateCount {
                let next = Int(table.rows[state * table.width + Int(table.classes[byte])])
                words[byte] |= UInt64(next / table.width * 6) << UInt64(state * 6)
            }
        }
        var accepts: UInt64 = 0
        for state in 0..<table.stateCount
        where table.rows[state * table.width + table.classCount] != 0 {
            accepts |= 1 << UInt64(state * 6)
        }
        return Pattern(
            form: .shifts, shifts: builder.add(words), start: table.start * 6, accepts: accepts)
    }
}

/// One step of a pattern that needs no automaton: so many bytes of a class.
struct PatternElement: Equatable, Sendable {
    var set: ScalarSet
    var least: Int
    var most: Int

    private static let elementsMax = 8

    /// The steps of `^…$` over ASCII classes in which no choice is ever open: a step that may be
    /// longer or shorter is followed by one whose class shares nothing with it.
    static func elements(of tree: PatternTree) -> [PatternElement]? {
        guard case .sequence(let terms) = tree, terms.first == .assertion(.start),
            terms.last == .assertion(.end)
        else { return nil }
        var found: [PatternElement] = []
        for term in terms.dropFirst().dropLast() {
            var element: PatternElement
            switch term {
            case .set(let set): element = PatternElement(set: set, least: 1, most: 1)
            case .repeated(.set(let set), let least, let most):
                element = PatternElement(set: set, least: least, most: most ?? Int.max)
            default: return nil
            }
            guard element.set.isASCII, !element.set.isEmpty else { return nil }
            if let last = found.last, last.set == element.set, last.most < Int.max,
                element.most < Int.max
            {
                element.least += last.least
                element.most += last.most
                found.removeLast()
            }
            found.append(element)
        }
        guard found.count <= elementsMax else { return nil }
        for (one, other) in zip(found, found.dropFirst())
        where one.least != one.most && !one.set.isDisjoint(other.set) {
            return nil
        }
        return found
    }
}

/// An automaton in a program. Linear in the text, whatever the expression; three forms, the
/// cheapest first.
struct Pattern {
    enum Form: UInt8 { case elements, shifts, table }

    struct Run {
        var mask: UInt8
        var least: Int
        var most: Int
    }

    var form = Form.table
    var classes: Ref<UInt8>?
    var rows: Ref<UInt32>?
    var shifts: Ref<UInt64>?
    var runs: Ref<Run>?
    var runCount = 0
    var start = 0
    var width = 0
    var accepts: UInt64 = 0

    static func elements(_ elements: [PatternElement], _ builder: ProgramBuilder) -> Pattern {
        var masks = [UInt8](repeating: 0, count: 256)
        for (index, element) in elements.enumerated() {
            for byte in 0..<UInt32(128) where element.set.contains(byte) {
                masks[Int(byte)] |= 1 << UInt8(index)
            }
        }
        let runs = elements.enumerated().map { index, element in
            Run(mask: 1 << UInt8(index), least: element.least, most: element.most)
        }
        return Pattern(
            form: .elements, classes: builder.add(masks), runs: builder.add(runs),
            runCount: runs.count)
    }

    /// Searches `length` bytes of UTF-8. SAFETY: the caller's bound; rows and classes lead only to
    /// each other.
    @inline(__always)
    func matches(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        switch form {
        case .elements: return unsafe matchesRuns(bytes, length)
        case .shifts: return unsafe matchesShifts(bytes, length)
        case .table: return unsafe matchesTable(bytes, length)
        }
    }

    private func matchesRuns(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard let classes, let runs else { return false }
        var at = 0
        var index = 0
        while index < runCount {
            let run = runs[index]
            let stop = min(run.most, length &- at) &+ at
            let first = at
            while at &+ 8 <= stop, unsafe holds(bytes + at, classes, run.mask) { at &+= 8 }
            while at < stop, unsafe classes[Int(bytes[at])] & run.mask != 0 { at &+= 1 }
            if at &- first < run.least { return false }
            index &+= 1
        }
        return at == length
    }

    /// Whether eight bytes are all of a class; their lookups do not wait for each other.
    @inline(__always)
    private func holds(
        _ bytes: UnsafePointer<UInt8>, _ classes: Ref<UInt8>, _ mask: UInt8
    ) -> Bool {
        // SAFETY: the caller knows of eight bytes; `classes` has an entry for each value of one.
        func each(_ index: Int) -> UInt8 { unsafe classes[Int(bytes[index])] }
        let low = each(0) & each(1) & each(2) & each(3)
        return low & each(4) & each(5) & each(6) & each(7) & mask != 0
    }

    private func matchesShifts(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard let shifts else { return false }
        var state = UInt64(truncatingIfNeeded: start)
        var at = 0
        while at < length {
            state = unsafe shifts[Int(bytes[at])] &>> state
            at &+= 1
        }
        return (accepts &>> (state & 63)) & 1 != 0
    }

    private func matchesTable(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        guard let classes, let rows else { return false }
        var row = start
        var at = 0
        while at < length {
            // Rows 0 and 1 are the two ends.
            if row <= width { return row == width }
            row = unsafe Int(rows[row &+ Int(classes[Int(bytes[at])])])
            at &+= 1
        }
        return rows[row &+ width &- 1] != 0
    }
}
