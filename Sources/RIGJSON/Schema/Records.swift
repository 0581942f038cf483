/// The records of a compiled schema program: fixed-size, trivially copied, pointing only into
/// the program's own storage. The compiler fills them (SchemaEmitter), the walk reads them.

/// One bit for each kind of JSON value, as the first byte of a value tells it.
struct KindSet: OptionSet, Hashable {
    let rawValue: UInt8

    static let object = KindSet(rawValue: 1 << 0)
    static let array = KindSet(rawValue: 1 << 1)
    static let string = KindSet(rawValue: 1 << 2)
    static let number = KindSet(rawValue: 1 << 3)
    static let yes = KindSet(rawValue: 1 << 4)
    static let no = KindSet(rawValue: 1 << 5)
    static let null = KindSet(rawValue: 1 << 6)

    static let boolean: KindSet = [.yes, .no]
    static let all: KindSet = [.object, .array, .string, .number, .yes, .no, .null]

    /// The kind of value that begins with `byte`; what begins none is left to the numbers.
    @inline(__always)
    static func of(_ byte: UInt8) -> KindSet {
        switch byte {
        case Byte.openBrace: .object
        case Byte.openBracket: .array
        case Byte.quote: .string
        case UInt8(ascii: "t"): .yes
        case UInt8(ascii: "f"): .no
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }
}

/// What the member loops do with a value without leaving them.
enum Quick: UInt8 {
    /// Anything well-formed.
    case any
    /// A string, whatever it says.
    case anyString
    /// A string of which only the length counts.
    case text
    /// A string of a list, none of which holds a backslash.
    case listed
    /// A string, then `Node.string`.
    case string
    /// A number, then `Node.number` if there is one.
    case number
    case boolean
    /// An object by the fast loop: at most 64 known keys, no patterns, no counting.
    case object
    /// An array by the fast loop: one schema for all items.
    case array
    /// `Node.kinds` first, then the rule of the kind; no parts.
    case mixed
    /// Nothing but branches told apart by a tag (`Part.Kind.tagged`).
    case tagged
    /// Everything the standard knows.
    case general
}

/// A schema. 64 bytes: one cache line.
struct Node {
    var quick = Quick.any
    var kinds = KindSet.all
    /// Enters a schema resource; only programs with a dynamic reference look at `resource`.
    var entersResource = false
    var hasUnevaluated = false
    var resource: UInt32 = 0
    var string: Ref<StringRule>?
    var number: Ref<NumberRule>?
    var array: Ref<ArrayRule>?
    var object: Ref<ObjectRule>?
    var parts: Ref<Part>?
    var partCount = 0
}

struct StringRule {
    /// Code points, inclusive.
    var lengthMin = 0
    var lengthMax = Int.max
    /// Bytes that are surely `lengthMin` code points: one takes at most 12, as a surrogate pair.
    var enoughBytes = 0
    var set: Ref<KeyTable>?
    var pattern: Ref<Pattern>?
    var format = FormatCode.none
    /// `set` is all there is to look at.
    var onlySet = false
}

/// Bounds on the floor and the ceiling of a number decide whole-number limits exactly; everything
/// else is in `decimals`.
struct NumberRule {
    var floorMin = Int64.min
    var floorMax = Int64.max
    var ceilingMin = Int64.min
    var ceilingMax = Int64.max
    var integral = false
    var bounded = false
    var decimals: Ref<DecimalRule>?
    var decimalCount = 0
    /// `enum` of numbers: one of these, when there are any.
    var values: Ref<DecimalRule>?
    var valueCount = 0
}

struct DecimalRule {
    enum Operation: UInt8 { case minimum, exclusiveMinimum, maximum, exclusiveMaximum, multiple }

    var operation = Operation.minimum
    var number: DecimalText
    /// `multipleOf`: the digits as a number, trailing zeros stripped.
    var divisor: UInt64 = 1
}

struct ArrayRule {
    var countMin = 0
    var countMax = Int.max
    /// Every item past the prefix; nil leaves it unconstrained (and unevaluated).
    var items: Ref<Node>?
    /// False when `items` only stands in for a keyword that is not there.
    var itemsEvaluate = true
    var prefix: Ref<Ref<Node>>?
    var prefixCount = 0
    var contains: Ref<Node>?
    var containsMin = 1
    var containsMax = Int.max
    var unique = false
    var unevaluated: Ref<Node>?
    /// `Walk.array` can run it: one schema for all items and nothing else than counts.
    var fast = true
}

struct ObjectRule {
    var table: KeyTable
    /// What a key outside the table gets; nil refuses it.
    var extra: Ref<Node>?
    /// Bit i: entry i must be seen. Words past the first stand in `requiredWords`.
    var required: UInt64 = 0
    var requiredWords: Ref<UInt64>?
    var wordCount = 1
    var countMin = 0
    var countMax = Int.max
    var patterns: Ref<PatternEntry>?
    var patternCount = 0
    var names: Ref<Node>?
    var dependents: Ref<Dependent>?
    var dependentCount = 0
    var unevaluated: Ref<Node>?
    /// `Walk.object` can run it: at most 64 keys, none with a backslash, and nothing else.
    var fast = true
    /// Whether `additionalProperties` stands there, so that it evaluates what falls to it.
    var extraEvaluates = false
}

struct PatternEntry {
    var pattern: Ref<Pattern>
    var node: Ref<Node>
}

/// When entry `trigger` was seen, entry `key` must be (dependentRequired), or `node` must hold
/// for the whole object (dependentSchemas).
struct Dependent {
    var trigger = 0
    var key = 0
    var node: Ref<Node>?
}

/// An in-place applicator: it looks at the same value again.
struct Part {
    enum Kind: UInt8 {
        /// All of `nodes`: allOf, a $ref with siblings, const and enum with siblings.
        case all
        case any
        case one
        /// oneOf/anyOf whose branches are told apart by one string property.
        case tagged
        case not
        /// nodes[0] ? nodes[1] : nodes[2].
        case conditional
        /// Resolved by the dynamic scope; `anchor` names the row of the program's table.
        case dynamic
    }

    var kind = Kind.all
    var nodes: Ref<Ref<Node>>
    var count = 0
    var tag: Ref<Tag>?
    var anchor = 0
}

/// The key whose string value picks the branch, and the values: entry i leads to `nodes[i]`.
struct Tag {
    var key: Ref<KeyEntry>
    var values: KeyTable
}
