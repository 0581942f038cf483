/// All patterns in one machine that reads every byte once (Aho and Corasick, 1975), in flat arrays.
///
/// States are numbered in the order of their making; 0 is the root. A state stands for the longest
/// beginning of any pattern that the bytes read so far end with.
struct Automaton: Sendable {
    /// Each pattern has at least this many bytes, which is what lets `Skip` look at samples only.
    static let patternBytesMin = 6

    let patterns: [Pattern]
    /// The longest pattern's bytes.
    let longestBytes: Int
    private var labels: [UInt8] = [0]
    /// The first child and the next sibling, 0 for none: few states have more than one child.
    private var children: [UInt32] = [0]
    private var siblings: [UInt32] = [0]
    private var failures: [UInt32] = [0]
    /// One more than the index of the longest pattern that ends here; 0 for none.
    private var endings: [UInt32] = [0]
    private var depths: [UInt32] = [0]
    private var root = [UInt32](repeating: 0, count: 256)

    init(_ patterns: [Pattern]) {
        precondition(
            patterns.allSatisfy { $0.bytes.count >= Self.patternBytesMin },
            "short patterns are refused before")
        self.patterns = patterns
        longestBytes = patterns.reduce(0) { max($0, $1.bytes.count) }
        for index in patterns.indices { insert(index) }
        link()
    }

    var stateCount: Int { labels.count }

    func next(_ state: UInt32, _ byte: UInt8) -> UInt32 {
        var from = state
        while from != 0 {
            let target = child(of: from, byte)
            if target != 0 { return target }
            from = failures[Int(from)]
        }
        return root[Int(byte)]
    }

    /// The longest pattern that ends in `state`.
    func pattern(endingAt state: UInt32) -> Pattern? {
        let ending = endings[Int(state)]
        return ending == 0 ? nil : patterns[Int(ending) - 1]
    }

    func isEnding(_ state: UInt32) -> Bool { endings[Int(state)] != 0 }

    /// How many bytes of a pattern have been read.
    func depth(_ state: UInt32) -> Int { Int(depths[Int(state)]) }

    private func child(of state: UInt32, _ byte: UInt8) -> UInt32 {
        var target = children[Int(state)]
        while target != 0, labels[Int(target)] != byte { target = siblings[Int(target)] }
        return target
    }

    private mutating func insert(_ index: Int) {
        var state: UInt32 = 0
        for byte in patterns[index].bytes {
            let found = state == 0 ? root[Int(byte)] : child(of: state, byte)
            state = found != 0 ? found : grow(state, byte)
        }
        if endings[Int(state)] == 0 { endings[Int(state)] = UInt32(index) + 1 }
    }

    private mutating func grow(_ parent: UInt32, _ byte: UInt8) -> UInt32 {
        let state = UInt32(labels.count)
        labels.append(byte)
        children.append(0)
        siblings.append(children[Int(parent)])
        failures.append(0)
        endings.append(0)
        depths.append(depths[Int(parent)] + 1)
        children[Int(parent)] = state
        if parent == 0 { root[Int(byte)] = state }
        return state
    }

    /// Level by level, since a state's failure lies on a level above it.
    private mutating func link() {
        var level = root.filter { $0 != 0 }
        while !level.isEmpty {
            var below: [UInt32] = []
            for state in level {
                var child = children[Int(state)]
                while child != 0 {
                    let failure = next(failures[Int(state)], labels[Int(child)])
                    failures[Int(child)] = failure
                    if endings[Int(child)] == 0 { endings[Int(child)] = endings[Int(failure)] }
                    below.append(child)
                    child = siblings[Int(child)]
                }
            }
            level = below
        }
    }
}
