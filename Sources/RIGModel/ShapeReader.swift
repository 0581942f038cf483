internal import RIGJSON

/// A value and the place where it stands: what the decoders of RTP and RSP read through, so that
/// every refusal can say where. Control plane only; a call's arguments never pass here.
struct ShapeReader {
    let value: JSONValue
    /// RFC 6901.
    let pointer: String

    init(_ value: JSONValue, at pointer: String = "") {
        self.value = value
        self.pointer = pointer
    }

    func fault(_ keyword: ShapeFault.Keyword, _ message: String) -> ShapeFault {
        ShapeFault(pointer: pointer, keyword: keyword, message: message)
    }

    /// An object whose members are nobody's business here.
    func openObject() throws(ShapeFault) -> JSONObject {
        guard let object = value.object else { throw fault(.type, "must be an object") }
        return object
    }

    /// An object with these members and no others.
    func closedObject(
        required: [String], optional: [String] = []
    ) throws(ShapeFault) -> ShapeMembers {
        let members = try members(required: required)
        for member in members.object.members
        where !required.contains(member.name) && !optional.contains(member.name) {
            throw members.stranger(.additionalProperties, member.name, "is not a known member")
        }
        return members
    }

    /// An object with at least these members.
    func members(required: [String]) throws(ShapeFault) -> ShapeMembers {
        let object = try openObject()
        for name in required where object[name] == nil {
            throw fault(.required, "lacks the member \"\(name)\"")
        }
        return ShapeMembers(object: object, pointer: pointer)
    }

    func elements(countMin: Int = 0) throws(ShapeFault) -> [ShapeReader] {
        guard let array = value.array else { throw fault(.type, "must be a list") }
        guard array.count >= countMin else {
            throw fault(.minItems, "must have at least \(countMin) elements")
        }
        return array.enumerated().map { ShapeReader($1, at: "\(pointer)/\($0)") }
    }

    /// A text of `minimum` to `maximum` Unicode scalar values.
    func text(_ minimum: Int = 0, to maximum: Int = .max) throws(ShapeFault) -> String {
        guard let text = value.string else { throw fault(.type, "must be a string") }
        // Bytes bound the characters from above, so counting is for long texts only.
        let count = text.utf8.count <= maximum ? text.utf8.count : text.unicodeScalars.count
        if count < minimum { throw fault(.minLength, "must not be empty") }
        if count > maximum { throw fault(.maxLength, "has more than \(maximum) characters") }
        return text
    }

    func text(_ rule: TextRule) throws(ShapeFault) -> String {
        let text = try text()
        guard rule.isMet(text) else { throw fault(.pattern, "must be \(rule.words)") }
        return text
    }

    /// An integer, however it is written: 30000.0 is one.
    func integer(_ minimum: Int, to maximum: Int = .max) throws(ShapeFault) -> Int {
        guard let number = value.number, number.isInteger else {
            throw fault(.type, "must be a whole number")
        }
        if number < JSONNumber(minimum) { throw fault(.minimum, "must be at least \(minimum)") }
        guard let small = number.int64, small <= maximum else {
            throw fault(.maximum, "must be at most \(maximum)")
        }
        return Int(small)
    }

    func boolean() throws(ShapeFault) -> Bool {
        guard let flag = value.bool else { throw fault(.type, "must be true or false") }
        return flag
    }

    func constant(_ text: String) throws(ShapeFault) {
        guard value == .string(text) else { throw fault(.const, "must be \"\(text)\"") }
    }

    /// One of the words of an enumeration.
    func choice<Choice: RawRepresentable & CaseIterable>(
        of _: Choice.Type
    ) throws(ShapeFault) -> Choice where Choice.RawValue == String {
        for choice in Choice.allCases where value == .string(choice.rawValue) { return choice }
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw fault(.enum, "must be one of \(words)")
    }
}

/// The members of an object that was found to have the right ones.
struct ShapeMembers {
    let object: JSONObject
    let pointer: String

    /// A member that may be absent. `null` is not absence.
    func optional(_ name: String) -> ShapeReader? {
        // The names that decoders ask for need no escaping in a pointer.
        object[name].map { ShapeReader($0, at: "\(pointer)/\(name)") }
    }

    /// A fault of a member that should not be there; its name is anybody's, so it is escaped.
    func stranger(
        _ keyword: ShapeFault.Keyword, _ name: String, _ message: String
    ) -> ShapeFault {
        var token = ""
        for character in name.unicodeScalars {
            switch character {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(character)
            }
        }
        return ShapeFault(pointer: pointer + "/" + token, keyword: keyword, message: message)
    }

    /// A member that `required` named.
    func required(_ name: String) -> ShapeReader {
        guard let member = optional(name) else {
            preconditionFailure("the object was asked for the member \(name)")
        }
        return member
    }
}
