/// From the tree to a deterministic automaton over UTF-8 bytes: Thompson's construction, then sets
/// of its states. The search is unanchored, as the standard asks: `^` and `$` stand in the tree.
///
/// Every step is bounded: `nodesMax` while building, `statesMax` and `workMax` while making sets.
struct PatternAutomaton {
    enum Node {
        case bytes(UInt8, UInt8, Int)
        case fork([Int])
        case assertion(PatternTree.Assertion, Int)
        case match
    }

    /// Rows of `width` entries: the next row for each byte class, then 1 when the text may end
    /// here. Row 0 refuses, row 1 accepts whatever follows.
    struct Table {
        var classes: [UInt8]
        var classCount: Int
        var rows: [UInt32]
        var start: Int
        var stateCount: Int
        /// Steps it took to build.
        var work = 0
        var width: Int { classCount + 1 }
    }

    private static let nodesMax = 60_000
    private static let statesMax = 20_000
    private static let cellsMax = 1 << 20
    private static let workMax = 8_000_000

    private var nodes: [Node] = []

    static func table(_ tree: PatternTree) throws(PatternError) -> Table {
        var automaton = PatternAutomaton()
        let match = try automaton.add(.match)
        let start = try automaton.build(tree, to: match)
        return try automaton.determine(start)
    }

    private mutating func add(_ node: Node) throws(PatternError) -> Int {
        guard nodes.count < Self.nodesMax else { throw .tooLarge }
        nodes.append(node)
        return nodes.count - 1
    }

    /// The node that matches `tree` and goes on at `next`.
    private mutating func build(_ tree: PatternTree, to next: Int) throws(PatternError) -> Int {
        switch tree {
        case .empty: return next
        case .assertion(let kind): return try add(.assertion(kind, next))
        case .sequence(let terms):
            var target = next
            for term in terms.reversed() { target = try build(term, to: target) }
            return target
        case .either(let branches):
            var targets: [Int] = []
            for branch in branches { targets.append(try build(branch, to: next)) }
            return try add(.fork(targets))
        case .repeated(let tree, let least, let most):
            var target = next
            if let most {
                for _ in least..<max(most, least) {
                    target = try add(.fork([try build(tree, to: target), next]))
                }
            } else {
                let loop = try add(.fork([]))
                nodes[loop] = .fork([try build(tree, to: loop), next])
                target = loop
            }
            for _ in 0..<least { target = try build(tree, to: target) }
            return target
        case .set(let set): return try build(set, to: next)
        }
    }

    /// One node for each way a scalar of the set is written in UTF-8, equal tails shared.
    private mutating func build(_ set: ScalarSet, to next: Int) throws(PatternError) -> Int {
        var tails: [ByteRangeKey: Int] = [:]
        var heads: [Int] = []
        for span in set.spans {
            for sequence in UTF8Ranges.split(span) {
                var target = next
                for range in sequence.reversed() {
                    let key = ByteRangeKey(first: range.first, last: range.last, next: target)
                    if let known = tails[key] {
                        target = known
                    } else {
                        target = try add(.bytes(range.first, range.last, target))
                        tails[key] = target
                    }
                }
                if heads.last != target { heads.append(target) }
            }
        }
        return heads.count == 1 ? heads[0] : try add(.fork(heads))
    }

    private struct ByteRangeKey: Hashable {
        var first: UInt8
        var last: UInt8
        var next: Int
    }

    /// A set of nodes that wait for a byte or an assertion, and what stands before it.
    private struct State: Hashable {
        var nodes: [Int]
        var atStart: Bool
        var afterWord: Bool
    }

    private var usesWords: Bool {
        nodes.contains {
            if case .assertion(let kind, _) = $0 {
                kind == .word || kind == .notWord
            } else {
                false
            }
        }
    }

    private func byteClasses(_ words: Bool) -> (classes: [UInt8], first: [UInt8]) {
        var cuts = [Bool](repeating: false, count: 257)
        for node in nodes {
            guard case .bytes(let first, let last, _) = node else { continue }
            cuts[Int(first)] = true
            cuts[Int(last) + 1] = true
        }
        if words {
            for span in ScalarSet.word.spans {
                cuts[Int(span.first)] = true
                cuts[Int(span.last) + 1] = true
            }
        }
        var classes = [UInt8](repeating: 0, count: 256)
        var first: [UInt8] = [0]
        for byte in 1..<256 {
            if cuts[byte] { first.append(UInt8(byte)) }
            classes[byte] = UInt8(first.count - 1)
        }
        return (classes, first)
    }

    /// What a search that begins anew before each byte adds to every state: nodes by byte class.
    private struct Restart {
        var nodes: [Int]
        /// For the four contexts (after a word character or not, before one or not).
        var steps: [[Step]]
    }

    /// Where one byte class leads: nodes behind the byte, or a match before it was needed.
    private struct Step: Hashable {
        var targets: [Int] = []
        var matches = false
    }

