// The two loops nearly all of the time is spent in. See Walk for what they promise.

extension Walk {
    /// A value under `node`; the quick kinds never leave the caller's loop.
    @inline(__always)
    func step(_ node: Ref<Node>, _ at: Position, _ depth: Int) -> Position? {
        switch node.it.quick {
        case .anyString:
            guard text[at[0]] == Byte.quote else { return fail(at) }
            return at + 2
        case .text:
            guard let rule = node.it.string, text[at[0]] == Byte.quote else { return fail(at) }
            let length = at[1] &- at[0] &- 1
            if length >= rule.it.enoughBytes && length <= rule.it.lengthMax { return at + 2 }
            return text(rule, at) ? at + 2 : fail(at)
        case .listed:
            guard let rule = node.it.string, text[at[0]] == Byte.quote, listed(rule, at) else {
                return fail(at)
            }
            return at + 2
        case .string:
            guard let rule = node.it.string, text[at[0]] == Byte.quote, string(rule, at) else {
                return fail(at)
            }
            return at + 2
        case .number:
            if let rule = node.it.number {
                guard number(rule, at) else { return fail(at) }
            } else {
                guard isNumber(at) else { return fail(at) }
            }
            return at + 1
        case .boolean:
            guard isTrue(at) || isFalse(at) else { return fail(at) }
            return at + 1
        case .object:
            guard let rule = node.it.object, text[at[0]] == Byte.openBrace else { return fail(at) }
            return object(rule, at, depth)
        case .array:
            guard let rule = node.it.array, text[at[0]] == Byte.openBracket else {
                return fail(at)
            }
            return array(rule, at, depth)
        case .any:
            return anything(at, depth)
        case .mixed:
            return mixed(node, at, depth)
        case .tagged:
            guard let part = node.it.parts else { return fail(at) }
            return tagged(part, .of(text[at[0]]), at, depth, nil)
        case .general:
            return general(node, at, depth, nil)
        }
    }

    /// The value of a node outside the loops.
    @inline(never)
    func value(_ node: Ref<Node>, _ at: Position, _ depth: Int) -> Position? {
        step(node, at, depth)
    }

    /// An object by its key table: prediction in declaration order, else the perfect hash. What
    /// is rare stands in functions of its own, so that the loop keeps its state in registers.
    @inline(never)
    func object(_ rule: Ref<ObjectRule>, _ open: Position, _ depth: Int) -> Position? {
        guard depth > 0 else { return giveUp(.depth, open) }
        var seen: UInt64 = 0
        var others = OtherKeys()
        var entry = rule.it.table.entries
        var at = open + 1
        if text[at[0]] == Byte.closeBrace {
            guard rule.it.required == 0 else { return fail(at) }
            return at + 1
        }
        while true {
            let quote = at[0]
            guard text[quote] == Byte.quote, text[at[2]] == Byte.colon else { return fail(at) }
            // The entry past the last one matches nothing.
            if !entry.stands(text, at: quote &+ 1, at[1] &- quote &- 1) {
                guard let found = self.entry(rule, open, at, &others) else { return fail(at) }
                entry = found
            }
            guard seen & entry.it.bit == 0, let node = entry.it.node else { return fail(at) }
            seen |= entry.it.bit
            entry = entry + 1
            guard let after = step(node, at + 3, depth &- 1) else { return nil }
            let separator = text[after[0]]
            if separator == Byte.comma {
                at = after + 1
            } else if separator == Byte.closeBrace {
                guard rule.it.required & ~seen == 0 else { return fail(after) }
                return after + 1
            } else {
                return fail(after)
            }
        }
    }

    /// The entry of a key that was not foreseen; for a key that no entry names the one behind the
    /// last. nil when other keys are refused, or when it stands there twice.
    @inline(never)
    private func entry(
        _ rule: Ref<ObjectRule>, _ open: Position, _ at: Position, _ others: inout OtherKeys
    ) -> Ref<KeyEntry>? {
        let start = at[0] &+ 1
        let key = KeyView(text, start: start, length: at[1] &- start)
        var index = rule.it.table.find(key, text)
        // No key of the table holds a backslash, so one that does was not found.
        if index < 0 && holdsEscape(key.start, key.length) {
            guard others.exact || hasUniqueKeys(open) else { return nil }
            others.exact = true
            index = findUnescaped(rule, key)
        }
        if index >= 0 { return rule.it.table.entries + index }
        guard rule.it.extra != nil else { return nil }
        if !others.exact && others.bloom.mayRepeat(key) {
            guard hasUniqueKeys(open) else { return nil }
            others.exact = true
        }
        return rule.it.table.entries + rule.it.table.count
    }

    /// Keys of one object that no entry names.
    private struct OtherKeys {
        var bloom = KeyBloom()
        /// All keys were compared with each other.
        var exact = false
    }

    /// An array whose items share one schema.
    @inline(never)
    func array(_ rule: Ref<ArrayRule>, _ open: Position, _ depth: Int) -> Position? {
        guard depth > 0, let items = rule.it.items else { return giveUp(.depth, open) }
        var at = open + 1
        var count = 0
        if text[at[0]] == Byte.closeBracket {
            guard rule.it.countMin == 0 else { return fail(at) }
            return at + 1
        }
        while true {
            guard let after = step(items, at, depth &- 1) else { return nil }
            count &+= 1
            let separator = text[after[0]]
            if separator == Byte.comma {
                at = after + 1
            } else if separator == Byte.closeBracket {
                guard count >= rule.it.countMin, count <= rule.it.countMax else {
                    return fail(after)
                }
                return after + 1
            } else {
                return fail(after)
            }
        }
    }

    /// Any well-formed value.
    @inline(__always)
    func anything(_ at: Position, _ depth: Int) -> Position? {
        let first = text[at[0]]
        if first == Byte.quote { return at + 2 }
        if first == Byte.openBrace { return anyObject(at, depth) }
        if first == Byte.openBracket { return anyArray(at, depth) }
        if first == UInt8(ascii: "t") { return isTrue(at) ? at + 1 : fail(at) }
        if first == UInt8(ascii: "f") { return isFalse(at) ? at + 1 : fail(at) }
        if first == UInt8(ascii: "n") { return isNull(at) ? at + 1 : fail(at) }
        return isNumber(at) ? at + 1 : fail(at)
    }

    @inline(never)
    func anyObject(_ open: Position, _ depth: Int) -> Position? {
        guard depth > 0 else { return giveUp(.depth, open) }
        var bloom = KeyBloom()
        var exact = false
        var at = open + 1
        if text[at[0]] == Byte.closeBrace { return at + 1 }
        while true {
            let quote = at[0]
            guard text[quote] == Byte.quote, text[at[2]] == Byte.colon else { return fail(at) }
            let key = KeyView(text, start: quote &+ 1, length: at[1] &- quote &- 1)
            if !exact && (holdsEscape(key.start, key.length) || bloom.mayRepeat(key)) {
                guard hasUniqueKeys(open) else { return fail(at) }
                exact = true
            }
            guard let after = anything(at + 3, depth &- 1) else { return nil }
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

    @inline(never)
    func anyArray(_ open: Position, _ depth: Int) -> Position? {
        guard depth > 0 else { return giveUp(.depth, open) }
        var at = open + 1
        if text[at[0]] == Byte.closeBracket { return at + 1 }
        while true {
            guard let after = anything(at, depth &- 1) else { return nil }
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
