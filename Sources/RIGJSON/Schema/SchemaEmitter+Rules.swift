// The rules of each kind of value.

extension SchemaEmitter {
    mutating func emitString(_ site: SchemaSite) -> StringRule? {
        guard
            site.lengthMin != nil || site.lengthMax != nil || site.pattern != nil
                || site.format != nil
        else { return nil }
        var rule = StringRule()
        rule.lengthMin = site.lengthMin ?? 0
        rule.lengthMax = site.lengthMax ?? Int.max
        rule.pattern = site.pattern.map { pattern($0) }
        rule.format = site.format ?? .none
        // A bound that no text can reach, kept away from overflow.
        rule.lengthMin = min(rule.lengthMin, 1 << 40)
        rule.enoughBytes = rule.lengthMin <= 1 ? rule.lengthMin : rule.lengthMin * 12
        return rule
    }

    func emitNumber(_ site: SchemaSite) -> NumberRule? {
        var rule = NumberRule()
        rule.integral = site.types?.isIntegral ?? false
        var decimals: [DecimalRule] = []
        bound(site.minimum, .minimum, &rule, &decimals)
        bound(site.exclusiveMinimum, .exclusiveMinimum, &rule, &decimals)
        bound(site.maximum, .maximum, &rule, &decimals)
        bound(site.exclusiveMaximum, .exclusiveMaximum, &rule, &decimals)
        if let multiple = site.multipleOf {
            var decimal = DecimalRule(operation: .multiple, number: text(multiple))
            decimal.divisor = decimal.number.significand ?? 1
            decimals.append(decimal)
        }
        if !decimals.isEmpty {
            rule.decimals = builder.add(decimals)
            rule.decimalCount = decimals.count
        }
        return rule.integral || rule.bounded || !decimals.isEmpty ? rule : nil
    }

    /// Whole bounds within 2^61 are compared as integers, all others digit by digit.
    private func bound(
        _ number: JSONNumber?, _ operation: DecimalRule.Operation, _ rule: inout NumberRule,
        _ decimals: inout [DecimalRule]
    ) {
        guard let number else { return }
        guard let whole = number.int64, whole.magnitude < 1 << 61 else {
            decimals.append(DecimalRule(operation: operation, number: text(number)))
            return
        }
        rule.bounded = true
        switch operation {
        case .minimum: rule.floorMin = max(rule.floorMin, whole)
        case .exclusiveMinimum: rule.ceilingMin = max(rule.ceilingMin, whole + 1)
        case .maximum: rule.ceilingMax = min(rule.ceilingMax, whole)
        case .exclusiveMaximum: rule.floorMax = min(rule.floorMax, whole - 1)
        case .multiple: break
        }
    }

    /// A number of the schema as a text that lives in the program.
    private func text(_ number: JSONNumber) -> DecimalText {
        let bytes = builder.add(Array(number.literal.utf8))
        return unsafe DecimalText(Text(bytes.pointer), start: 0, end: number.literal.utf8.count)
    }

    func emitArray(_ site: SchemaSite) -> ArrayRule? {
        var rule = ArrayRule()
        rule.countMin = site.itemsMin ?? 0
        rule.countMax = site.itemsMax ?? Int.max
        rule.items = site.items.map(node)
        if !site.prefixItems.isEmpty {
            rule.prefix = builder.add(site.prefixItems.map(node))
            rule.prefixCount = site.prefixItems.count
        }
        rule.contains = site.contains.map(node)
        rule.containsMin = site.containsMin ?? 1
        rule.containsMax = site.containsMax ?? Int.max
        rule.unique = site.uniqueItems
        rule.unevaluated = site.unevaluatedItems.map(node)
        let counts = rule.countMin > 0 || rule.countMax < Int.max
        rule.fast =
            rule.prefixCount == 0 && rule.contains == nil && !rule.unique
            && rule.unevaluated == nil
        if rule.fast && rule.items == nil {
            guard counts else { return nil }
            // The fast loop never tracks, so "no items keyword" and "any item" are the same to it;
            // the general loop must still know that nothing evaluated them.
            rule.items = builder.node(ProgramBuilder.anyNode)
            rule.itemsEvaluate = false
        }
        return rule
    }

