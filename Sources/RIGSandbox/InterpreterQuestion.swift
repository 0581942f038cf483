internal import RIGJSON
internal import RIGLinux

/// What an interpreter is asked to say about itself, and how its answer is read.
enum InterpreterQuestion {
    /// Modules with libraries of their own are loaded first, so that those libraries show among the
    /// mapped files; one that is missing is no fault.
    private static let python = """
        json, os, platform, sys = map(__import__, ("json", "os", "platform", "sys"))
        for name in ("ssl", "ctypes", "sqlite3", "zlib", "bz2", "lzma", "decimal", "uuid"):
            try:
                __import__(name)
            except ImportError:
                pass
        files = set()
        with open("/proc/self/maps") as maps:
            for line in maps:
                parts = line.split(None, 5)
                if len(parts) == 6 and parts[5].startswith("/"):
                    files.add(parts[5].strip())
        print(json.dumps({
            "executable": os.readlink("/proc/self/exe"),
            "version": platform.python_version(),
            "files": sorted(files),
            "library": [p for p in sys.path if os.path.exists(p)],
        }))
        """

    private static let node = """
        const fs = require("fs");
        const files = new Set();
        for (const line of fs.readFileSync("/proc/self/maps", "utf8").split("\\n")) {
            const at = line.indexOf("/");
            if (at > 0) files.add(line.slice(at));
        }
        const shared = "/usr/share/nodejs";
        process.stdout.write(JSON.stringify({
            executable: process.execPath,
            version: process.versions.node,
            files: [...files],
            library: fs.existsSync(shared) ? [shared] : [],
        }));
        """

    static func arguments(_ runtime: Interpreter.Runtime) -> [String] {
        switch runtime {
        case .python: ["-I", "-S", "-B", "-c", python]
        case .node: ["-e", node]
        }
    }

    /// Public, and the same for everybody. /etc/ssl as a whole is not: it holds private keys.
    private static let system = [
        "/etc/ld.so.cache", "/etc/localtime", "/etc/pki/ca-trust/extracted", "/etc/pki/tls/certs",
        "/etc/pki/tls/openssl.cnf", "/etc/ssl/cert.pem", "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
        "/usr/lib/locale", "/usr/lib/ssl", "/usr/local/share/ca-certificates",
        "/usr/share/ca-certificates", "/usr/share/zoneinfo",
    ]

    static func read(
        _ bytes: [UInt8], _ runtime: Interpreter.Runtime
    ) throws(SandboxError) -> Interpreter {
        let answer: JSONValue
        do {
            answer = try JSONValue.parse(bytes, limits: JSONLimits())
        } catch {
            throw .interpreter(.notUnderstood)
        }
        guard let executable = answer["executable"]?.string, executable.hasPrefix("/"),
            let version = answer["version"]?.string,
            let files = strings(answer["files"]), let library = strings(answer["library"])
        else { throw .interpreter(.notUnderstood) }
        guard isRecent(version, runtime.oldest) else {
            throw .interpreter(.tooOld(version: version))
        }
        let linker = files.first { Path.name($0).hasPrefix("ld-") }
        let libraries = files.filter { Path.name($0).contains(".so") }.map { Path.parent($0) }
        let readable = Set(libraries + library + system).filter { isPresent($0) }
        return Interpreter(
            runtime: runtime, executable: executable, version: version, dynamicLinker: linker,
            loaderName: try loader(of: executable), readable: withoutNested(readable))
    }

    private static func loader(of program: String) throws(SandboxError) -> String? {
        do {
            return try ProgramLoader.path(of: program)
        } catch {
            throw .interpreter(.notUnderstood)
        }
    }

    private static func strings(_ value: JSONValue?) -> [String]? {
        guard let entries = value?.array else { return nil }
        let texts = entries.compactMap(\.string)
        return texts.count == entries.count ? texts : nil
    }

    private static func isRecent(_ version: String, _ oldest: [Int]) -> Bool {
        let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
        return !numbers.lexicographicallyPrecedes(oldest)
    }

    private static func isPresent(_ path: String) -> Bool {
        do {
            return try path.hasPrefix("/") && FileStatus.ifPresent(path) != nil
        } catch {
            // What the sidecar may not look at, its worker does not need.
            return false
        }
    }

    /// A directory covers what lies below it.
    private static func withoutNested(_ paths: Set<String>) -> [String] {
        paths.filter { path in
            var parent = Path.parent(path)
            while parent != "/" && parent != "." {
                if paths.contains(parent) { return false }
                parent = Path.parent(parent)
            }
            return true
        }.sorted()
    }
}
