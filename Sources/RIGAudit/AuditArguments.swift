package import RIGBytes
package import RIGJSON

/// What a row keeps of a call's arguments.
///
/// *digest*: HMAC-SHA256 of their bytes as they came, under the audit's key. It tells whether two
/// calls were the same and lets the key's owner prove what a call was; without the key nobody finds
/// out by trying (a bare hash of `{"amount":1200}` is found in a moment).
///
/// *redacted*: the digest, and the structure in canonical form, so that a person sees what kind of
/// call it was. What can hold a secret is replaced by what it is, whatever it holds:
///
///     {"amount":1200,"card":"4111…","to":{"name":"Ann"},"urgent":true}
///     {"amount":1200,"card":"<hidden>","to":{"name":"<3 characters>"},"urgent":true}
///
/// Numbers of up to 12 characters, `true`, `false` and `null` stay, names of members too, unless
/// they are long. Under names that sound like secrets, and those that the tool's schema declares
/// `writeOnly` or `format: password`, nothing stays.
package struct AuditArguments: Sendable {
    private let mode: AuditOptions.Arguments
    private let key: HMAC

    init(_ mode: AuditOptions.Arguments, _ key: AuditKey) {
        self.mode = mode
        self.key = key.arguments
    }

    /// Whether `redacted` is wanted, for which the arguments have to be read into a tree.
    package var areRedacted: Bool { mode == .redacted }

    /// nil when nothing is to be kept.
    package func digest(_ buffer: ByteBuffer, _ range: ByteRange) -> Digest? {
        mode == .none ? nil : key.digest(buffer, range)
    }

    /// - Parameter hidden: Names of members of which nothing is kept (`secretNames`).
    package static func redacted(_ arguments: JSONValue, hiding hidden: Set<String>) -> String {
        CanonicalJSON.text(redact(arguments, hidden))
    }

    /// Names of properties that a schema declares secret, wherever in it they stand.
    package static func secretNames(in schema: JSONValue) -> Set<String> {
        var names: Set<String> = []
        collect(schema, into: &names)
        return names
    }

    private static let numberCharactersMax = 12
    private static let nameBytesMax = 64

    /// Parts of names under which secrets are commonly found, and short names that are such.
    private static let secretParts = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key",
        "authorization", "credential", "private", "cookie", "session", "card",
    ]
    private static let secretWords: Set<String> = [
        "pin", "cvc", "cvv", "iban", "ssn", "otp", "key",
    ]

    private static func redact(_ value: JSONValue, _ hidden: Set<String>) -> JSONValue {
        switch value {
        case .null, .bool:
            return value
        case .number(let number):
            let count = number.literal.utf8.count
            return count <= numberCharactersMax ? value : .string("<\(count) digits>")
        case .string(let text):
            return .string("<\(text.unicodeScalars.count) characters>")
        case .array(let values):
            return .array(values.map { redact($0, hidden) })
        case .object(let object):
            var kept = JSONObject()
            for member in object.members {
                let isSecret = hidden.contains(member.name) || soundsSecret(member.name)
                let bytes = member.name.utf8.count
                // Two names of one length leave one member, which tells as much.
                _ = kept.append(
                    bytes <= nameBytesMax ? member.name : "<name of \(bytes) bytes>",
                    isSecret ? .string("<hidden>") : redact(member.value, hidden))
            }
            return .object(kept)
        }
    }

    private static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return secretWords.contains(name) || secretParts.contains { name.contains($0) }
    }

    private static func collect(_ schema: JSONValue, into names: inout Set<String>) {
        switch schema {
        case .array(let values):
            for value in values { collect(value, into: &names) }
        case .object(let object):
            for member in object["properties"]?.object?.members ?? [] {
                if member.value["writeOnly"]?.bool == true
                    || member.value["format"]?.string == "password"
                {
                    names.insert(member.name)
                }
            }
            for member in object.members { collect(member.value, into: &names) }
        case .null, .bool, .number, .string:
            break
        }
    }
}
