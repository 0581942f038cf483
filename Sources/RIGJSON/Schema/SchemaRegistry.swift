/// Where schema resources stand: documents by URI, `$id`s, anchors. Documents that were handed in
/// are indexed when something first names them.
struct SchemaRegistry {
    /// A place in a document.
    struct Location: Hashable {
        var document: Int
        var tokens: [String]

        /// By bytes, as JSON compares keys.
        static func == (left: Location, right: Location) -> Bool {
            left.document == right.document
                && left.tokens.elementsEqual(right.tokens, by: CodePoints.equal)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(document)
            for token in tokens { CodePoints.hash(token, into: &hasher) }
        }

        func child(_ tokens: String...) -> Location {
            Location(document: document, tokens: self.tokens + tokens)
        }
    }

    struct Anchor {
        var location: Location
        var dynamic: Bool
    }

    struct Document {
        var value: JSONValue
        var dialect: SchemaDialect
        var uri: String
    }

    /// What a document without `$id` is called; never shown.
    static let unnamed = "rig-schema:/"
    private static let depthMax = 256

    private(set) var documents: [Document] = []
    private var given: [String: JSONValue]
    private var resources: [String: Location] = [:]
    private var anchors: [String: Anchor] = [:]
    private var bases: [Location: String] = [:]
    private(set) var dynamicAnchors: [String: [(base: String, location: Location)]] = [:]
    private var resourceNumbers: [String: Int] = [:]

    init(given: [String: JSONValue]) {
        self.given = given
    }

    /// Adds a document under `uri` and indexes what it declares.
    mutating func add(
        _ value: JSONValue, uri: String, dialect inherited: SchemaDialect = SchemaDialect()
    ) throws(SchemaError) -> Location {
        let dialect = try SchemaDialect.of(value, given: given, else: inherited)
        let root = Location(document: documents.count, tokens: [])
        documents.append(Document(value: value, dialect: dialect, uri: uri))
        resources[uri] = root
        try index(value, root, base: uri, depth: 0)
        return root
    }

    /// The number of a resource.
    mutating func number(of base: String) -> Int {
        if let number = resourceNumbers[base] { return number }
        resourceNumbers[base] = resourceNumbers.count
        return resourceNumbers.count - 1
    }

    /// The URI that `$ref`s at `location` are relative to: that of the nearest schema around it.
    func base(of location: Location) -> String {
        var place = location
        while true {
            if let base = bases[place] { return base }
            if place.tokens.isEmpty { return documents[place.document].uri }
            place.tokens.removeLast()
        }
    }

    func isResourceRoot(_ location: Location) -> Bool {
        location.tokens.isEmpty || resources[base(of: location)] == location
    }

    func value(at location: Location) -> JSONValue? {
        Self.follow(location.tokens, from: documents[location.document].value)
    }

    private static func follow(_ tokens: [String], from value: JSONValue) -> JSONValue? {
        var value = value
        for token in tokens {
            switch value {
            case .object(let object):
                guard let next = object[token] else { return nil }
                value = next
            case .array(let items):
                guard let index = Int(token), items.indices.contains(index) else { return nil }
                value = items[index]
            default: return nil
            }
        }
        return value
    }

    /// What a reference at `location` points at, and the dynamic anchor it names, if it does.
    mutating func resolve(
        _ reference: String, from location: Location, keyword: String, at pointer: String
    ) throws(SchemaError) -> (location: Location, dynamicAnchor: String?) {
        let target = URIReference(reference).resolved(from: URIReference(base(of: location)))
        let uri = target.resource
        if resources[uri] == nil {
            guard let value = given[uri] ?? MetaSchemas.document(uri) else {
                throw SchemaError(.remoteReference, keyword, at: pointer, reference)
            }
            _ = try add(value, uri: uri, dialect: documents[location.document].dialect)
        }
        guard let root = resources[uri], let raw = target.fragment else {
            return (resources[uri] ?? location, nil)
        }
        let missing = SchemaError(.unresolvedReference, keyword, at: pointer, reference)
        guard let fragment = URIReference.decoded(raw) else { throw missing }
        if let tokens = PointerTokens.split(fragment) {
            var place = root
            place.tokens += tokens
            guard value(at: place) != nil else { throw missing }
            return (place, nil)
        }
        guard let anchor = anchors[uri + "#" + fragment] else { throw missing }
        return (anchor.location, anchor.dynamic ? fragment : nil)
    }

    /// Walks the places where the standard puts schemas, so that an `$id` in an enum is none.
    private mutating func index(
        _ value: JSONValue, _ place: Location, base outer: String, depth: Int
    ) throws(SchemaError) {
        guard case .object(let object) = value else { return }
        guard depth < Self.depthMax else {
            throw SchemaError(.tooLarge, "", at: Self.pointer(place))
        }
        let dialect = documents[place.document].dialect
        var base = outer
        let ignoresSiblings = dialect.isDraft7 && object["$ref"] != nil
        if !ignoresSiblings, let id = object["$id"]?.string {
            let resolved = URIReference(id).resolved(from: URIReference(outer))
            // In draft 7 a fragment is an anchor, alone or behind the URI of what it stands in.
            let name = dialect.isDraft7 ? resolved.fragment ?? "" : ""
            if !name.isEmpty {
                anchors[resolved.resource + "#" + name] = Anchor(location: place, dynamic: false)
            }
            if !id.hasPrefix("#") || name.isEmpty {
                base = resolved.resource
                if name.isEmpty || resources[base] == nil { resources[base] = place }
            }
        }
        bases[place] = base
        if dialect.draft != .draft7, let name = object["$anchor"]?.string {
            anchors[base + "#" + name] = Anchor(location: place, dynamic: false)
        }
        if dialect.draft == .draft2020, let name = object["$dynamicAnchor"]?.string {
            anchors[base + "#" + name] = Anchor(location: place, dynamic: true)
            dynamicAnchors[name, default: []].append((base, place))
        }
        for member in object.members {
            let keyword = place.child(member.name)
            switch SchemaKeywords.shape(member.name) {
            case .schema:
                try index(member.value, keyword, base: base, depth: depth + 1)
                fallthrough
            case .schemas:
                for (position, item) in (member.value.array ?? []).enumerated() {
                    try index(item, keyword.child(String(position)), base: base, depth: depth + 1)
                }
            case .schemaMap:
                for entry in member.value.object?.members ?? [] {
                    try index(
                        entry.value, keyword.child(entry.name), base: base, depth: depth + 1)
                }
            case .other: break
            }
        }
    }

    static func pointer(_ location: Location) -> String {
        "#" + location.tokens.map { "/" + PointerTokens.escaped($0) }.joined()
    }
}
