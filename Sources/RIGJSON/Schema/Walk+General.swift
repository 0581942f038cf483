// Everything the standard knows beyond what the member loops do: parts that look at the same
// value again, patterns, counting, and who was evaluated by whom.

extension Walk {
    func kind(_ at: Position) -> KindSet { .of(text[at[0]]) }

    /// A node that allows several kinds, each by its own rule.
    @inline(never)
    func mixed(_ node: Ref<Node>, _ at: Position, _ depth: Int) -> Position? {
        let kind = kind(at)
        guard node.it.kinds.contains(kind) else { return fail(at) }
        return own(node, kind, at, depth, nil)
    }

    /// What a node says of the value itself, without its parts.
    private func own(
        _ node: Ref<Node>, _ kind: KindSet, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        switch kind {
        case .object:
            guard let rule = node.it.object else { return anyObject(at, depth) }
            if rule.it.fast && track == nil { return object(rule, at, depth) }
            return generalObject(rule, at, depth, track)
        case .array:
            guard let rule = node.it.array else { return anyArray(at, depth) }
            if rule.it.fast && track == nil { return array(rule, at, depth) }
            return generalArray(rule, at, depth, track)
        case .string:
            if let rule = node.it.string, !string(rule, at) { return fail(at) }
            return at + 2
        case .number:
            if let rule = node.it.number { return number(rule, at) ? at + 1 : fail(at) }
            return isNumber(at) ? at + 1 : fail(at)
        case .yes: return isTrue(at) ? at + 1 : fail(at)
        case .no: return isFalse(at) ? at + 1 : fail(at)
        default: return isNull(at) ? at + 1 : fail(at)
        }
    }

    @inline(never)
    func general(
        _ node: Ref<Node>, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        // SAFETY: the scope stack holds `nestingMax` entries and one is pushed a nesting.
        guard unsafe state.pointee.nestingLeft > 0 else { return giveUp(.depth, at) }
        unsafe state.pointee.nestingLeft -= 1
        let scopes = unsafe state.pointee.scopeCount
        if node.it.entersResource {
            unsafe state.pointee.scratch.scopes[scopes] = node.it.resource
            unsafe state.pointee.scopeCount = scopes + 1
        }
        let after = generalBody(node, at, depth, track)
        unsafe state.pointee.scopeCount = scopes
        unsafe state.pointee.nestingLeft += 1
        return after
    }

    private func generalBody(
        _ node: Ref<Node>, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        let kind = kind(at)
        guard node.it.kinds.contains(kind) else { return fail(at) }
        guard node.it.hasUnevaluated, !kind.isDisjoint(with: [.object, .array]) else {
            return ownAndParts(node, kind, at, depth, track)
        }
        let members = countMembers(at)
        guard spend(1) else { return nil }
        return Track.fresh(members / 64 + 1) { evaluated in
            guard let after = ownAndParts(node, kind, at, depth, evaluated) else { return nil }
            let rest =
                kind == .object ? node.it.object?.it.unevaluated : node.it.array?.it.unevaluated
            if let rest {
                guard restHolds(rest, kind, at, depth, evaluated) else { return nil }
                evaluated.markAll()
            }
            if let track { track.add(evaluated) }
            return after
        }
    }

    /// Members of an object or items of an array, by brackets alone.
    private func countMembers(_ open: Position) -> Int {
        let last = text[open[0]] == Byte.openBrace ? Byte.closeBrace : Byte.closeBracket
        var at = open + 1
        if text[at[0]] == last { return 0 }
        var count = 0
        while true {
            count += 1
            if last == Byte.closeBrace { at = at + 3 }
            at = skip(at)
            guard text[at[0]] == Byte.comma, unsafe at.pointer < state.pointee.end.pointer else {
                return count
            }
            at = at + 1
        }
    }

    /// Holds the members nobody evaluated against `node`.
    private func restHolds(
        _ node: Ref<Node>, _ kind: KindSet, _ open: Position, _ depth: Int, _ evaluated: Track
    ) -> Bool {
        var at = open + 1
        var ordinal = 0
        let first = text[at[0]]
        if first == Byte.closeBrace || first == Byte.closeBracket { return true }
        while true {
            let place = kind == .object ? at + 3 : at
            let after = skip(place)
            if !evaluated.isMarked(ordinal) {
                guard spend(after - place), value(node, place, depth - 1) != nil else {
                    return false
                }
            }
            ordinal += 1
            guard text[after[0]] == Byte.comma else { return true }
            at = after + 1
        }
    }

