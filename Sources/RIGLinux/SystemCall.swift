internal import Glibc

/// Makes a system call until no signal interrupts it. `errno` is read before anything else can
/// change it.
@inline(__always)
func call<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw Errno(code: code) }
    }
}

/// As `call`, but "would block" is nil: no error on a non-blocking descriptor.
@inline(__always)
func callUnlessBlocking<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result? {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code == EAGAIN || code == EWOULDBLOCK { return nil }
        if code != EINTR { throw Errno(code: code) }
    }
}

/// For functions that return an errno instead of setting it.
@inline(__always)
func check(_ code: CInt) throws(Errno) {
    if code != 0 { throw Errno(code: code) }
}

/// A text with a zero byte would reach the kernel cut short and name something else.
@inline(__always)
func requireWhole(_ text: String) throws(Errno) {
    if text.utf8.contains(0) { throw Errno.invalid }
}

/// Makes a system call once; an interruption is thrown like any error.
@inline(__always)
func callOnce<Result: SignedInteger>(_ body: () -> Result) throws(Errno) -> Result {
    let result = body()
    if result == -1 { throw Errno(code: errno) }
    return result
}
