/// Reads a schema and all it refers to into sites: every keyword checked for its form, every
/// reference resolved, every pattern compiled.
///
/// Sites are numbered as they are first named and read from a queue, so that references may go
/// round in circles.
struct SchemaReader {
    var registry: SchemaRegistry
    let options: SchemaOptions
    private var numbers: [SchemaRegistry.Location: Int] = [:]
    private var queue: [SchemaRegistry.Location] = []
    var sites: [SchemaSite] = []
    private var patterns: [PatternProgram] = []
    private var patternWork = 0
    private var properties: [String: ScalarSet] = [:]
    private var patternNumbers: [[UInt8]: Int] = [:]

    static func read(
        _ schema: JSONValue, options: SchemaOptions
    ) throws(SchemaError) -> SchemaDocument {
        var reader = SchemaReader(
            registry: SchemaRegistry(given: options.documents), options: options)
        let place = try reader.registry.add(schema, uri: SchemaRegistry.unnamed)
        let root = try reader.site(place)
        var wanted: Set<String> = []
        try reader.readQueue()
        // Anchors that some reference resolves dynamically, wherever they are declared.
        while true {
            let names = Set(reader.sites.compactMap { $0.dynamicReference?.anchor })
            if names.isSubset(of: wanted) { break }
            wanted.formUnion(names)
            for name in names {
                for anchor in reader.registry.dynamicAnchors[name] ?? [] {
                    _ = try reader.site(anchor.location)
                }
            }
            try reader.readQueue()
        }
        var anchors: [String: [(resource: Int, site: Int)]] = [:]
        for name in wanted {
            for anchor in reader.registry.dynamicAnchors[name] ?? [] {
                let site = try reader.site(anchor.location)
                let resource = reader.registry.number(of: anchor.base)
                anchors[name, default: []].append((resource, site))
            }
        }
        try reader.readQueue()
        return SchemaDocument(
            sites: reader.sites, root: root, patterns: reader.patterns, dynamicAnchors: anchors)
    }

    private init(registry: SchemaRegistry, options: SchemaOptions) {
        self.registry = registry
        self.options = options
    }

    /// The number of the site at a place; it is read later if it is new.
    mutating func site(_ place: SchemaRegistry.Location) throws(SchemaError) -> Int {
        if let number = numbers[place] { return number }
        let document = registry.documents[place.document]
        let uri = place.document == 0 ? "" : document.uri
        let pointer = uri + SchemaRegistry.pointer(place)
        guard sites.count < options.subschemasMax else {
            throw SchemaError(.tooLarge, "", at: pointer)
        }
        numbers[place] = sites.count
        sites.append(SchemaSite(pointer: pointer))
        queue.append(place)
        return sites.count - 1
    }

    private mutating func readQueue() throws(SchemaError) {
        while let place = queue.popLast() {
            guard let number = numbers[place], let value = registry.value(at: place) else {
                continue
            }
            var site = sites[number]
            site.resource = registry.number(of: registry.base(of: place))
            site.isResourceRoot = registry.isResourceRoot(place)
            switch value {
            case .bool(let flag): site.boolean = flag
            case .object(let object): try readObject(object, place, &site)
            default: throw SchemaError(.malformedKeyword, "schema", at: site.pointer)
            }
            // References may have marked it meanwhile.
            site.isReferenced = sites[number].isReferenced
            sites[number] = site
        }
    }

    private mutating func readObject(
        _ object: JSONObject, _ place: SchemaRegistry.Location, _ site: inout SchemaSite
    ) throws(SchemaError) {
        let dialect = registry.documents[place.document].dialect
        let reader = KeywordReader(object: object, pointer: site.pointer)
        if dialect.isDraft7, object["$ref"] != nil {
            // Draft 7 ignores everything beside a $ref.
            try readReferences("$ref", reader, place, &site)
            return
        }
        for member in object.members {
            let name = member.name
            if SchemaKeywords.annotations.contains(name) { continue }
            if name == "dependencies" {
                try readDependencies(reader, place, &site)
                continue
            }
            if try readOlder(name, dialect.draft, reader, place, &site) { continue }
            if SchemaKeywords.validation.contains(name) {
                guard dialect.validates else { continue }
                if name == "pattern" {
                    let source = try reader.string(name)
                    site.pattern = try compile(source, name, site.pointer)
                } else {
                    try readAssertion(name, reader, &site)
                }
                continue
            }
            switch name {
            case "$ref", "$dynamicRef": try readReferences(name, reader, place, &site)
            case "format":
                let format = FormatCode.named(try reader.string(name))
                let asserts = options.formats == .assert || dialect.assertsFormat
                site.format = asserts ? format : nil
            default:
                if try readApplicator(name, reader, place, &site) { continue }
                try refuseUnknown(name, site.pointer)
            }
        }
        if object["if"] == nil {
            site.then = nil
            site.otherwise = nil
        }
    }

