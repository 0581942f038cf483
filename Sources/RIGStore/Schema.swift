/// The tables of one kind of database file: who it belongs to and how it came to its shape.
///
/// A file's `user_version` is the number of migrations it has seen. A file that has seen more than
/// this list holds was written by a later RIG and is refused, never guessed at.
package struct Schema: Sendable {
    /// SQLite's `application_id`: four bytes that tell the file from anyone else's.
    package let applicationID: Int32
    /// Migration `n` brings a file from `user_version` n to n + 1. Only ever appended to.
    package let migrations: [String]

    package init(applicationID: Int32, migrations: [String]) {
        self.applicationID = applicationID
        self.migrations = migrations
    }

    /// The `user_version` of a file with all migrations done.
    package var version: Int { migrations.count }
}
