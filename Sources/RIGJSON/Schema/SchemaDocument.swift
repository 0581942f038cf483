/// A schema, read and resolved: what the compiler emits from and the report interprets.
package final class SchemaDocument: Sendable {
}
