internal import RIGJSON

/// A secret that a tool needs, by the name under which it is granted. Never the secret itself.
package struct AuthSlot: Equatable, Sendable {
    /// How the secret goes to the remote API.
    package enum Kind: String, Sendable, CaseIterable {
        case bearer
        case basic
        case header
        case query
    }

    /// `[A-Za-z][A-Za-z0-9_]{0,47}`: also the name of a variable.
    package var slot: String
    package var kind: Kind
    /// Whether a call without the secret is refused with `secret_missing`.
    package var isRequired: Bool
    /// What the secret is for, for the person who grants it.
    package var description: String

    package init(slot: String, kind: Kind, isRequired: Bool, description: String) {
        self.slot = slot
        self.kind = kind
        self.isRequired = isRequired
        self.description = description
    }

    package static func isName(_ text: String) -> Bool {
        ToolName.isValid(text) && !text.utf8.contains(UInt8(ascii: "-"))
    }

    init(reading reader: ShapeReader) throws(ShapeFault) {
        let members = try reader.closedObject(
            required: ["slot", "kind", "required", "description"])
        slot = try members.required("slot").text(.slot)
        kind = try members.required("kind").choice(of: Kind.self)
        isRequired = try members.required("required").boolean()
        description = try members.required("description").text(1, to: 4_096)
    }

    var encoded: JSONValue {
        [
            "slot": .string(slot), "kind": .string(kind.rawValue), "required": .bool(isRequired),
            "description": .string(description),
        ]
    }
}