    private func refuseUnknown(_ name: String, _ pointer: String) throws(SchemaError) {
        guard options.unknownKeywords == .refuse, !name.hasPrefix("x-") else { return }
        switch name {
        case "additionalItems", "$recursiveRef", "$recursiveAnchor",
            "divisibleBy", "disallow", "extends", "id":
            throw SchemaError(.unsupportedKeyword, name, at: pointer)
        default: throw SchemaError(.unknownKeyword, name, at: pointer)
        }
    }

    private mutating func readReferences(
        _ name: String, _ reader: KeywordReader, _ place: SchemaRegistry.Location,
        _ site: inout SchemaSite
    ) throws(SchemaError) {
        let text = try reader.string(name)
        let found = try registry.resolve(text, from: place, keyword: name, at: site.pointer)
        let target = try self.site(found.location)
        sites[target].isReferenced = true
        if name == "$ref" {
            site.reference = target
        } else {
            site.dynamicReference = SchemaSite.DynamicReference(
                target: target, anchor: found.dynamicAnchor)
        }
    }

    private func readAssertion(
        _ name: String, _ reader: KeywordReader, _ site: inout SchemaSite
    ) throws(SchemaError) {
        switch name {
        case "type": site.types = try reader.types()
        case "const": site.constant = reader.object[name]
        case "enum": site.enumeration = try reader.array(name)
        case "multipleOf": site.multipleOf = try reader.positive(name)
        case "maximum": site.maximum = try reader.number(name)
        case "exclusiveMaximum": site.exclusiveMaximum = try reader.number(name)
        case "minimum": site.minimum = try reader.number(name)
        case "exclusiveMinimum": site.exclusiveMinimum = try reader.number(name)
        case "maxLength": site.lengthMax = try reader.count(name)
        case "minLength": site.lengthMin = try reader.count(name)
        case "maxItems": site.itemsMax = try reader.count(name)
        case "minItems": site.itemsMin = try reader.count(name)
        case "uniqueItems": site.uniqueItems = try reader.bool(name)
        case "maxContains": site.containsMax = try reader.count(name)
        case "minContains": site.containsMin = try reader.count(name)
        case "maxProperties": site.propertiesMax = try reader.count(name)
        case "minProperties": site.propertiesMin = try reader.count(name)
        case "required": site.required = try reader.strings(name)
        case "dependentRequired": site.dependentRequired += try reader.stringLists(name)
        default: break
        }
    }

    /// Applicators. False when the keyword is none.
    private mutating func readApplicator(
        _ name: String, _ reader: KeywordReader, _ place: SchemaRegistry.Location,
        _ site: inout SchemaSite
    ) throws(SchemaError) -> Bool {
        let keyword = place.child(name)
        switch name {
        case "prefixItems": site.prefixItems = try list(name, reader, keyword)
        case "items": site.items = try self.site(keyword)
        case "contains": site.contains = try self.site(keyword)
        case "unevaluatedItems": site.unevaluatedItems = try self.site(keyword)
        case "properties": site.properties = try map(name, reader, keyword)
        case "patternProperties":
            for entry in try map(name, reader, keyword) {
                site.patternProperties.append(
                    SchemaSite.PatternSite(
                        source: entry.name,
                        pattern: try compile(entry.name, name, site.pointer), site: entry.site))
            }
        case "additionalProperties": site.additionalProperties = try self.site(keyword)
        case "propertyNames": site.propertyNames = try self.site(keyword)
        case "dependentSchemas": site.dependentSchemas += try map(name, reader, keyword)
        case "unevaluatedProperties": site.unevaluatedProperties = try self.site(keyword)
        case "allOf": site.allOf = try list(name, reader, keyword)
        case "anyOf": site.anyOf = try list(name, reader, keyword)
        case "oneOf": site.oneOf = try list(name, reader, keyword)
        case "not": site.not = try self.site(keyword)
        case "if": site.condition = try self.site(keyword)
        case "then": site.then = try self.site(keyword)
        case "else": site.otherwise = try self.site(keyword)
        default: return false
        }
        return true
    }

