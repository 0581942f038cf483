internal import Glibc

/// The variables this process was started with.
package enum Environment {
    /// Not to be called while another thread changes the environment; nothing in RIG does.
    package static func get(_ name: String) -> String? {
        // SAFETY: the pointer is valid until the environment changes, which nothing here does.
        guard !name.utf8.contains(0), let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    /// All of them; the first of two with the same name counts.
    package static func all() -> [String: String] {
        var variables: [String: String] = [:]
        // SAFETY: `environ` is a null-terminated array of zero-terminated strings.
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "="), equals != text.startIndex {
                let name = String(text[..<equals])
                if variables[name] == nil {
                    variables[name] = String(text[text.index(after: equals)...])
                }
            }
            unsafe next += 1
        }
        return variables
    }
}
