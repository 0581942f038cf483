internal import RIGModel

/// The parameters behind the question mark, each once, and none that the operation does not know: a
/// filter that is misspelled must not show everything.
struct Query {
    private var values: [String: String] = [:]

    init(_ text: String?, _ known: Set<String>) throws(RTPError) {
        for part in (text ?? "").split(separator: "&") {
            let name = PercentText.decode(part.prefix { $0 != "=" }, plusIsSpace: true)
            let value = part.drop { $0 != "=" }.dropFirst()
            guard known.contains(name) else {
                throw .invalidRequest(
                    "there is no parameter of that name; known are: "
                        + (known.isEmpty ? "none" : known.sorted().joined(separator: ", ")))
            }
            guard values[name] == nil else { throw .invalidRequest("\(name) is given twice") }
            values[name] = PercentText.decode(value, plusIsSpace: true)
        }
    }

    subscript(name: String) -> String? { values[name] }

    func number(_ name: String, _ range: ClosedRange<Int64>) throws(RTPError) -> Int64? {
        guard let text = values[name] else { return nil }
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isPlain, let number = Int64(text), range.contains(number) else {
            throw .invalidRequest(
                "\(name) is no whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func choice(_ name: String, _ words: [String]) throws(RTPError) -> String? {
        guard let text = values[name] else { return nil }
        guard words.contains(text) else {
            throw .invalidRequest("\(name) is one of " + words.joined(separator: ", "))
        }
        return text
    }
}