    private func ownAndParts(
        _ node: Ref<Node>, _ kind: KindSet, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        var after: Position?
        let hasRule =
            switch kind {
            case .object: node.it.object != nil
            case .array: node.it.array != nil
            case .string: node.it.string != nil
            case .number: node.it.number != nil
            default: false
            }
        // Without a rule the first part checks the grammar, if it is one that must hold.
        if hasRule || node.it.partCount == 0 || !holdsGrammar(node.it.parts) {
            after = own(node, kind, at, depth, track)
            if after == nil { return nil }
        }
        guard let parts = node.it.parts else { return after }
        var index = 0
        while index < node.it.partCount {
            guard let end = part(parts + index, kind, at, depth, track) else { return nil }
            if after == nil { after = end }
            index += 1
        }
        return after
    }

    private func holdsGrammar(_ parts: Ref<Part>?) -> Bool {
        guard let first = parts?.it.kind else { return false }
        return first != .not && first != .conditional
    }

    /// One look at the value again, taken off the budget.
    func branch(_ node: Ref<Node>, _ at: Position, _ depth: Int, _ track: Track?) -> Position? {
        unsafe state.pointee.failure = at
        let after = track == nil ? value(node, at, depth) : general(node, at, depth, track)
        let reached = unsafe after ?? state.pointee.failure
        guard spend(reached - at + 1) else { return nil }
        return after
    }

    /// The same when failing is no failure: what it evaluated counts only if it holds.
    private func attempt(
        _ node: Ref<Node>, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        guard let track else { return branch(node, at, depth, nil) }
        return Track.fresh(track.count) { evaluated in
            guard let after = branch(node, at, depth, evaluated) else { return nil }
            track.add(evaluated)
            return after
        }
    }

    /// The end of the value, or any position when the part does not know it.
    private func part(
        _ part: Ref<Part>, _ kind: KindSet, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        let nodes = part.it.nodes
        switch part.it.kind {
        case .all:
            var after: Position?
            for index in 0..<part.it.count {
                after = branch(nodes[index], at, depth, track)
                if after == nil { return nil }
            }
            return after
        case .any:
            var after: Position?
            for index in 0..<part.it.count where nodes[index].it.kinds.contains(kind) {
                if let end = attempt(nodes[index], at, depth, track) {
                    after = end
                    if track == nil { break }
                }
                if gaveUp { return nil }
            }
            return after ?? fail(at)
        case .one:
            var after: Position?
            for index in 0..<part.it.count where nodes[index].it.kinds.contains(kind) {
                if let end = attempt(nodes[index], at, depth, track) {
                    if after != nil { return fail(at) }
                    after = end
                }
                if gaveUp { return nil }
            }
            return after ?? fail(at)
        case .tagged:
            return tagged(part, kind, at, depth, track)
        case .not:
            if branch(nodes[0], at, depth, nil) != nil { return fail(at) }
            return gaveUp ? nil : at
        case .conditional:
            let holds = attempt(nodes[0], at, depth, track) != nil
            if gaveUp { return nil }
            return branch(holds ? nodes[1] : nodes[2], at, depth, track)
        case .dynamic:
            return branch(dynamicTarget(part), at, depth, track)
        }
    }

    /// The branch that the tag's value names. A key or value with escapes, and a missing tag, are
    /// left to the plain way: all branches need the tag, so at most one can hold.
    @inline(never)
    func tagged(
        _ part: Ref<Part>, _ kind: KindSet, _ at: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        guard kind == .object, let tag = part.it.tag else { return fail(at) }
        var place = at + 1
        while text[place[0]] == Byte.quote && text[place[2]] == Byte.colon {
            let start = place[0] &+ 1
            let key = KeyView(text, start: start, length: place[1] &- start)
            if tag.it.key.matches(key, text) {
                guard text[place[3]] == Byte.quote else { return fail(place) }
                let first = place[3] &+ 1
                let length = place[4] &- first
                let index = tag.it.values.find(KeyView(text, start: first, length: length), text)
                if index >= 0 { return branch(part.it.nodes[index], at, depth, track) }
                if holdsEscape(first, length) { break }
                return fail(place)
            }
            if holdsEscape(key.start, key.length) { break }
            let after = skip(place + 3)
            guard text[after[0]] == Byte.comma, spend(after - place) else { return fail(at) }
            place = after + 1
        }
        for index in 0..<part.it.count {
            if let after = attempt(part.it.nodes[index], at, depth, track) { return after }
            if gaveUp { return nil }
        }
        return fail(at)
    }

    /// The outermost resource of the scope that knows the anchor (core, section 8.2.3.2).
    private func dynamicTarget(_ part: Ref<Part>) -> Ref<Node> {
        guard let program = unsafe state.pointee.program else { return part.it.nodes[0] }
        let row = program.anchors[part.it.anchor]
        for scope in unsafe 0..<state.pointee.scopeCount {
            // SAFETY: `scopeCount` entries of the scope stack are set.
            let resource = unsafe state.pointee.scratch.scopes[scope]
            for index in 0..<row.count where row.targets[index].resource == resource {
                return row.targets[index].node
            }
        }
        return part.it.nodes[0]
    }
}