    mutating func emitObject(_ site: SchemaSite) -> ObjectRule? {
        let keys = ObjectKeys(site)
        let extra = site.additionalProperties.map(node) ?? builder.node(ProgramBuilder.anyNode)
        let closed = site.additionalProperties.map { document.sites[$0].boolean == false } ?? false
        // Properties come first among the keys, in their own order.
        let nodes: [Ref<Node>?] = keys.names.indices.map { index in
            if index < site.properties.count { return node(site.properties[index].site) }
            return closed ? nil : extra
        }
        let declared = keys.names.indices.map { $0 < site.properties.count }
        var rule = ObjectRule(
            table: builder.table(
                keys.names, nodes: nodes, declared: declared, others: closed ? nil : extra),
            extra: closed ? nil : extra)
        rule.extraEvaluates = site.additionalProperties != nil
        rule.wordCount = keys.names.count / 64 + 1
        var words = [UInt64](repeating: 0, count: rule.wordCount)
        for name in site.required {
            guard let index = keys.number(name) else { continue }
            words[index >> 6] |= 1 << UInt64(index & 63)
        }
        rule.required = words[0]
        rule.requiredWords = site.required.isEmpty ? nil : builder.add(words)
        rule.countMin = site.propertiesMin ?? 0
        rule.countMax = site.propertiesMax ?? Int.max
        rule.names = site.propertyNames.map(node)
        rule.unevaluated = site.unevaluatedProperties.map(node)
        addPatterns(site, &rule)
        let dependents = emitDependents(site, keys)
        rule.dependents = dependents.isEmpty ? nil : builder.add(dependents)
        rule.dependentCount = dependents.count
        rule.fast =
            keys.names.count <= 64 && !rule.table.holdsBackslash && site.patternProperties.isEmpty
            && rule.countMin == 0
            && rule.countMax == Int.max && rule.names == nil && dependents.isEmpty
            && rule.unevaluated == nil
        let asksNothing =
            rule.fast && keys.names.isEmpty && site.additionalProperties == nil
        return asksNothing ? nil : rule
    }

    private func emitDependents(_ site: SchemaSite, _ keys: ObjectKeys) -> [Dependent] {
        var dependents: [Dependent] = []
        for entry in site.dependentRequired {
            for key in entry.keys {
                guard let trigger = keys.number(entry.name), let index = keys.number(key) else {
                    continue
                }
                dependents.append(Dependent(trigger: trigger, key: index))
            }
        }
        for entry in site.dependentSchemas {
            guard let trigger = keys.number(entry.name) else { continue }
            dependents.append(Dependent(trigger: trigger, node: node(entry.site)))
        }
        return dependents
    }

    private mutating func addPatterns(_ site: SchemaSite, _ rule: inout ObjectRule) {
        guard !site.patternProperties.isEmpty else { return }
        var entries: [PatternEntry] = []
        for entry in site.patternProperties {
            entries.append(PatternEntry(pattern: pattern(entry.pattern), node: node(entry.site)))
        }
        rule.patterns = builder.add(entries)
        rule.patternCount = entries.count
    }

    /// Narrows a node to the values of an enum that are no arrays and objects.
    func apply(
        _ plan: ValuePlan, _ node: inout Node, _ strings: inout StringRule?,
        _ numbers: inout NumberRule?
    ) {
        node.kinds.formIntersection(plan.kinds)
        if !plan.strings.isEmpty {
            var rule = strings ?? StringRule(onlySet: true)
            let table = builder.table(
                plan.strings, nodes: plan.strings.map { _ in nil },
                declared: plan.strings.map { _ in true })
            rule.set = builder.add([table])
            strings = rule
        }
        if !plan.numbers.isEmpty {
            var rule = numbers ?? NumberRule()
            rule.values = builder.add(
                plan.numbers.map { DecimalRule(operation: .minimum, number: text($0)) })
            rule.valueCount = plan.numbers.count
            numbers = rule
        }
    }

