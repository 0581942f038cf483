/// Turns sites into the records that the walk reads.
///
/// A site becomes one node; a site that is nothing but a `$ref` becomes the node it refers to. What
/// a node cannot say by itself (const beside other keywords, allOf, …) becomes parts.
struct SchemaEmitter {
    let document: SchemaDocument
    let builder = ProgramBuilder()
    private var nodes: [Int] = []
    /// For each site the one it stands for, references followed.
    private var targets: [Int] = []
    private static let tagKeysMax = 16
    /// Some reference depends on the dynamic scope, so nodes must tell which resource they enter.
    private let tracksScope: Bool
    private var patterns: [Int: Ref<Pattern>] = [:]
    var anchorNumbers: [String: Int] = [:]

    static func emit(_ document: SchemaDocument) throws(SchemaError) -> ProgramStorage {
        var emitter = SchemaEmitter(document)
        try emitter.reserveNodes()
        for index in document.sites.indices where emitter.ownsNode(index) {
            emitter.emit(index)
        }
        return emitter.builder.finish(
            root: emitter.nodes[document.root], view: emitter.dynamicView())
    }

    private init(_ document: SchemaDocument) {
        self.document = document
        let dynamic = document.dynamicAnchors.filter { $0.value.count > 1 }
        tracksScope = !dynamic.isEmpty
        for (number, name) in dynamic.keys.sorted().enumerated() { anchorNumbers[name] = number }
    }

    func node(_ site: Int) -> Ref<Node> { builder.node(nodes[site]) }

    /// What a site refers to when it says nothing else.
    private func alias(_ index: Int) -> Int? {
        let site = document.sites[index]
        // Passing through a place enters its resource, even if it only points elsewhere.
        if tracksScope && (site.isResourceRoot || site.isReferenced) { return nil }
        guard let target = site.reference ?? staticTarget(site), site.isOnlyReference else {
            return nil
        }
        return target
    }

    private func staticTarget(_ site: SchemaSite) -> Int? {
        guard let reference = site.dynamicReference else { return nil }
        guard let anchor = reference.anchor, anchorNumbers[anchor] != nil else {
            return reference.target
        }
        return nil
    }

    private func ownsNode(_ index: Int) -> Bool {
        document.sites[index].boolean == nil && alias(index) == nil
    }

    private mutating func reserveNodes() throws(SchemaError) {
        nodes = document.sites.indices.map { index in
            switch document.sites[index].boolean {
            case true?: ProgramBuilder.anyNode
            case false?: ProgramBuilder.neverNode
            case nil: ownsNode(index) ? builder.addNode() : -1
            }
        }
        targets = Array(nodes.indices)
        for index in nodes.indices where nodes[index] < 0 {
            // A chain is walked once: all of it is settled by where it ends.
            var chain: [Int] = []
            var end = index
            while nodes[end] < 0, let next = alias(end) {
                chain.append(end)
                end = next
                if chain.count > document.sites.count {
                    throw SchemaError(
                        .referenceLoop, "$ref", at: document.sites[index].pointer)
                }
            }
            for link in chain {
                nodes[link] = nodes[end]
                targets[link] = targets[end]
            }
        }
    }

    private mutating func emit(_ index: Int) {
        let site = document.sites[index]
        var node = Node()
        var parts: [Part] = []
        node.kinds = site.types?.kinds ?? .all
        var strings = emitString(site)
        var numbers = emitNumber(site)
        for values in [site.constant.map { [$0] }, site.enumeration].compactMap({ $0 }) {
            let plan = ValuePlan(values)
            let free = strings?.set == nil && numbers?.valueCount ?? 0 == 0
            if plan.others.isEmpty && free {
                apply(plan, &node, &strings, &numbers)
            } else {
                parts.append(all([builder.node(emitValues(plan))]))
            }
        }
        node.string = strings.map { builder.add([$0]) }
        node.number = numbers.map { builder.add([$0]) }
        let arrays = emitArray(site)
        let objects = emitObject(site)
        node.array = arrays.map { builder.add([$0]) }
        node.object = objects.map { builder.add([$0]) }
        node.hasUnevaluated = site.unevaluatedItems != nil || site.unevaluatedProperties != nil
        parts += emitParts(site)
        node.parts = parts.isEmpty ? nil : builder.add(parts)
        node.partCount = parts.count
        node.resource = UInt32(site.resource)
        node.entersResource =
            tracksScope && (site.isResourceRoot || site.isReferenced || index == document.root)
        let isBare = node.hasNoRule && node.kinds == .all && !node.hasUnevaluated
        if isBare, !node.entersResource, parts.count == 1, parts[0].kind == .tagged {
            node.quick = .tagged
        } else if node.partCount > 0 || node.entersResource || node.hasUnevaluated {
            node.quick = .general
        } else {
            choose(&node, arrays, objects)
        }
        builder.setNode(nodes[index], node)
    }

