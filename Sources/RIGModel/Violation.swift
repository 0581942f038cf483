package import RIGJSON

/// One way in which arguments or an output break their schema: an element of `details` of
/// `validation_failed` and `output_invalid`.
package struct Violation: Equatable, Sendable {
    /// RFC 6901: where in the value.
    package var pointer: String
    /// The JSON Schema keyword.
    package var keyword: String
    /// RFC 6901: where in the schema.
    package var schemaPointer: String
    package var message: String

    package init(pointer: String, keyword: String, schemaPointer: String, message: String) {
        self.pointer = pointer
        self.keyword = keyword
        self.schemaPointer = schemaPointer
        self.message = message
    }

    /// What the schema engine reports, with its URI fragment as a plain pointer.
    package init(_ found: SchemaViolation) {
        let fragment = found.schemaPointer
        self.init(
            pointer: found.pointer, keyword: found.keyword,
            schemaPointer: fragment.hasPrefix("#") ? String(fragment.dropFirst()) : fragment,
            message: found.message)
    }

    /// Reads a list of at least one.
    static func list(reading reader: ShapeReader) throws(ShapeFault) -> [Violation] {
        var violations: [Violation] = []
        for element in try reader.elements(countMin: 1) {
            let members = try element.closedObject(
                required: ["pointer", "keyword", "schema_pointer", "message"])
            violations.append(
                Violation(
                    pointer: try members.required("pointer").text(),
                    keyword: try members.required("keyword").text(1),
                    schemaPointer: try members.required("schema_pointer").text(),
                    message: try members.required("message").text(1)))
        }
        return violations
    }

    package var encoded: JSONValue {
        [
            "pointer": .string(pointer), "keyword": .string(keyword),
            "schema_pointer": .string(schemaPointer), "message": .string(message),
        ]
    }
}
