package import RIGEgress
package import RIGJSON
package import RIGLinux
package import RIGModel
package import RIGSandbox
package import RIGSecret
package import RIGWorker

/// Why a pack cannot be mounted. Other packs go on without it.
package enum PackFault: Error, Sendable {
    case folder(path: String, Errno)
    case noManifest(folder: String)
    case brokenManifest(file: String)
    case noEntryPoint(folder: String)
    case severalEntryPoints(folder: String)
    case noName(folder: String)
    /// No namespace follows from the name; `as` has to give one.
    case noNamespace(name: String)
    /// Another pack has the namespace that this one's name leads to.
    case namespaceTaken(Namespace)
    case runnerDisabled(Interpreter.Runtime)
    /// The program that runs the pack, as rig.yaml names it, is not there or not fit.
    case interpreter(name: String, SandboxError)
    /// The jail cannot be built.
    case sandbox(SandboxError)
    /// rig.yaml grants or demands what this version cannot enforce; the text is the key's path.
    case unsupported(String)
    /// rig.yaml promises something of workers that run where RIG cannot see it.
    case unseen(key: String, url: String, hint: String)
    /// Only level strict holds a worker to the hosts it is granted.
    case egressLevel(key: String, SandboxLevel)
    /// Grants of the network that contradict each other or name no host.
    case egressPolicy(EgressPolicy.Fault)
    /// Neither rig.yaml nor the slot's kind says where in a request the value goes.
    case egressPlacement(slot: String)
    /// The program that puts secrets into requests is not there.
    case noEgressProgram(path: String)
    case secret(SecretFault)
    /// The folder of `grants.fs` cannot be given.
    case workspace(path: String, why: String)
    case dataFolder(path: String, Errno)
    /// It stands in a folder that a pack may write, which could put something else in its place.
    case unsafeGround(what: String, path: String, folder: String)
    case start(StartFailure)
    /// It was not waited for any longer, and may yet come.
    case loading(milliseconds: Int)
    /// What the pack says of itself, or a tool of it, breaks RSP or RTP.
    case metadata(ShapeFault)
    case tool(name: String, ShapeFault)
    case tooManyTools(count: Int)
    case duplicateTool(ToolName)
    case schema(tool: ToolName, SchemaError)
    /// Capabilities that the pack asks for and rig.yaml does not grant.
    case ungranted([String])
    /// rig.yaml lists a tool that the pack does not have.
    case unknownTool(ToolName)

    /// The same for a caller of one of the pack's tools.
    package var error: RTPError {
        switch self {
        case .loading: .packLoading(why)
        case .start(let failure): failure.error.ofUnmountedPack
        default: RTPError.toolError(why).ofUnmountedPack
        }
    }

    /// What follows "the pack cannot be mounted:".
    package var why: String {
        switch self {
        case .folder(let path, let error): "\(path): \(error.text)"
        case .noManifest(let folder): "\(folder) has neither pyproject.toml nor package.json"
        case .brokenManifest(let file): "\(file) is not a JSON object"
        case .noEntryPoint(let folder):
            "pyproject.toml in \(folder) names no entry point in the group rig.packs"
        case .severalEntryPoints(let folder):
            "pyproject.toml in \(folder) names more than one entry point in rig.packs"
        case .noName(let folder): "the manifest in \(folder) gives no valid package name"
        case .noNamespace(let name): "no namespace follows from the name \(name)"
        case .namespaceTaken(let namespace):
            "the namespace \(namespace), which follows from its name, is another pack's too"
        case .runnerDisabled(let runtime): "runners.\(runtime.rawValue) is disabled in rig.yaml"
        case .interpreter(let name, let error): "\(name): \(error.text)"
        case .sandbox(let error): error.text
        case .unsupported(let key): "\(key) is not supported by this version of RIG"
        case .unseen(let key, let url, _):
            "\(key) cannot be kept: \(url) is a socket, and RIG does not see what is behind it"
        case .egressLevel(let key, let level):
            "\(key) opens a way out, which the sandbox level \(level.name) cannot hold to it"
        case .egressPolicy(let fault): Self.why(fault)
        case .egressPlacement(let slot):
            "rig.yaml does not say where in a request the secret \(slot) goes"
        case .noEgressProgram(let path): "\(path) is not there, which puts secrets into requests"
        case .secret(let fault): "secret \(fault.slot): \(fault.why)"
        case .workspace(let path, let why): "the workspace \(path) \(why)"
        case .dataFolder(let path, let error): "\(path): \(error.text)"
        case .unsafeGround(let what, let path, let folder):
            "\(what), \(path), stands in \(folder), where a pack may write and could replace it"
        case .start(let failure): failure.error.message
        case .loading(let milliseconds): "it is still loading after \(milliseconds) ms"
        case .metadata(let fault): "its metadata: \(fault)"
        case .tool(let name, let fault): "tool \(name): \(fault)"
        case .tooManyTools(let count):
            "it declares \(count) tools, and \(Limits.toolsPerPackMax) are allowed"
        case .duplicateTool(let name): "it declares the tool \(name) twice"
        case .schema(let tool, let error): "tool \(tool): \(error)"
        case .ungranted(let missing):
            "it asks for \(missing.joined(separator: ", ")), which rig.yaml does not grant"
        case .unknownTool(let name): "rig.yaml lists the tool \(name), which it does not have"
        }
    }

    private static func why(_ fault: EgressPolicy.Fault) -> String {
        switch fault {
        case .notAHost(let target): "grants: \(target) names no host"
        case .ownName(let target): "grants: \(target) is the worker's own machine"
        case .portTaken(let host):
            "grants.net has \(host):80, where requests that get a secret are brought"
        case .severalPorts(let host): "secrets of \(host) are delivered to more than one port"
        case .tooManyListeners:
            "it is granted more than \(JailListener.countMax) hosts and ports by name"
        case .valueUnfit(let slot): "the value of secret \(slot) cannot stand in a header"
        }
    }

    /// What to do about it.
    package var hint: String? {
        switch self {
        case .noManifest, .noEntryPoint, .severalEntryPoints, .noName, .brokenManifest:
            "spec/rsp.md says what a pack's folder holds"
        case .noNamespace: "give one: --as NAME"
        case .namespaceTaken: "give it one of its own in rig.yaml: as: NAME"
        case .runnerDisabled(let runtime): "set runners.\(runtime.rawValue).enabled to true"
        case .unsupported(let key): "remove \(key) from rig.yaml"
        case .unseen(_, _, let hint): hint
        case .egressLevel: "set sandbox.level to strict, or remove the grant"
        case .egressPolicy(.valueUnfit): "store it without line ends and other control characters"
        case .egressPolicy: "docs/egress.md says what can be granted"
        case .egressPlacement: "add as: header Authorization: Bearer {}, or as: query NAME"
        case .noEgressProgram: "install rig-egress beside rig"
        case .secret(let fault): fault.hint
        case .workspace: "name a folder of its own for the pack"
        case .unsafeGround: "move it out of that folder, or grant the folder as ro"
        case .interpreter(_, let error), .sandbox(let error): error.hint
        case .start(let failure):
            failure.lastWords.map { "its last words: \($0)" }
                ?? "run with RIG_LOG=info to see what it writes"
        case .metadata, .tool, .tooManyTools, .duplicateTool, .schema:
            "the pack's author has to mend it; spec/rsp.md and spec/rtp say how"
        case .ungranted(let missing): "grant it under grants of the pack: \(missing[0])"
        case .unknownTool: "list what it has: rig list --all"
        case .loading: "run with RIG_LOG=info to see what it writes"
        case .folder, .dataFolder: nil
        }
    }
}
