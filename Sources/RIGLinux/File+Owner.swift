internal import Glibc

extension File {
    /// Gives a directory to another user, without following a link in its place. Needs the
    /// privilege to give files away.
    package static func setOwner(
        ofDirectory path: String, userID: UInt32, groupID: UInt32
    ) throws(Errno) {
        let directory = try open(path, [.directory, .noFollow])
        _ = try call { Glibc.fchown(directory.fd, userID, groupID) }
    }
}
