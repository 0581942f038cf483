internal import RIGJSON
internal import RIGLinux

/// An interpreter as it really is: behind pyenv's shims, links and scripts there is one program,
/// and around it the files that it reads. `find` runs it once to ask; keep the answer.
package struct Interpreter: Equatable, Sendable {
    package enum Runtime: String, Sendable, CaseIterable {
        case python, node

        /// What RIG asks the search path for when rig.yaml names nothing.
        package var defaultName: String {
            switch self {
            case .python: "python3"
            case .node: "node"
            }
        }

        var oldest: [Int] {
            switch self {
            case .python: [3, 9]
            case .node: [18]
            }
        }
    }

    package let runtime: Runtime
    /// Absolute, links resolved: the program that the kernel starts.
    package let executable: String
    /// Such as "3.11.7".
    package let version: String
    /// The program that the kernel starts to load `executable`; nil for a static one.
    package let dynamicLinker: String?
    /// The name under which it asks for its loader, which often is a link to `dynamicLinker`.
    package let loaderName: String?
    /// What it reads to run: shared libraries' directories, its own library, and data of the system
    /// that every program may read (time zones, locales, certificates, OpenSSL's settings).
    package let readable: [String]

    /// Finds `name` (a file, or looked for in `environment`'s PATH) and asks it. Blocks for as long
    /// as the interpreter needs, which behind a shim is some 100 ms: off the loop.
    package static func find(
        _ runtime: Runtime, name: String? = nil, environment: [String: String],
        timeoutMilliseconds: Int = 10_000
    ) throws(SandboxError) -> Interpreter {
        let name = name ?? runtime.defaultName
        guard let path = PathLookup.find(name, in: searchPath(environment)) else {
            throw .interpreter(.notFound)
        }
        let result: CommandResult
        do {
            result = try ChildProcess.run(
                SpawnPlan(
                    path: path, arguments: [path] + InterpreterQuestion.arguments(runtime),
                    environment: environment),
                timeoutMilliseconds: timeoutMilliseconds, outputBytesMax: 1 << 20)
        } catch {
            throw .interpreter(.doesNotRun)
        }
        if result.isTimedOut { throw .interpreter(.timedOut) }
        guard result.status.isSuccess else { throw .interpreter(.doesNotRun) }
        return try InterpreterQuestion.read(result.output, runtime)
    }

    /// Where names are looked for. Hosts start programs with few variables or none, so without a
    /// path the system's own folders count.
    private static func searchPath(_ environment: [String: String]) -> String {
        let path = environment["PATH"] ?? ""
        return path.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : path
    }

    /// Options that belong before the runner's file.
    /// - Parameter allowsJIT: Without, node interprets (1.4 to 2.5 times slower, no WebAssembly)
    ///   and runs under python's profile, in which memory is never both written and executed.
    /// - Parameter memoryBytes: The worker's limit; node then ends with a clear message before it.
    package func options(
        memoryBytes: UInt64? = nil, allowsNativeCode: Bool = false, allowsJIT: Bool = true
    ) -> [String] {
        switch runtime {
        case .python:
            // Isolated, without site, without writing bytecode: 1 to 16 ms less at each start.
            return ["-I", "-S", "-B"]
        case .node:
            var options = ["--disable-proto=delete"]
            if !allowsNativeCode { options.append("--no-addons") }
            if !allowsJIT { options.append("--jitless") }
            if let memoryBytes {
                // Half of it for the heap: code, buffers and stacks count against the limit too.
                options.append("--max-old-space-size=\(max(16, memoryBytes >> 21))")
            }
            return options
        }
    }
}
