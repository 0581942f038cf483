/// One thing that is wrong with a value.
package struct SchemaViolation: Equatable, Sendable {
    /// Where in the value, as a JSON Pointer; empty for the whole value.
    package var pointer: String
    package var keyword: String
    /// Where in the schema, as a URI fragment that ends in the keyword.
    package var schemaPointer: String
    /// What to change, in words: "must be at least 1, is 0".
    package var message: String

    package init(pointer: String, keyword: String, schemaPointer: String, message: String) {
        self.pointer = pointer
        self.keyword = keyword
        self.schemaPointer = schemaPointer
        self.message = message
    }
}

extension SchemaProgram {
    /// Says what is wrong with a value that `check` refused: at most `max` violations, none when
    /// the value holds. The second, slow walk: it interprets the schema over a tree.
    ///
    /// A value that takes too much work, or nests too deep, gets one violation of keyword
    /// `$work`, as the walk gives up on it too.
    package func report(_ value: JSONValue, max: Int = 32) -> [SchemaViolation] {
        guard let document else { return [] }
        var reporter = SchemaReporter(document, violationsMax: Swift.max(max, 1))
        let evaluation = reporter.evaluate(document.root, value, "")
        if reporter.isExhausted {
            return [
                SchemaViolation(
                    pointer: "", keyword: "$work", schemaPointer: "#",
                    message: "takes more work to check than is allowed")
            ]
        }
        return evaluation == nil ? reporter.violations : []
    }
}

/// What a schema has evaluated of one object or array.
struct Evaluated {
    /// By bytes: member names of an object.
    var names: Set<[UInt8]> = []
    /// Indexes of an array.
    var items: Set<Int> = []

    mutating func formUnion(_ other: Evaluated) {
        names.formUnion(other.names)
        items.formUnion(other.items)
    }
}

/// The interpreter behind `report`. Independent of the records and of the walk, so that each can
/// be held against the other.
struct SchemaReporter {
    let document: SchemaDocument
    let violationsMax: Int
    var violations: [SchemaViolation] = []
    /// Resources entered, outermost first.
    var scope: [Int] = []
    private var steps = 0
    private var nesting = 0
    /// Some tens of milliseconds: whoever made the value must not hold up everybody else.
    private static let stepsMax = 50_000
    private static let nestingMax = 640

    init(_ document: SchemaDocument, violationsMax: Int) {
        self.document = document
        self.violationsMax = violationsMax
    }

    var isExhausted: Bool { steps > Self.stepsMax || nesting > Self.nestingMax }

    /// What `site` evaluated of `value`, or nil when it does not hold. All violations at one level
    /// are noted, not only the first.
    mutating func evaluate(_ index: Int, _ value: JSONValue, _ at: String) -> Evaluated? {
        let site = document.sites[index]
        steps += 1
        nesting += 1
        if isExhausted { return nil }
        scope.append(site.resource)
        defer {
            scope.removeLast()
            if !isExhausted { nesting -= 1 }
        }
        if let flag = site.boolean {
            if flag { return Evaluated() }
            note(site, "", at, "is not allowed here")
            return nil
        }
        let before = violations.count
        var evaluated = Evaluated()
        var holds = checkValue(site, value, at)
        switch value {
        case .number(let number): holds = checkNumber(site, number, at) && holds
        case .string(let text): holds = checkString(site, text, at) && holds
        case .array(let items): holds = checkArray(site, items, at, &evaluated) && holds
        case .object(let object): holds = checkObject(site, object, at, &evaluated) && holds
        default: break
        }
        holds = checkParts(site, value, at, &evaluated) && holds
        holds = checkUnevaluated(site, value, at, &evaluated) && holds
        if holds { violations.removeSubrange(min(before, violations.count)...) }
        return holds ? evaluated : nil
    }

    /// The same when failing is no fault of the value: nothing is noted.
    mutating func attempt(_ index: Int, _ value: JSONValue, _ at: String) -> Evaluated? {
        let noted = violations
        let result = evaluate(index, value, at)
        violations = noted
        return result
    }

    mutating func note(
        _ site: SchemaSite, _ keyword: String, _ at: String, _ message: @autoclosure () -> String
    ) {
        guard violations.count < violationsMax else { return }
        let pointer = keyword.isEmpty ? site.pointer : site.pointer + "/" + keyword
        violations.append(
            SchemaViolation(
                pointer: at, keyword: keyword.isEmpty ? "false" : keyword,
                schemaPointer: pointer, message: message()))
    }

    /// Keywords for values of any kind.
    private mutating func checkValue(
        _ site: SchemaSite, _ value: JSONValue, _ at: String
    ) -> Bool {
        var holds = true
        if let types = site.types, !types.allows(value) {
            note(site, "type", at, "must be \(types.phrase), is \(value.kindName)")
            holds = false
        }
        if let constant = site.constant, constant != value {
            note(site, "const", at, "must be \(Phrase.value(constant)), is \(Phrase.value(value))")
            holds = false
        }
        if let allowed = site.enumeration, !allowed.contains(value) {
            note(
                site, "enum", at,
                "must be one of \(Phrase.list(allowed)), is \(Phrase.value(value))")
            holds = false
        }
        return holds
    }

    private mutating func checkUnevaluated(
        _ site: SchemaSite, _ value: JSONValue, _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holds = true
        if let rest = site.unevaluatedItems, case .array(let items) = value {
            for (index, item) in items.enumerated() where !evaluated.items.contains(index) {
                if evaluate(rest, item, at + "/\(index)") == nil { holds = false }
            }
            evaluated.items = Set(items.indices)
        }
        if let rest = site.unevaluatedProperties, case .object(let object) = value {
            for member in object.members {
                let name = Array(member.name.utf8)
                if evaluated.names.contains(name) { continue }
                let place = at + "/" + PointerTokens.escaped(member.name)
                if evaluate(rest, member.value, place) == nil { holds = false }
                evaluated.names.insert(name)
            }
        }
        return holds
    }
}

extension TypeSet {
    func allows(_ value: JSONValue) -> Bool {
        switch value {
        case .null: contains(.null)
        case .bool: contains(.boolean)
        case .number(let number):
            contains(.number) || (contains(.integer) && number.decimal.isInteger)
        case .string: contains(.string)
        case .array: contains(.array)
        case .object: contains(.object)
        }
    }

    /// "a string or null"
    var phrase: String {
        let names = Self.names.filter { contains($0.type) }.map { Phrase.article($0.name) }
        return Phrase.either(names)
    }
}

extension JSONValue {
    var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let number): number.decimal.isInteger ? "an integer" : "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// Words of a message. Values are cut, so that a message stays one line.
enum Phrase {
    private static let valueCharactersMax = 60
    private static let listMax = 12

    static func article(_ name: String) -> String {
        switch name {
        case "null": name
        case "integer", "array", "object": "an " + name
        default: "a " + name
        }
    }

    static func either(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    static func value(_ value: JSONValue) -> String {
        let text = value.text
        guard text.count > valueCharactersMax else { return text }
        return String(text.prefix(valueCharactersMax)) + "…"
    }

    static func list(_ values: [JSONValue]) -> String {
        let shown = values.prefix(listMax).map(value).joined(separator: ", ")
        return values.count > listMax ? shown + ", …" : shown
    }

    static func count(_ count: Int, _ singular: String, _ plural: String) -> String {
        "\(count) \(count == 1 ? singular : plural)"
    }
}
