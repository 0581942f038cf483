/// Schemas that may be referred to without being given.
enum MetaSchemas {
    static func document(_ uri: String) -> JSONValue? {
        nil
    }
}
