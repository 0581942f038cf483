package import RIGJSON

/// What a pack says of itself (RSP 1.0): its name and version, and what it asks for. A capability
/// is a request; only `grants` in rig.yaml give it.
package struct PackMetadata: Equatable, Sendable {
    package static let rspVersion = "1.0"

    /// A directory that a pack may ask for.
    package enum Folder: String, Sendable, CaseIterable {
        case data
        case workspace
    }

    package struct Capabilities: Equatable, Sendable {
        package var net: [NetTarget] = []
        package var fs: [Folder] = []
        /// Names of slots.
        package var secrets: [String] = []

        package init(net: [NetTarget] = [], fs: [Folder] = [], secrets: [String] = []) {
            self.net = net
            self.fs = fs
            self.secrets = secrets
        }

        package var isEmpty: Bool { net.isEmpty && fs.isEmpty && secrets.isEmpty }
    }

    package var name: String
    package var version: String
    package var capabilities: Capabilities

    package init(name: String, version: String, capabilities: Capabilities = Capabilities()) {
        self.name = name
        self.version = version
        self.capabilities = capabilities
    }

    /// Capabilities may be left out, whole or in part: then nothing is asked for.
    package init(decoding value: JSONValue) throws(ShapeFault) {
        let members = try ShapeReader(value).closedObject(
            required: ["rsp", "name", "version"], optional: ["capabilities"])
        try members.required("rsp").constant(Self.rspVersion)
        self.init(
            name: try members.required("name").text(.packName),
            version: try members.required("version").text(.version))
        guard
            let asked = try members.optional("capabilities")?
                .closedObject(required: [], optional: ["net", "fs", "secrets"])
        else { return }
        for element in try asked.optional("net")?.elements() ?? [] {
            guard let target = NetTarget(try element.text(.netTarget)) else {
                throw element.fault(.pattern, "must be \(TextRule.netTarget.words)")
            }
            capabilities.net.append(target)
        }
        for element in try asked.optional("fs")?.elements() ?? [] {
            capabilities.fs.append(try element.choice(of: Folder.self))
        }
        for element in try asked.optional("secrets")?.elements() ?? [] {
            capabilities.secrets.append(try element.text(.slot))
        }
    }

    package var encoded: JSONValue {
        [
            "rsp": .string(Self.rspVersion), "name": .string(name), "version": .string(version),
            "capabilities": [
                "net": .array(capabilities.net.map { .string($0.description) }),
                "fs": .array(capabilities.fs.map { .string($0.rawValue) }),
                "secrets": .array(capabilities.secrets.map { .string($0) }),
            ],
        ]
    }
}
