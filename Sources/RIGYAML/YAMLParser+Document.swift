/// Documents, markers and directives (YAML 1.2.2, chapter 9).
extension YAMLParser {
    mutating func document() throws(YAMLError) -> YAMLNode {
        try nextContent()
        let directed = try directives()
        let root: YAMLNode
        if isAtMarker && peek() == UInt8(ascii: "-") {
            position += 3
            root = try blockNode(parent: -1, place: .document)
        } else if directed {
            throw error(.directiveWithoutDocument)
        } else if contentColumn >= 0 {
            root = try content(
                parent: -1, column: contentColumn, collections: !contentAfterTab,
                refusal: .tabIndentation)
        } else {
            root = empty(at: position)
        }
        try end()
        return root
    }

    /// Only comments and one `...` may follow the document.
    private mutating func end() throws(YAMLError) {
        if contentColumn >= 0 {
            throw error(contentAfterTab ? .tabIndentation : .badIndentation)
        }
        while isAtMarker && peek() == UInt8(ascii: ".") {
            position += 3
            try nextContent()
            if contentColumn >= 0 { throw error(.severalDocuments) }
        }
        if position < bytes.count { throw error(.severalDocuments) }
    }

    /// `%YAML 1.2` is allowed once, before `---`.
    private mutating func directives() throws(YAMLError) -> Bool {
        var seen = false
        while contentColumn == 0 && !contentAfterTab && peek() == UInt8(ascii: "%") {
            let start = position
            passToBreak()
            var line = bytes[start..<position]
            if let comment = comment(in: line) { line = line[..<comment] }
            let words = line.split(whereSeparator: YAMLCharacters.isBlank)
                .map { String(decoding: $0, as: UTF8.self) }
            guard words.first == "%YAML", words.count == 2, !seen else {
                throw error(.directive, at: start)
            }
            guard words[1] == "1.2" else { throw error(.otherVersion, at: start) }
            seen = true
            try nextContent()
        }
        return seen
    }

    private func comment(in line: ArraySlice<UInt8>) -> Int? {
        line.indices.first {
            line[$0] == UInt8(ascii: "#") && YAMLCharacters.isBlank(line[$0 - 1])
        }
    }
}