    /// The quickest way to check a node without parts.
    func choose(_ node: inout Node, _ arrays: ArrayRule?, _ objects: ObjectRule?) {
        switch node.kinds {
        case .string: node.quick = quickString(node.string)
        case .number: node.quick = .number
        case .boolean: node.quick = .boolean
        case .object where objects?.fast ?? true:
            node.quick = .object
            if node.object == nil { node.object = builder.add([plainObject()]) }
        case .array where arrays?.fast ?? true:
            node.quick = .array
            if node.array == nil {
                node.array = builder.add([ArrayRule(items: builder.node(ProgramBuilder.anyNode))])
            }
        case .all where node.hasNoRule: node.quick = .any
        default: node.quick = .mixed
        }
    }

    private func quickString(_ rule: Ref<StringRule>?) -> Quick {
        guard let rule else { return .anyString }
        if let set = rule.it.set {
            return rule.it.onlySet && !set.it.holdsBackslash ? .listed : .string
        }
        return rule.it.pattern == nil && rule.it.format == .none ? .text : .string
    }

    private func plainObject() -> ObjectRule {
        let any = builder.node(ProgramBuilder.anyNode)
        return ObjectRule(
            table: builder.table([], nodes: [], declared: [], others: any), extra: any)
    }

    mutating func pattern(_ number: Int) -> Ref<Pattern> {
        if let pattern = patterns[number] { return pattern }
        let pattern = builder.add([document.patterns[number].place(in: builder)])
        patterns[number] = pattern
        return pattern
    }

    func all(_ nodes: [Ref<Node>]) -> Part {
        Part(kind: .all, nodes: builder.add(nodes), count: nodes.count)
    }

    private func dynamicView() -> SchemaProgramView? {
        guard tracksScope else { return nil }
        let names = anchorNumbers.sorted { $0.value < $1.value }.map(\.key)
        let rows = names.map { name in
            let targets = (document.dynamicAnchors[name] ?? []).map {
                DynamicTarget(resource: UInt32($0.resource), node: node($0.site))
            }
            return DynamicRow(targets: builder.add(targets), count: targets.count)
        }
        return SchemaProgramView(anchors: builder.add(rows))
    }

    private func emitParts(_ site: SchemaSite) -> [Part] {
        var parts: [Part] = []
        // Parts that must hold come first: they check the grammar.
        var must = site.allOf.map(node)
        if let reference = site.reference { must.append(node(reference)) }
        if let target = staticTarget(site) { must.append(node(target)) }
        if !must.isEmpty { parts.append(all(must)) }
        if let reference = site.dynamicReference, let anchor = reference.anchor,
            let number = anchorNumbers[anchor]
        {
            parts.append(
                Part(
                    kind: .dynamic, nodes: builder.add([node(reference.target)]), count: 1,
                    anchor: number))
        }
        if !site.anyOf.isEmpty { parts.append(alternatives(site.anyOf, .any)) }
        if !site.oneOf.isEmpty { parts.append(alternatives(site.oneOf, .one)) }
        if let not = site.not {
            parts.append(Part(kind: .not, nodes: builder.add([node(not)]), count: 1))
        }
        // Even without `then` and `else`: what `if` evaluates matters to unevaluated keywords.
        if let condition = site.condition {
            let any = builder.node(ProgramBuilder.anyNode)
            let branches = [
                node(condition), site.then.map(node) ?? any, site.otherwise.map(node) ?? any,
            ]
            parts.append(Part(kind: .conditional, nodes: builder.add(branches), count: 3))
        }
        return parts
    }

