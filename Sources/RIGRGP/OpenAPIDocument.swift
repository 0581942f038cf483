internal import RIGBytes
internal import RIGConfig
internal import RIGJSON
internal import RIGLinux
internal import RIGYAML

/// spec/rgp/openapi.yaml as it is served: the same document in JSON, with the schema files that it
/// refers to put inside, so that whoever has it has all of it.
package enum OpenAPIDocument {
    private static let fileBytesMax = 1 << 20
    private static let schemaSuffix = ".schema.json"

    /// Reads the files below `spec`. Blocks.
    package static func load(_ spec: String) throws(OpenAPIFault) -> [UInt8] {
        let path = Path.join(spec, "rgp/openapi.yaml")
        let bytes = try read(path)
        let root: JSONValue?
        do throws(YAMLError) {
            root = try YAMLDocument(bytes).root.json
        } catch {
            throw OpenAPIFault(path: path)
        }
        guard let root, let schemas = root["components"]?["schemas"]?.object else {
            throw OpenAPIFault(path: path)
        }
        var files: [String: String] = [:]
        for member in schemas.members {
            if let file = member.value["$ref"]?.string.map(Path.name), file.hasSuffix(schemaSuffix)
            {
                files[file] = member.name
            }
        }
        var inside = JSONObject()
        for member in schemas.members {
            guard let reference = member.value["$ref"]?.string, reference.hasSuffix(schemaSuffix)
            else {
                inside[member.name] = member.value
                continue
            }
            inside[member.name] = try schema(
                Path.join(spec, "rtp/" + Path.name(reference)), member.name, files)
        }
        guard case .object(var document) = root,
            case .object(var components)? = document["components"]
        else { throw OpenAPIFault(path: path) }
        components["schemas"] = .object(inside)
        document["components"] = .object(components)
        let buffer = ByteBuffer()
        JSONValue.object(document).write(to: buffer)
        return buffer.array(buffer.range)
    }

    private static func schema(
        _ path: String, _ name: String, _ files: [String: String]
    ) throws(OpenAPIFault) -> JSONValue {
        let bytes = try read(path)
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes, limits: JSONLimits(bytesMax: fileBytesMax))
        } catch {
            throw OpenAPIFault(path: path)
        }
        return moved(value, name, files, isRoot: true)
    }

    /// A schema file's references, seen from where the file stands now.
    private static func moved(
        _ value: JSONValue, _ name: String, _ files: [String: String], isRoot: Bool = false
    ) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map { moved($0, name, files) })
        case .object(let object):
            var result = JSONObject()
            for member in object.members {
                if isRoot, ["$id", "$schema"].contains(member.name) { continue }
                if member.name == "$ref", let text = member.value.string {
                    result[member.name] = .string(reference(text, name, files))
                } else {
                    result[member.name] = moved(member.value, name, files)
                }
            }
            return .object(result)
        default: return value
        }
    }

    private static func reference(
        _ text: String, _ name: String, _ files: [String: String]
    ) -> String {
        if text.hasPrefix("#") { return "#/components/schemas/\(name)" + text.dropFirst() }
        let parts = text.split(separator: "#", maxSplits: 1)
        guard let target = files[Path.name(String(parts[0]))] else { return text }
        return "#/components/schemas/\(target)" + (parts.count > 1 ? String(parts[1]) : "")
    }

    private static func read(_ path: String) throws(OpenAPIFault) -> [UInt8] {
        do throws(Errno) {
            return try File.readWhole(path, sizeBytesMax: fileBytesMax)
        } catch {
            throw OpenAPIFault(path: path)
        }
    }
}

/// A file of the specification that is missing or malformed: the installation is not whole.
package struct OpenAPIFault: Error, Sendable {
    package let path: String
}
