/// Paths as text; nothing here asks the kernel.
package enum Path {
    /// `one/other`; `other` alone when it is absolute.
    package static func join(_ one: String, _ other: String) -> String {
        if other.hasPrefix("/") || one.isEmpty { return other }
        if other.isEmpty { return one }
        return one.hasSuffix("/") ? one + other : one + "/" + other
    }

    /// What holds the last component: "." for a bare name, "/" at the root.
    package static func parent(_ path: String) -> String {
        let trimmed = withoutTrailingSlashes(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        let head = withoutTrailingSlashes(String(trimmed[..<slash]))
        return head.isEmpty ? "/" : head
    }

    /// The last component; empty for the root.
    package static func name(_ path: String) -> String {
        let trimmed = withoutTrailingSlashes(path)
        guard let slash = trimmed.lastIndex(of: "/") else { return trimmed }
        return String(trimmed[trimmed.index(after: slash)...])
    }

    private static func withoutTrailingSlashes(_ path: String) -> String {
        var rest = path[...]
        while rest.count > 1, rest.last == "/" { rest.removeLast() }
        return rest == "/" ? "" : String(rest)
    }
}
