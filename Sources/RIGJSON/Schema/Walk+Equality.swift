// Equality by value (2020-12 core, section 4.2.2): 1 and 1.0 are the same, the order of keys does
// not count, strings are compared after unescaping. Runs on text that a walk has found good.

extension Walk {
    /// `uniqueItems`: hash first, exact on a hit.
    func hasUniqueItems(_ open: Position, _ count: Int) -> Bool {
        guard count > 1 else { return true }
        var at = open + 1
        for index in 0..<count {
            var hasher = unsafe WalkHasher(seed: state.pointee.seed)
            let after = hash(at, &hasher)
            unsafe state.pointee.scratch.set(
                index,
                WalkScratch.Entry(
                    hash: hasher.state, start: at - open, length: 0, unescaped: false))
            at = after + 1
        }
        guard spend(at - open) else { return false }
        let mask = unsafe state.pointee.scratch.clearSlots(count)
        for index in 0..<count {
            // SAFETY: entries below `count` are set, and there are twice as many slots.
            let entry = unsafe state.pointee.scratch.entries[index]
            var slot = Int(truncatingIfNeeded: entry.hash) & mask
            while true {
                let other = unsafe Int(state.pointee.scratch.slots[slot]) - 1
                if other < 0 { break }
                let twin = unsafe state.pointee.scratch.entries[other]
                if twin.hash == entry.hash,
                    isEqual(open + entry.start, open + twin.start) || gaveUp
                {
                    return false
                }
                slot = (slot + 1) & mask
            }
            unsafe state.pointee.scratch.slots[slot] = UInt32(index + 1)
        }
        return true
    }

    /// Adds a value to `hasher` and tells what stands behind it.
    private func hash(_ at: Position, _ hasher: inout WalkHasher) -> Position {
        let kind = kind(at)
        hasher.add(UInt64(kind.rawValue))
        switch kind {
        case .string:
            hashString(at, &hasher)
            return at + 2
        case .number:
            decimal(at).hash(into: &hasher)
            return at + 1
        case .array:
            var place = at + 1
            if text[place[0]] == Byte.closeBracket { return place + 1 }
            while true {
                let after = hash(place, &hasher)
                if text[after[0]] != Byte.comma { return after + 1 }
                place = after + 1
            }
        case .object:
            return hashObject(at, &hasher)
        default:
            return at + 1
        }
    }

    private func hashObject(_ at: Position, _ hasher: inout WalkHasher) -> Position {
        var place = at + 1
        if text[place[0]] == Byte.closeBrace { return place + 1 }
        var sum: UInt64 = 0
        while true {
            var member = unsafe WalkHasher(seed: state.pointee.seed)
            hashString(place, &member)
            let after = hash(place + 3, &member)
            sum &+= member.state
            if text[after[0]] != Byte.comma {
                hasher.add(sum)
                return after + 1
            }
            place = after + 1
        }
    }

    private func hashString(_ at: Position, _ hasher: inout WalkHasher) {
        let start = at[0] + 1
        let length = at[1] - start
        if holdsEscape(start, length) {
            let plain = unescape(start, length)
            hasher.add(plain.text, 0, plain.length)
        } else {
            hasher.add(text, start, length)
        }
    }

    private func decimal(_ at: Position) -> DecimalText {
        var end = at[0]
        while end < at[1] && !Byte.isSpace(text[end]) { end += 1 }
        return DecimalText(text, start: at[0], end: end)
    }

    private func isEqual(_ left: Position, _ right: Position) -> Bool {
        let kind = kind(left)
        guard kind == self.kind(right), spend(1) else { return false }
        switch kind {
        case .string: return isEqualString(left, right)
        case .number: return decimal(left).compare(decimal(right)) == 0
        case .array: return isEqualArray(left, right)
        case .object: return isEqualObject(left, right)
        default: return true
        }
    }

    private func isEqualString(_ left: Position, _ right: Position) -> Bool {
        let (start, other) = (left[0] + 1, right[0] + 1)
        let (length, otherLength) = (left[1] - start, right[1] - other)
        let mine = unescape(start, length, at: 0)
        let others = unescape(other, otherLength, at: mine)
        guard mine == others else { return false }
        // SAFETY: both were written to scratch by the lines above.
        let bytes = unsafe state.pointee.scratch.bytes
        for index in 0..<mine where unsafe bytes[index] != bytes[mine + index] { return false }
        return true
    }

    private func isEqualArray(_ left: Position, _ right: Position) -> Bool {
        var (mine, others) = (left + 1, right + 1)
        let empty = text[mine[0]] == Byte.closeBracket
        if empty || text[others[0]] == Byte.closeBracket {
            return empty && text[others[0]] == Byte.closeBracket
        }
        while true {
            guard isEqual(mine, others) else { return false }
            mine = skip(mine)
            others = skip(others)
            guard text[mine[0]] == text[others[0]] else { return false }
            if text[mine[0]] != Byte.comma { return true }
            mine = mine + 1
            others = others + 1
        }
    }

    private func isEqualObject(_ left: Position, _ right: Position) -> Bool {
        var mine = left + 1
        var count = 0
        if text[mine[0]] == Byte.quote {
            while true {
                guard let other = member(of: right, like: mine), isEqual(mine + 3, other) else {
                    return false
                }
                count += 1
                let after = skip(mine + 3)
                if text[after[0]] != Byte.comma { break }
                mine = after + 1
            }
        }
        return members(right) == count
    }

    /// The value under the same key in the object at `open`.
    private func member(of open: Position, like key: Position) -> Position? {
        var at = open + 1
        while text[at[0]] == Byte.quote {
            guard spend(1) else { return nil }
            if isEqualString(at, key) { return at + 3 }
            let after = skip(at + 3)
            if text[after[0]] != Byte.comma { return nil }
            at = after + 1
        }
        return nil
    }

    private func members(_ open: Position) -> Int {
        var at = open + 1
        var count = 0
        while text[at[0]] == Byte.quote {
            count += 1
            let after = skip(at + 3)
            if text[after[0]] != Byte.comma { break }
            at = after + 1
        }
        return count
    }
}
