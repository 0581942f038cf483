import Foundation

extension Workbench {
    /// Writes a pack that says of itself what it is told to say and returns its arguments, and
    /// returns its folder.
    func makePack(
        _ runtime: String, _ name: String, metadata: String? = nil, tools: String
    ) throws -> String {
        let place = folder.appendingPathComponent("packs/\(runtime)-\(name)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let metadata =
            metadata ?? #"{"rsp": "1.0", "name": "rig-pack-\#(name)", "version": "1.0.0"}"#
        let files =
            runtime == "python"
            ? [
                "pyproject.toml": """
                [project]
                name = "rig-pack-\(name)"
                version = "1.0.0"

                [project.entry-points."rig.packs"]
                made = "made"
                """,
                "made.py": """
                import json

                def rig_pack_metadata():
                    return json.loads(r'''\(metadata)''')

                def rig_tools():
                    return json.loads(r'''\(tools)''')

                def rig_impls():
                    names = [tool.get("name") for tool in rig_tools() if isinstance(tool, dict)]
                    return {name: lambda args, ctx: args for name in names}
                """,
            ]
            : [
                "package.json": """
                {"name": "rig-pack-\(name)", "version": "1.0.0", "main": "made.cjs"}
                """,
                "made.cjs": """
                exports.metadata = () => JSON.parse(String.raw`\(metadata)`);
                exports.tools = () => JSON.parse(String.raw`\(tools)`);
                exports.invoke = async (_name, args) => ({ ok: true, output: args });
                """,
            ]
        for (file, text) in files {
            try Data(text.utf8).write(to: place.appendingPathComponent(file))
        }
        return place.path
    }

    /// One tool `go` with these members beside its name.
    static func tool(
        risk: String = #""read""#, input: String = #"{"type": "object"}"#, more: String = ""
    ) -> String {
        """
        [{"rtp": "1.0", "name": "go", "description": "Goes.", "risk": \(risk), \
        "input_schema": \(input)\(more)}]
        """
    }
}
