/// Taking entries out.
extension YAMLEdit {
    /// An entry of a collection: its first byte, dash or key, and the first byte past it.
    private struct Extent {
        let start: Int
        let end: Int
    }

    /// Takes out the entry at `path`, with what stands behind it in its last line. Comments in
    /// lines of their own stay. The last entry of a collection leaves `[]` or `{}`.
    package mutating func remove(_ path: [YAMLStep]) throws(YAMLEditError) {
        guard let step = path.last else { throw .notFound }
        let holderPath = Array(path.dropLast())
        let holder = try place(holderPath)
        _ = try place(path)
        let extents = extents(of: holder.node)
        let index: Int
        switch (step, holder.node.value) {
        case (.index(let place), .sequence): index = place
        case (.key(let name), .mapping(let entries)):
            guard let place = entries.firstIndex(where: { $0.name == name }) else {
                throw .notFound
            }
            index = place
        default: throw .notFound
        }
        guard extents.indices.contains(index) else { throw .refused }
        let expected = document.root.changed(holderPath[...]) { node in
            switch node.value {
            case .sequence(var items):
                items.remove(at: index)
                return .sequence(items)
            case .mapping(var entries):
                entries.remove(at: index)
                return .mapping(entries)
            default: return nil
            }
        }
        let cuts =
            if extents.count == 1 {
                cutsForOnly(extents[0], holder)
            } else if holder.node
                .isFlowCollection
            {
                cutsInFlow(extents, index)
            } else {
                cutsInBlock(extents, index)
            }
        try apply(cuts, expected)
    }

    private func cutsInBlock(_ extents: [Extent], _ index: Int) -> [YAMLCut] {
        let extent = extents[index]
        guard text.isFirstInLine(extent.start) else {
            // It shares its line with what is above it: the next entry moves up into its place.
            guard index + 1 < extents.count else { return [] }
            return [YAMLCut(extent.start..<extents[index + 1].start, "")]
        }
        return [YAMLCut(lines(of: extent), "")]
    }

    private func cutsInFlow(_ extents: [Extent], _ index: Int) -> [YAMLCut] {
        let extent = extents[index]
        if index + 1 < extents.count {
            return [YAMLCut(extent.start..<extents[index + 1].start, "")]
        }
        let before = extents[index - 1].end
        let hasComment = text.bytes[before..<extent.start].contains(UInt8(ascii: "#"))
        return [YAMLCut((hasComment ? extent.start : before)..<extent.end, "")]
    }

    private func cutsForOnly(_ extent: Extent, _ holder: YAMLPlace) -> [YAMLCut] {
        let node = holder.node
        let isList = if case .sequence = node.value { true } else { false }
        let empty = isList ? "[]" : "{}"
        guard !node.isFlowCollection, text.isFirstInLine(extent.start),
            let entry = holder.entry, let colon = text.colonEnd(after: entry.key)
        else { return [YAMLCut(node.start.offset..<node.end.offset, empty)] }
        return [YAMLCut(colon, " " + empty), YAMLCut(lines(of: extent), "")]
    }

    /// The whole lines of an entry that starts one; at the end of a text without a last break, the
    /// break before it goes instead.
    private func lines(of extent: Extent) -> Range<Int> {
        var start = text.lineStart(extent.start)
        let endsLine = extent.end > extent.start && text.lineStart(extent.end) == extent.end
        let end = endsLine ? extent.end : text.nextLine(extent.end)
        if end == text.bytes.count && text.lineStart(end) != end && start > 0 {
            start -= 1
            if start > 0 && text.bytes[start] == 0x0A && text.bytes[start - 1] == 0x0D {
                start -= 1
            }
        }
        return start..<end
    }

    private func extents(of node: YAMLNode) -> [Extent] {
        switch node.value {
        case .mapping(let entries):
            return entries.map { entry in
                Extent(
                    start: entry.key.start.offset,
                    end: max(entry.key.end.offset, entry.value.end.offset))
            }
        case .sequence(let items) where node.style == .flowSequence:
            return items.map { Extent(start: $0.start.offset, end: $0.end.offset) }
        case .sequence(let items):
            var dash = node.start.offset
            var extents: [Extent] = []
            for item in items {
                if !extents.isEmpty {
                    dash = nextDash(after: extents[extents.count - 1].end)
                }
                extents.append(Extent(start: dash, end: item.end.offset))
            }
            return extents
        default: return []
        }
    }

    /// The dash of the next entry: between two entries stand only blank lines and comments.
    private func nextDash(after offset: Int) -> Int {
        let bytes = text.bytes
        let startsLine = offset > 0 && text.lineStart(offset) == offset
        var index = startsLine ? offset : text.nextLine(offset)
        while index < bytes.count {
            while index < bytes.count, YAMLCharacters.isBlank(bytes[index]) { index += 1 }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") { return index }
            index = text.nextLine(index)
        }
        return bytes.count
    }
}
