internal import Glibc

/// The end of this process.
package enum ProcessEnd {
    /// Ends it with `status`; C's exit handlers run.
    package static func exit(_ status: CInt) -> Never {
        Glibc.exit(status)
    }
}
