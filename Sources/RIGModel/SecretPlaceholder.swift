/// What a pack holds in the place of a secret that it may use and must not have: the same for every
/// value, and plain to see in a request or a log.
package enum SecretPlaceholder {
    package static let prefix = "rig-secret-placeholder-"

    package static func of(_ slot: String) -> String { prefix + slot }
}
