/// A compiled schema: flat arrays of fixed-size records, allocated once, never changed.
///
///     let program = try SchemaProgram.compile(schema)
///     var checker = Checker()
///     let behind = checker.check(program, scanner, buffer, at: 0)     // nil: no
///
/// Shared by all walks; a program holds its memory until its last user lets go.
package struct SchemaProgram: Sendable {
    let storage: ProgramStorage
    /// What the report walks; nil for programs without a schema document.
    let document: SchemaDocument?

    /// Grammar only: any value that is well-formed and repeats no key.
    package static let any = SchemaProgram(storage: ProgramBuilder().finish(root: 0), document: nil)

    /// Compiles a schema (JSON Schema 2020-12; draft 7 when `$schema` says so).
    package static func compile(
        _ schema: JSONValue, options: SchemaOptions = SchemaOptions()
    ) throws(SchemaError) -> SchemaProgram {
        let document = try SchemaReader.read(schema, options: options)
        return SchemaProgram(storage: try SchemaEmitter.emit(document), document: document)
    }

    /// A schema that asks nothing: its walk is the grammar alone.
    package var isAny: Bool { storage.root.it.quick == .any }
}

/// The part of a program that a walk with dynamic references looks at.
struct SchemaProgramView {
    /// For each dynamic anchor, the resources that declare it.
    var anchors: Ref<DynamicRow>
}

struct DynamicRow {
    var targets: Ref<DynamicTarget>
    var count = 0
}

struct DynamicTarget {
    var resource: UInt32
    var node: Ref<Node>
}

/// Owns the records.
///
/// SAFETY: written by `ProgramBuilder` before anyone else sees it, only read from then on, and
/// released when no program refers to it; hence Sendable.
@safe
final class ProgramStorage: @unchecked Sendable {
    let root: Ref<Node>
    let view: SchemaProgramView?
    private let blocks: [UnsafeMutableRawPointer]

    init(root: Ref<Node>, view: SchemaProgramView?, blocks: [UnsafeMutableRawPointer]) {
        self.root = root
        self.view = view
        unsafe self.blocks = unsafe blocks
    }

    deinit {
        unsafe blocks.forEach { unsafe $0.deallocate() }
    }
}
