/// The forms that keywords' values may have; everything else is a `malformedKeyword`.
struct KeywordReader {
    let object: JSONObject
    let pointer: String

    func malformed(_ name: String) -> SchemaError {
        SchemaError(.malformedKeyword, name, at: pointer)
    }

    func string(_ name: String) throws(SchemaError) -> String {
        guard let text = object[name]?.string else { throw malformed(name) }
        return text
    }

    func bool(_ name: String) throws(SchemaError) -> Bool {
        guard let flag = object[name]?.bool else { throw malformed(name) }
        return flag
    }

    func number(_ name: String) throws(SchemaError) -> JSONNumber {
        guard let number = object[name]?.number else { throw malformed(name) }
        return number
    }

    func positive(_ name: String) throws(SchemaError) -> JSONNumber {
        let number = try number(name)
        guard number > JSONNumber(0), number.decimal.digits.count <= 19 else {
            throw malformed(name)
        }
        return number
    }

    /// A number of things: a whole number, not negative; what passes 64 bits is no bound at all.
    func count(_ name: String) throws(SchemaError) -> Int {
        let number = try number(name)
        guard number.isInteger, number >= JSONNumber(0) else { throw malformed(name) }
        return Int(min(number.int64 ?? Int64.max, Int64.max))
    }

    func array(_ name: String) throws(SchemaError) -> [JSONValue] {
        guard let items = object[name]?.array else { throw malformed(name) }
        return items
    }

    func members(_ name: String) throws(SchemaError) -> [JSONObject.Member] {
        guard let members = object[name]?.object?.members else { throw malformed(name) }
        return members
    }

    func strings(_ name: String) throws(SchemaError) -> [String] {
        guard let value = object[name] else { throw malformed(name) }
        return try strings(value, name)
    }

    func strings(_ value: JSONValue, _ name: String) throws(SchemaError) -> [String] {
        guard let items = value.array else { throw malformed(name) }
        var found: [String] = []
        for item in items {
            guard let text = item.string else { throw malformed(name) }
            found.append(text)
        }
        return found
    }

    func stringLists(_ name: String) throws(SchemaError) -> [SchemaSite.NamedKeys] {
        var found: [SchemaSite.NamedKeys] = []
        for member in try members(name) {
            found.append(
                SchemaSite.NamedKeys(
                    name: member.name, keys: try strings(member.value, name)))
        }
        return found
    }

    func types() throws(SchemaError) -> TypeSet {
        let names: [String] =
            if let name = object["type"]?.string { [name] } else { try strings("type") }
        var types: TypeSet = []
        for name in names {
            guard let type = TypeSet(name: name) else { throw malformed("type") }
            types.insert(type)
        }
        guard !types.isEmpty else { throw malformed("type") }
        return types
    }
}
