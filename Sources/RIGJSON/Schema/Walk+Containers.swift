// Objects and arrays with keywords the fast loops do not know. Slower, complete.

extension Walk {
    func generalObject(
        _ rule: Ref<ObjectRule>, _ open: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        guard depth > 0 else { return giveUp(.depth, open) }
        return Track.fresh(rule.it.wordCount) { seen in
            var members = 0
            guard let after = membersHold(rule, open, depth, track, seen, &members) else {
                return nil
            }
            guard members >= rule.it.countMin, members <= rule.it.countMax,
                requiredHold(rule, seen)
            else { return fail(after) }
            guard dependentsHold(rule, open, depth, track, seen) else { return nil }
            return after
        }
    }

    private func requiredHold(_ rule: Ref<ObjectRule>, _ seen: Track) -> Bool {
        guard let words = rule.it.requiredWords else { return true }
        for index in 0..<rule.it.wordCount {
            // SAFETY: both sides have `wordCount` words.
            if unsafe words[index] & ~seen.words[index] != 0 { return false }
        }
        return true
    }

    private func dependentsHold(
        _ rule: Ref<ObjectRule>, _ open: Position, _ depth: Int, _ track: Track?, _ seen: Track
    ) -> Bool {
        guard let dependents = rule.it.dependents else { return true }
        for index in 0..<rule.it.dependentCount where seen.isMarked(dependents[index].trigger) {
            if let node = dependents[index].node {
                if branch(node, open, depth, track) == nil { return false }
            } else if !seen.isMarked(dependents[index].key) {
                _ = fail(open)
                return false
            }
        }
        return true
    }

    private func membersHold(
        _ rule: Ref<ObjectRule>, _ open: Position, _ depth: Int, _ track: Track?, _ seen: Track,
        _ members: inout Int
    ) -> Position? {
        var bloom = KeyBloom()
        var exact = false
        var at = open + 1
        if text[at[0]] == Byte.closeBrace { return at + 1 }
        while true {
            guard text[at[0]] == Byte.quote, text[at[2]] == Byte.colon else { return fail(at) }
            let start = at[0] + 1
            let key = KeyView(text, start: start, length: at[1] - start)
            let escaped = holdsEscape(key.start, key.length)
            if !exact && (escaped || bloom.mayRepeat(key)) {
                guard hasUniqueKeys(open) else { return fail(at) }
                exact = true
            }
            let index = escaped ? findUnescaped(rule, key) : rule.it.table.find(key, text)
            if index >= 0 { seen.mark(index) }
            guard let after = member(rule, index, at, key, escaped, depth, track, members) else {
                return nil
            }
            members += 1
            let separator = text[after[0]]
            if separator == Byte.comma {
                at = after + 1
            } else if separator == Byte.closeBrace {
                return after + 1
            } else {
                return fail(after)
            }
        }
    }

    private func member(
        _ rule: Ref<ObjectRule>, _ index: Int, _ at: Position, _ key: KeyView, _ escaped: Bool,
        _ depth: Int, _ track: Track?, _ ordinal: Int
    ) -> Position? {
        var after: Position?
        var evaluated = false
        if index >= 0, rule.it.table.entries[index].declared {
            guard let node = rule.it.table.entries[index].node else { return fail(at) }
            after = value(node, at + 3, depth - 1)
            if after == nil { return nil }
            evaluated = true
        }
        if let patterns = rule.it.patterns {
            for pattern in 0..<rule.it.patternCount {
                guard matches(patterns[pattern].pattern, key, escaped) else { continue }
                let next = branch(patterns[pattern].node, at + 3, depth - 1, nil)
                if next == nil { return nil }
                after = next
                evaluated = true
            }
        }
        if !evaluated {
            guard let extra = rule.it.extra else { return fail(at) }
            after = value(extra, at + 3, depth - 1)
            if after == nil { return nil }
            evaluated = rule.it.extraEvaluates
        }
        if let names = rule.it.names, value(names, at, depth) == nil { return nil }
        if evaluated, let track { track.mark(ordinal) }
        return after
    }

    private func matches(_ pattern: Ref<Pattern>, _ key: KeyView, _ escaped: Bool) -> Bool {
        // SAFETY: the key's bytes lie in the text, or in scratch with its slack.
        guard escaped else {
            return unsafe pattern.it.matches(text.pointer(key.start), key.length)
        }
        let plain = unescape(key.start, key.length)
        return unsafe pattern.it.matches(plain.text.base, plain.length)
    }

    func generalArray(
        _ rule: Ref<ArrayRule>, _ open: Position, _ depth: Int, _ track: Track?
    ) -> Position? {
        guard depth > 0 else { return giveUp(.depth, open) }
        var count = 0
        var contained = 0
        guard let after = itemsHold(rule, open, depth, track, &count, &contained) else {
            return nil
        }
        guard count >= rule.it.countMin, count <= rule.it.countMax else { return fail(after) }
        if rule.it.contains != nil {
            guard contained >= rule.it.containsMin, contained <= rule.it.containsMax else {
                return fail(after)
            }
        }
        if rule.it.unique && !hasUniqueItems(open, count) { return fail(after) }
        return after
    }

    private func itemsHold(
        _ rule: Ref<ArrayRule>, _ open: Position, _ depth: Int, _ track: Track?,
        _ count: inout Int, _ contained: inout Int
    ) -> Position? {
        var at = open + 1
        if text[at[0]] == Byte.closeBracket { return at + 1 }
        while true {
            var node = rule.it.items
            let inPrefix = count < rule.it.prefixCount
            if inPrefix, let prefix = rule.it.prefix { node = prefix[count] }
            let next: Position?
            if let node {
                next = value(node, at, depth - 1)
                if inPrefix || rule.it.itemsEvaluate, let track { track.mark(count) }
            } else {
                next = anything(at, depth - 1)
            }
            guard let after = next else { return nil }
            if let contains = rule.it.contains {
                if branch(contains, at, depth - 1, nil) != nil {
                    contained += 1
                    if let track { track.mark(count) }
                }
                if gaveUp { return nil }
            }
            count += 1
            let separator = text[after[0]]
            if separator == Byte.comma {
                at = after + 1
            } else if separator == Byte.closeBracket {
                return after + 1
            } else {
                return fail(after)
            }
        }
    }
}
