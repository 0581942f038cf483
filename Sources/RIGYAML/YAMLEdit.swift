/// Why an edit was not made. The text is as it was.
package enum YAMLEditError: Error, Hashable, Sendable {
    /// No node at the path, or one of another kind.
    case notFound
    /// The mapping has that key already.
    case exists
    /// The edited text would not read, or would mean more or less than the edit asked for: the
    /// value is written in a way that has to be changed by hand.
    case refused
}

/// Changes single values of a YAML text and leaves every other byte as it is: comments, order,
/// indentation, quotes, line endings.
///
/// Each edit is checked: the new text is read again, and must mean exactly the old tree with that
/// one change, or the edit is refused and the text stays.
///
///     var edit = YAMLEdit(document)
///     try edit.append(.mapping([.init("path", "./echo")]), to: [.key("packs")])
///     edit.document.bytes
package struct YAMLEdit: Sendable {
    package private(set) var document: YAMLDocument
    private let limits: YAMLLimits

    package init(_ document: YAMLDocument, limits: YAMLLimits = YAMLLimits()) {
        self.document = document
        self.limits = limits
    }

    var text: YAMLText { YAMLText(bytes: document.bytes) }

    func place(_ path: [YAMLStep]) throws(YAMLEditError) -> YAMLPlace {
        guard let place = YAMLPlace(path, from: document.root) else { throw .notFound }
        return place
    }

    /// Makes the cuts, reads the result, and keeps it if it means `expected`.
    mutating func apply(_ cuts: [YAMLCut], _ expected: YAMLNode?) throws(YAMLEditError) {
        guard let expected else { throw .notFound }
        var bytes = document.bytes
        // From the back, so that offsets stay true; where two start together, what is put in comes
        // after what is taken out.
        let order = cuts.sorted {
            ($0.range.lowerBound, $0.range.upperBound) > ($1.range.lowerBound, $1.range.upperBound)
        }
        for cut in order {
            bytes.replaceSubrange(cut.range, with: cut.text.utf8)
        }
        let edited: YAMLDocument
        do throws(YAMLError) {
            edited = try YAMLDocument(bytes, limits: limits)
        } catch {
            throw .refused
        }
        guard edited.root.means(expected) else { throw .refused }
        document = edited
    }

    /// Puts `value` in place of what stands at `path`.
    package mutating func replace(
        _ path: [YAMLStep], with value: YAMLFragment
    ) throws(YAMLEditError) {
        let place = try place(path)
        let expected = document.root.changed(path[...]) { _ in value.node.value }
        let node = place.node
        var cuts: [YAMLCut] = []
        switch node.style {
        case .blockSequence, .blockMapping:
            guard let entry = place.entry, let colon = text.colonEnd(after: entry.key) else {
                throw .refused
            }
            cuts.append(YAMLCut(colon, " " + value.flow))
            cuts.append(YAMLCut(text.lineEnd(colon)..<node.end.offset, ""))
        case .empty:
            cuts.append(YAMLCut(node.start.offset, " " + value.flow))
        default:
            cuts.append(YAMLCut(node.start.offset..<node.end.offset, value.flow))
        }
        try apply(cuts, expected)
    }
}

/// Bytes to take out and what to put there.
struct YAMLCut {
    let range: Range<Int>
    let text: String

    init(_ range: Range<Int>, _ text: String) {
        self.range = range
        self.text = text
    }

    init(_ offset: Int, _ text: String) { self.init(offset..<offset, text) }
}

/// Lines of the text that is edited.
struct YAMLText {
    let bytes: [UInt8]

    /// The first line's ending; LF when there is none.
    var lineBreak: String {
        guard let first = bytes.firstIndex(where: YAMLCharacters.isBreak) else { return "\n" }
        if bytes[first] == 0x0A { return "\n" }
        return first + 1 < bytes.count && bytes[first + 1] == 0x0A ? "\r\n" : "\r"
    }

    func lineStart(_ offset: Int) -> Int {
        var index = offset
        while index > 0, !YAMLCharacters.isBreak(bytes[index - 1]) { index -= 1 }
        return index
    }

    /// The line's break, or the end of the text.
    func lineEnd(_ offset: Int) -> Int {
        var index = offset
        while index < bytes.count, !YAMLCharacters.isBreak(bytes[index]) { index += 1 }
        return index
    }

    /// The first byte of the next line, or the end of the text.
    func nextLine(_ offset: Int) -> Int {
        var index = lineEnd(offset)
        guard index < bytes.count else { return index }
        if bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A {
            index += 1
        }
        return index + 1
    }

    /// Only blanks stand before `offset` in its line.
    func isFirstInLine(_ offset: Int) -> Bool {
        bytes[lineStart(offset)..<offset].allSatisfy(YAMLCharacters.isBlank)
    }

    /// Behind the colon of a key that is written on the colon's line.
    func colonEnd(after key: YAMLNode) -> Int? {
        var index = key.end.offset
        while index < bytes.count, YAMLCharacters.isBlank(bytes[index]) { index += 1 }
        return index < bytes.count && bytes[index] == UInt8(ascii: ":") ? index + 1 : nil
    }

    func skipBlanksBack(_ offset: Int) -> Int {
        var index = offset
        while index > 0, YAMLCharacters.isBlank(bytes[index - 1]) { index -= 1 }
        return index
    }
}