    /// Keywords that older drafts spell otherwise: converted where the meaning is the same, refused
    /// where it is not. True when the keyword is dealt with.
    private mutating func readOlder(
        _ name: String, _ draft: SchemaDialect.Draft, _ reader: KeywordReader,
        _ place: SchemaRegistry.Location, _ site: inout SchemaSite
    ) throws(SchemaError) -> Bool {
        if draft == .draft2020 { return false }
        let keyword = place.child(name)
        switch name {
        case "items":
            guard case .array? = reader.object[name] else { return false }
            site.prefixItems = try list(name, reader, keyword)
            return true
        case "additionalItems":
            if case .array? = reader.object["items"] { site.items = try self.site(keyword) }
            return true
        case "prefixItems", "$dynamicRef":
            try refuseUnknown(name, site.pointer)
            return true
        case "unevaluatedItems" where draft == .draft2019 && reader.object["contains"] != nil,
            "$recursiveRef" where draft == .draft2019, "$recursiveAnchor" where draft == .draft2019:
            throw SchemaError(.unsupportedKeyword, name, at: site.pointer)
        case "unevaluatedItems", "unevaluatedProperties", "dependentRequired",
            "dependentSchemas", "minContains", "maxContains":
            guard draft == .draft7 else { return false }
            try refuseUnknown(name, site.pointer)
            return true
        default: return false
        }
    }

    /// Older than `dependentRequired` and `dependentSchemas`, and means the same; the meta-schema of
    /// 2020-12 still knows it.
    private mutating func readDependencies(
        _ reader: KeywordReader, _ place: SchemaRegistry.Location, _ site: inout SchemaSite
    ) throws(SchemaError) {
        let name = "dependencies"
        for entry in try reader.members(name) {
            if case .array = entry.value {
                let keys = try reader.strings(entry.value, name)
                site.dependentRequired.append(SchemaSite.NamedKeys(name: entry.name, keys: keys))
            } else {
                let target = try self.site(place.child(name, entry.name))
                site.dependentSchemas.append(SchemaSite.NamedSite(name: entry.name, site: target))
            }
        }
    }

    private mutating func list(
        _ name: String, _ reader: KeywordReader, _ keyword: SchemaRegistry.Location
    ) throws(SchemaError) -> [Int] {
        var found: [Int] = []
        for index in try reader.array(name).indices {
            found.append(try site(keyword.child(String(index))))
        }
        guard !found.isEmpty else { throw reader.malformed(name) }
        return found
    }

    private mutating func map(
        _ name: String, _ reader: KeywordReader, _ keyword: SchemaRegistry.Location
    ) throws(SchemaError) -> [SchemaSite.NamedSite] {
        var found: [SchemaSite.NamedSite] = []
        for entry in try reader.members(name) {
            found.append(
                SchemaSite.NamedSite(name: entry.name, site: try site(keyword.child(entry.name))))
        }
        return found
    }

    mutating func compile(
        _ source: String, _ keyword: String, _ pointer: String
    ) throws(SchemaError) -> Int {
        if let number = patternNumbers[Array(source.utf8)] { return number }
        do throws(PatternError) {
            let pattern = try PatternProgram.compile(source, properties: &properties)
            patternWork += pattern.work
            guard patternWork <= options.patternWorkMax else { throw PatternError.tooLarge }
            patterns.append(pattern)
        } catch {
            throw SchemaError(error.schemaCode, keyword, at: pointer, error.detail)
        }
        patternNumbers[Array(source.utf8)] = patterns.count - 1
        return patterns.count - 1
    }
}
