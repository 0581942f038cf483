internal import RIGJSON

/// What RIG reads of a package.json: name, version and the file that Node would load.
package struct PackageJSON: Equatable, Sendable {
    package let name: String?
    package let version: String?
    /// Relative to the pack's folder.
    package let entry: String

    /// Nil when the text is no JSON object.
    package init?(_ bytes: [UInt8]) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            return nil
        }
        guard value.object != nil else { return nil }
        name = value["name"]?.string
        version = value["version"]?.string
        entry = Self.target(value["exports"]) ?? value["main"]?.string ?? "index.js"
    }

    /// The package's main entry by its `exports` (Node: "Package entry points"): a path, the path
    /// under ".", or the first condition that holds for a runner, which imports.
    private static func target(_ exports: JSONValue?) -> String? {
        switch exports {
        case .string(let path):
            return path
        case .array(let alternatives):
            return alternatives.lazy.compactMap { target($0) }.first
        case .object(let members):
            if let dot = members["."] { return target(dot) }
            for member in members.members where ["node", "import", "default"].contains(member.name)
            {
                if let path = target(member.value) { return path }
            }
            return nil
        default:
            return nil
        }
    }
}
