internal import CLinux
internal import Glibc

/// What this process is and where it runs.
package enum Facts {
    /// The path of the running program, links resolved.
    package static func executablePath() throws(Errno) -> String {
        try File.readLink("/proc/self/exe")
    }

    package static func workingDirectory() throws(Errno) -> String {
        // SAFETY: with a null buffer the result is a block that this function frees.
        guard let path = unsafe getcwd(nil, 0) else { throw Errno(code: errno) }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// Processors this process may use now; at least 1.
    package static func processorCount() -> Int {
        max(1, sysconf(CInt(_SC_NPROCESSORS_ONLN)))
    }

    /// The unit of the kernel's counts of memory.
    package static func pageBytes() -> Int {
        max(1, sysconf(CInt(_SC_PAGESIZE)))
    }

    package static func userID() -> UInt32 { getuid() }
    package static func effectiveUserID() -> UInt32 { geteuid() }
    package static func groupID() -> UInt32 { getgid() }
    package static func processID() -> Int32 { getpid() }
    package static func parentProcessID() -> Int32 { getppid() }

    /// Whether `fd` is a terminal: 0, 1 and 2 are the standard streams.
    package static func isTerminal(_ fd: CInt) -> Bool { isatty(fd) == 1 }

    /// The kernel's name, release and machine, such as ("Linux", "6.1.0-18-amd64", "x86_64").
    package static func system() throws(Errno) -> (name: String, release: String, machine: String) {
        var raw = utsname()
        _ = try call { unsafe uname(&raw) }
        return (field(&raw.sysname), field(&raw.release), field(&raw.machine))
    }

    /// This machine's name; "-" where it has none (as RFC 5424 writes it).
    package static func hostName() -> String {
        var raw = utsname()
        guard unsafe uname(&raw) == 0 else { return "-" }
        let name = field(&raw.nodename)
        return name.isEmpty ? "-" : name
    }

    private static func field<Field>(_ field: inout Field) -> String {
        // SAFETY: the kernel zero-terminates each field of `utsname`.
        unsafe withUnsafeBytes(of: &field) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The kernel sends `signal` to this process when its parent thread ends.
    package static func dieWithParent(_ signal: Signal) throws(Errno) {
        _ = try call { rig_set_parent_death_signal(signal.number) }
    }

    /// Orphaned descendants become children of this process instead of process 1's.
    package static func becomeSubreaper() throws(Errno) {
        _ = try call { rig_set_subreaper(1) }
    }

    /// Keeps other processes of the same user from reading this one's memory, and the kernel from
    /// writing it to a core file.
    package static func forbidDumps() throws(Errno) {
        _ = try call { rig_set_dumpable(0) }
    }
}
