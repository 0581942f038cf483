/// Adding entries at the end of a list or a mapping.
extension YAMLEdit {
    /// Adds `value` to the list at `path`; a list that is not there yet (`key:` without a value, or
    /// an empty one) is begun.
    package mutating func append(
        _ value: YAMLFragment, to path: [YAMLStep]
    ) throws(YAMLEditError) {
        let place = try place(path)
        let expected = document.root.changed(path[...]) { node in
            switch node.value {
            case .sequence(let items): .sequence(items + [value.node])
            case .null: .sequence([value.node])
            default: nil
            }
        }
        var last: YAMLNode?
        if case .sequence(let items) = place.node.value { last = items.last }
        let cuts = try cuts(
            adding: .list([value]), bare: value.flow, behind: last?.end.offset, at: place)
        try apply(cuts, expected)
    }

    /// Adds `key: value` to the mapping at `path`; `[]` is the document itself.
    package mutating func insert(
        _ key: String, _ value: YAMLFragment, into path: [YAMLStep]
    ) throws(YAMLEditError) {
        let place = try place(path)
        let member = YAMLFragment.Member(key, value)
        let added = YAMLEntry(
            key: YAMLFragment.string(key).node, value: value.node, name: key)
        if place.node[key] != nil { throw .exists }
        let expected = document.root.changed(path[...]) { node in
            switch node.value {
            case .mapping(let entries): .mapping(entries + [added])
            case .null: .mapping([added])
            default: nil
            }
        }
        var last: Int?
        if case .mapping(let entries) = place.node.value, let entry = entries.last {
            last = max(entry.key.end.offset, entry.value.end.offset)
        }
        let bare = YAMLFragment.quotedIfNeeded(key) + ": " + value.flow
        let cuts = try cuts(adding: .mapping([member]), bare: bare, behind: last, at: place)
        try apply(cuts, expected)
    }

    /// - Parameter collection: The new entry as a collection of its own.
    /// - Parameter bare: The new entry as it stands between brackets.
    /// - Parameter last: Where the last entry ends, when there is one.
    private func cuts(
        adding collection: YAMLFragment, bare: String, behind last: Int?, at place: YAMLPlace
    ) throws(YAMLEditError) -> [YAMLCut] {
        let node = place.node
        guard let last else { return try cuts(beginning: collection, at: place) }
        if node.isFlowCollection { return [YAMLCut(last, ", " + bare)] }
        guard node.style == .blockSequence || node.style == .blockMapping else {
            throw .notFound
        }
        let column = node.start.column - 1
        let lines = entryText(collection, column: column)
        let indent = String(repeating: " ", count: column)
        // A literal that keeps its last blank lines ends at the start of a line.
        if last > 0 && text.lineStart(last) == last {
            return [YAMLCut(last, indent + lines + text.lineBreak)]
        }
        return [YAMLCut(text.lineEnd(last), text.lineBreak + indent + lines)]
    }

    /// The first entry of a collection: below its key, or between the brackets that are there.
    private func cuts(
        beginning collection: YAMLFragment, at place: YAMLPlace
    ) throws(YAMLEditError) -> [YAMLCut] {
        let node = place.node
        let range = node.start.offset..<node.end.offset
        if place.isInFlow { return [YAMLCut(range, (range.isEmpty ? " " : "") + collection.flow)] }
        guard let entry = place.entry, let colon = text.colonEnd(after: entry.key) else {
            guard document.root.isMissing, place.entry == nil else {
                return [YAMLCut(range, collection.flow)]
            }
            let end = text.bytes.count
            let isFresh = text.lineStart(end) == end
            let lines = entryText(collection, column: 0) + text.lineBreak
            return [YAMLCut(end, (isFresh ? "" : text.lineBreak) + lines)]
        }
        let column = entry.key.start.column - 1 + 2
        let lines = String(repeating: " ", count: column) + entryText(collection, column: column)
        guard !range.isEmpty else { return [YAMLCut(text.lineEnd(colon), text.lineBreak + lines)] }
        return [
            YAMLCut(text.skipBlanksBack(range.lowerBound)..<range.upperBound, ""),
            YAMLCut(text.lineEnd(range.upperBound), text.lineBreak + lines),
        ]
    }

    /// `- value` or `key: value`, further lines indented.
    private func entryText(_ collection: YAMLFragment, column: Int) -> String {
        if case .list(let items) = collection, let item = items.first {
            return "- " + item.block(column: column + 2, lineBreak: text.lineBreak)
        }
        return collection.block(column: column, lineBreak: text.lineBreak)
    }
}
