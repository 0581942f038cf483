package import RIGJSON

/// One tool, as its pack declares it (spec/rtp/tool-definition.schema.json). What stands inside the
/// three schemas is kept as it came and is for the schema compiler to judge.
package struct ToolDefinition: Equatable, Sendable {
    package static let rtpVersion = "1.0"
    package static let titleCharactersMax = 200
    package static let descriptionCharactersMax = 16_384

    package struct Example: Equatable, Sendable {
        package var args: JSONObject
        package var output: JSONValue

        package init(args: JSONObject, output: JSONValue) {
            self.args = args
            self.output = output
        }
    }

    package var name: ToolName
    package var title: String?
    package var description: String
    package var risk: Risk
    package var inputSchema: JSONValue
    package var outputSchema: JSONValue?
    package var errorSchema: JSONValue?
    /// What the pack said; `isIdempotent` has the default.
    package var idempotent: Bool?
    package var auth: [AuthSlot]?
    package var timeoutMilliseconds: Int?
    package var tags: [String]?
    package var examples: [Example]?
    package var deprecated: Bool?

    package init(
        name: ToolName, description: String, risk: Risk, inputSchema: JSONValue
    ) {
        self.name = name
        self.description = description
        self.risk = risk
        self.inputSchema = inputSchema
    }

    /// Whether two calls with the same arguments are as good as one.
    package var isIdempotent: Bool { idempotent ?? (risk == .read) }
    package var isDeprecated: Bool { deprecated ?? false }
    package var authSlots: [AuthSlot] { auth ?? [] }

    /// Refuses, with the place and the rule, whatever the schema file refuses.
    package init(decoding value: JSONValue) throws(ShapeFault) {
        let members = try ShapeReader(value).closedObject(
            required: ["rtp", "name", "description", "risk", "input_schema"],
            optional: [
                "title", "output_schema", "error_schema", "idempotent", "auth", "timeout_ms",
                "tags", "examples", "deprecated",
            ])
        try members.required("rtp").constant(Self.rtpVersion)
        let nameReader = members.required("name")
        guard let name = ToolName(try nameReader.text(.toolName)) else {
            throw nameReader.fault(.pattern, "must be \(TextRule.toolName.words)")
        }
        self.init(
            name: name,
            description: try members.required("description")
                .text(1, to: Self.descriptionCharactersMax),
            risk: try members.required("risk").choice(of: Risk.self),
            inputSchema: members.required("input_schema").value)
        let input = try members.required("input_schema").members(required: ["type"])
        try input.required("type").constant("object")
        title = try members.optional("title")?.text(1, to: Self.titleCharactersMax)
        outputSchema = try Self.schema(members.optional("output_schema"))
        errorSchema = try Self.schema(members.optional("error_schema"))
        idempotent = try members.optional("idempotent")?.boolean()
        timeoutMilliseconds = try members.optional("timeout_ms")?
            .integer(1, to: Limits.callTimeoutMillisecondsMax)
        deprecated = try members.optional("deprecated")?.boolean()
        if let elements = try members.optional("auth")?.elements() {
            var slots: [AuthSlot] = []
            for element in elements { slots.append(try AuthSlot(reading: element)) }
            auth = slots
        }
        if let elements = try members.optional("tags")?.elements() {
            var words: [String] = []
            for element in elements { words.append(try element.text(.tag)) }
            tags = words
        }
        if let elements = try members.optional("examples")?.elements() {
            var read: [Example] = []
            for element in elements { read.append(try Self.example(element)) }
            examples = read
        }
    }

    private static func schema(_ reader: ShapeReader?) throws(ShapeFault) -> JSONValue? {
        guard let reader else { return nil }
        return .object(try reader.openObject())
    }

    private static func example(_ reader: ShapeReader) throws(ShapeFault) -> Example {
        let members = try reader.closedObject(required: ["args", "output"])
        return Example(
            args: try members.required("args").openObject(),
            output: members.required("output").value)
    }

    /// The definition as its pack would write it: absent stays absent.
    package var encoded: JSONValue {
        var object: JSONObject = ["rtp": .string(Self.rtpVersion), "name": .string(name.text)]
        object["title"] = title.map { .string($0) }
        object["description"] = .string(description)
        object["risk"] = .string(risk.rawValue)
        object["input_schema"] = inputSchema
        object["output_schema"] = outputSchema
        object["error_schema"] = errorSchema
        object["idempotent"] = idempotent.map { .bool($0) }
        object["auth"] = auth.map { .array($0.map(\.encoded)) }
        object["timeout_ms"] = timeoutMilliseconds.map { .number(JSONNumber($0)) }
        object["tags"] = tags.map { .array($0.map { .string($0) }) }
        object["examples"] = examples.map { examples in
            .array(examples.map { ["args": .object($0.args), "output": $0.output] })
        }
        object["deprecated"] = deprecated.map { .bool($0) }
        return .object(object)
    }
}
