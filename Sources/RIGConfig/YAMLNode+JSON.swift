package import RIGJSON
package import RIGYAML

extension YAMLNode {
    /// The same value in JSON; nil when it holds an infinity or a not-a-number, which JSON has not.
    package var json: JSONValue? {
        switch value {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number): return JSONNumber(literal: number.text).map(JSONValue.number)
        case .float(let number):
            return number.isFinite
                ? JSONNumber(literal: number.text).map(JSONValue.number) : nil
        case .string(let text): return .string(text)
        case .sequence(let items):
            var elements: [JSONValue] = []
            for item in items {
                guard let element = item.json else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .mapping(let entries):
            var object = JSONObject()
            for entry in entries {
                guard let member = entry.value.json, object.append(entry.name, member) else {
                    return nil
                }
            }
            return .object(object)
        }
    }
}