    private func alternatives(_ sites: [Int], _ kind: Part.Kind) -> Part {
        if let tagged = tagged(sites) { return tagged }
        return Part(kind: kind, nodes: builder.add(sites.map(node)), count: sites.count)
    }

    /// Branches told apart by a property that each requires with strings of its own.
    private func tagged(_ sites: [Int]) -> Part? {
        guard sites.count > 1 else { return nil }
        let branches = sites.map { document.sites[resolved($0)] }
        guard branches.allSatisfy({ $0.types == .object }), let first = branches.first else {
            return nil
        }
        for key in first.required.prefix(Self.tagKeysMax) {
            var values: [String] = []
            var targets: [Ref<Node>] = []
            for (branch, site) in zip(branches, sites) {
                guard let tags = tags(branch, key) else { break }
                values += tags
                targets += tags.map { _ in node(site) }
            }
            guard targets.count >= sites.count,
                Set(values.map { Array($0.utf8) }).count == values.count,
                branches.allSatisfy({ tags($0, key) != nil })
            else { continue }
            let found = builder.table(
                [key], nodes: [nil], declared: [true])
            let table = builder.table(
                values, nodes: values.map { _ in nil }, declared: values.map { _ in true })
            // A text with escapes must not be taken for a key by its raw bytes.
            if found.holdsBackslash || table.holdsBackslash { continue }
            let tag = Tag(key: found.entries, values: table)
            return Part(
                kind: .tagged, nodes: builder.add(targets), count: targets.count,
                tag: builder.add([tag]))
        }
        return nil
    }

    private func resolved(_ site: Int) -> Int { targets[site] }

    private func tags(_ branch: SchemaSite, _ key: String) -> [String]? {
        guard branch.required.contains(key),
            let property = branch.properties.first(where: { CodePoints.equal($0.name, key) })
        else { return nil }
        let site = document.sites[resolved(property.site)]
        guard let values = site.constant.map({ [$0] }) ?? site.enumeration, !values.isEmpty else {
            return nil
        }
        let texts = values.compactMap(\.string)
        return texts.count == values.count ? texts : nil
    }
}

extension Node {
    var hasNoRule: Bool { string == nil && number == nil && array == nil && object == nil }
}

extension TypeSet {
    var kinds: KindSet {
        var kinds: KindSet = []
        if contains(.null) { kinds.insert(.null) }
        if contains(.boolean) { kinds.formUnion(.boolean) }
        if contains(.integer) || contains(.number) { kinds.insert(.number) }
        if contains(.string) { kinds.insert(.string) }
        if contains(.array) { kinds.insert(.array) }
        if contains(.object) { kinds.insert(.object) }
        return kinds
    }

    var isIntegral: Bool { contains(.integer) && !contains(.number) }
}

extension SchemaSite {
    /// Nothing but a reference: no assertion, no other applicator.
    var isOnlyReference: Bool {
        types == nil && constant == nil && enumeration == nil && multipleOf == nil
            && maximum == nil && exclusiveMaximum == nil && minimum == nil
            && exclusiveMinimum == nil && lengthMax == nil && lengthMin == nil && pattern == nil
            && format == nil && !saysOfArrays && !saysOfObjects && !hasAlternatives
            && (reference == nil || dynamicReference == nil)
    }

    private var saysOfArrays: Bool {
        !prefixItems.isEmpty || items != nil || contains != nil || itemsMin != nil
            || itemsMax != nil || uniqueItems || unevaluatedItems != nil
    }

    private var saysOfObjects: Bool {
        !properties.isEmpty || !patternProperties.isEmpty || additionalProperties != nil
            || propertyNames != nil || propertiesMin != nil || propertiesMax != nil
            || !required.isEmpty || !dependentRequired.isEmpty || !dependentSchemas.isEmpty
            || unevaluatedProperties != nil
    }

    private var hasAlternatives: Bool {
        !allOf.isEmpty || !anyOf.isEmpty || !oneOf.isEmpty || not != nil || condition != nil
    }
}