    private func determine(_ start: Int) throws(PatternError) -> Table {
        let words = usesWords
        let (classes, representatives) = byteClasses(words)
        let isWord = representatives.map { words && ScalarSet.word.contains(UInt32($0)) }
        let anew = closure([start], atStart: false)
        let restart = Restart(
            nodes: anew,
            steps: (0..<4).map { context in
                steps(
                    State(nodes: anew, atStart: false, afterWord: context & 2 != 0),
                    nextIsWord: context & 1 != 0, classes, representatives.count)
            })
        var table = Table(
            classes: classes, classCount: representatives.count, rows: [], start: 0, stateCount: 2)
        var numbers: [State: Int] = [:]
        var states: [State] = []
        var known: [State: UInt32] = [:]
        var work = 0

        func number(_ state: State) -> Int {
            if state.nodes.contains(where: isMatch) || restart.nodes.contains(where: isMatch) {
                return 1
            }
            if state.nodes.isEmpty && restart.nodes.isEmpty { return 0 }
            if let known = numbers[state] { return known }
            states.append(state)
            numbers[state] = states.count + 1
            return states.count + 1
        }

        table.rows = [UInt32](repeating: 0, count: table.width)
        let accepts = UInt32(table.width)
        table.rows += [UInt32](repeating: accepts, count: table.classCount) + [1]
        table.start = number(
            State(nodes: closure([start], atStart: true), atStart: true, afterWord: false))
        var done = 0
        while done < states.count {
            let state = states[done]
            done += 1
            guard states.count <= Self.statesMax,
                states.count * table.width <= Self.cellsMax, work <= Self.workMax
            else { throw .tooLarge }
            let plain = steps(state, nextIsWord: false, classes, representatives.count)
            let word =
                words ? steps(state, nextIsWord: true, classes, representatives.count) : plain
            for index in representatives.indices {
                let own = isWord[index] ? word[index] : plain[index]
                let context = (state.afterWord ? 2 : 0) + (isWord[index] ? 1 : 0)
                let other = restart.steps[context][index]
                if own.matches || other.matches {
                    table.rows.append(accepts)
                    continue
                }
                // Few targets stand for many nodes, so states are looked up by targets first.
                let targets = merge(own.targets, other.targets)
                work += 1
                let key = State(nodes: targets, atStart: false, afterWord: isWord[index])
                if let next = known[key] {
                    table.rows.append(next)
                    continue
                }
                let nodes = closure(targets, atStart: false)
                work += nodes.count
                let next = number(State(nodes: nodes, atStart: false, afterWord: isWord[index]))
                known[key] = UInt32(next * table.width)
                table.rows.append(UInt32(next * table.width))
            }
            let end = expand(state, nextIsWord: false, atEnd: true)
            let anew = State(nodes: restart.nodes, atStart: false, afterWord: state.afterWord)
            let either = end + expand(anew, nextIsWord: false, atEnd: true)
            table.rows.append(either.contains(where: isMatch) ? 1 : 0)
        }
        table.stateCount = states.count + 2
        table.work = work + table.rows.count + nodes.count
        return table
    }

    /// Where a state leads, for every byte class at once.
    private func steps(
        _ state: State, nextIsWord: Bool, _ classes: [UInt8], _ count: Int
    ) -> [Step] {
        var found = [Step](repeating: Step(), count: count)
        var targets = [[Int]](repeating: [], count: count)
        for node in expand(state, nextIsWord: nextIsWord, atEnd: false) {
            switch nodes[node] {
            case .bytes(let first, let last, let next):
                for index in classes[Int(first)]...classes[Int(last)] {
                    targets[Int(index)].append(next)
                }
            case .match:
                for index in found.indices { found[index].matches = true }
            default: break
            }
        }
        for index in targets.indices { found[index].targets = merge(targets[index], []) }
        return found
    }

    /// Both, sorted, each once.
    private func merge(_ left: [Int], _ right: [Int]) -> [Int] {
        if right.isEmpty && left.count <= 1 { return left }
        if left.isEmpty { return right }
        return Set(left + right).sorted()
    }

    private func isMatch(_ node: Int) -> Bool {
        if case .match = nodes[node] { true } else { false }
    }

    /// Nodes reached without a byte; those that assert about what follows stay as they are.
    private func closure(_ from: [Int], atStart: Bool) -> [Int] {
        var seen: Set<Int> = []
        var found: [Int] = []
        var open = from
        while let node = open.popLast() {
            guard seen.insert(node).inserted else { continue }
            switch nodes[node] {
            case .fork(let targets): open += targets
            case .assertion(.start, let next):
                if atStart { open.append(next) }
            case .assertion, .bytes, .match: found.append(node)
            }
        }
        return found.sorted()
    }

    /// A state's nodes once it is known what follows.
    private func expand(_ state: State, nextIsWord: Bool, atEnd: Bool) -> [Int] {
        var found: Set<Int> = []
        var open = state.nodes
        while let node = open.popLast() {
            guard found.insert(node).inserted,
                case .assertion(let kind, let next) = nodes[node]
            else { continue }
            let holds =
                switch kind {
                case .start: state.atStart
                case .end: atEnd
                case .word: state.afterWord != nextIsWord
                case .notWord: state.afterWord == nextIsWord
                }
            if holds { open += closure([next], atStart: state.atStart) }
        }
        return Array(found)
    }
}