    /// A node that holds exactly the values of an enum; arrays and objects become schemas that
    /// only they satisfy.
    func emitValues(_ plan: ValuePlan) -> Int {
        let index = builder.addNode()
        var node = Node()
        var strings: StringRule?
        var numbers: NumberRule?
        apply(plan, &node, &strings, &numbers)
        node.string = strings.map { builder.add([$0]) }
        node.number = numbers.map { builder.add([$0]) }
        guard !plan.others.isEmpty else {
            choose(&node, nil, nil)
            builder.setNode(index, node)
            return index
        }
        var branches: [Ref<Node>] = []
        if !node.kinds.isEmpty {
            let scalars = builder.addNode()
            choose(&node, nil, nil)
            builder.setNode(scalars, node)
            branches.append(builder.node(scalars))
        }
        branches += plan.others.map { builder.node(emitContainer($0)) }
        var either = Node()
        either.quick = .general
        either.parts = builder.add([
            Part(kind: .any, nodes: builder.add(branches), count: branches.count)
        ])
        either.partCount = 1
        builder.setNode(index, either)
        return index
    }

    private func emitContainer(_ value: JSONValue) -> Int {
        let index = builder.addNode()
        var node = Node()
        node.quick = .mixed
        switch value {
        case .array(let items):
            let nodes = items.map { builder.node(emitValues(ValuePlan([$0]))) }
            node.kinds = .array
            node.array = builder.add([
                ArrayRule(
                    countMin: items.count, countMax: items.count, prefix: builder.add(nodes),
                    prefixCount: nodes.count, fast: false)
            ])
        case .object(let object):
            let nodes = object.members.map { builder.node(emitValues(ValuePlan([$0.value]))) }
            let words = (0...object.count / 64).map { word in
                (word * 64..<min(object.count, word * 64 + 64)).reduce(UInt64(0)) {
                    $0 | 1 << UInt64($1 & 63)
                }
            }
            node.kinds = .object
            var rule = ObjectRule(
                table: builder.table(
                    object.names, nodes: nodes, declared: nodes.map { _ in true }),
                extra: nil)
            rule.required = words[0]
            rule.requiredWords = builder.add(words)
            rule.wordCount = words.count
            rule.fast = object.count <= 64 && !rule.table.holdsBackslash
            node.object = builder.add([rule])
        default:
            node.kinds = []
        }
        builder.setNode(index, node)
        return index
    }
}

/// All keys an object schema knows, each with its number: properties in declaration order first.
struct ObjectKeys {
    private(set) var names: [String] = []
    /// By their bytes: Swift calls two spellings of an accented letter equal, JSON does not.
    private var numbers: [[UInt8]: Int] = [:]

    init(_ site: SchemaSite) {
        for property in site.properties { add(property.name) }
        for name in site.required { add(name) }
        for entry in site.dependentRequired {
            add(entry.name)
            for key in entry.keys { add(key) }
        }
        for entry in site.dependentSchemas { add(entry.name) }
    }

    func number(_ name: String) -> Int? { numbers[Array(name.utf8)] }

    private mutating func add(_ name: String) {
        guard number(name) == nil else { return }
        numbers[Array(name.utf8)] = names.count
        names.append(name)
    }
}

/// The values of an enum, by kind.
struct ValuePlan {
    private(set) var kinds: KindSet = []
    private(set) var strings: [String] = []
    private(set) var numbers: [JSONNumber] = []
    private(set) var others: [JSONValue] = []

    init(_ values: [JSONValue]) {
        var known: Set<[UInt8]> = []
        for value in values {
            switch value {
            case .null: kinds.insert(.null)
            case .bool(let flag): kinds.insert(flag ? .yes : .no)
            case .number(let number):
                kinds.insert(.number)
                numbers.append(number)
            case .string(let text):
                kinds.insert(.string)
                if known.insert(Array(text.utf8)).inserted { strings.append(text) }
            case .array, .object: others.append(value)
            }
        }
    }
}
