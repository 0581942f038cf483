// The keywords of each kind of value, in the words of a message.

extension SchemaReporter {
    mutating func checkNumber(_ site: SchemaSite, _ number: JSONNumber, _ at: String) -> Bool {
        var holds = true
        func isText(_ bound: JSONNumber) -> String { "\(bound.literal), is \(number.literal)" }
        if let bound = site.minimum, number < bound {
            note(site, "minimum", at, "must be at least \(isText(bound))")
            holds = false
        }
        if let bound = site.exclusiveMinimum, number <= bound {
            note(site, "exclusiveMinimum", at, "must be greater than \(isText(bound))")
            holds = false
        }
        if let bound = site.maximum, number > bound {
            note(site, "maximum", at, "must be at most \(isText(bound))")
            holds = false
        }
        if let bound = site.exclusiveMaximum, number >= bound {
            note(site, "exclusiveMaximum", at, "must be less than \(isText(bound))")
            holds = false
        }
        if let divisor = site.multipleOf, !number.isMultiple(of: divisor) {
            note(site, "multipleOf", at, "must be a multiple of \(isText(divisor))")
            holds = false
        }
        return holds
    }

    mutating func checkString(_ site: SchemaSite, _ text: String, _ at: String) -> Bool {
        var holds = true
        let count = text.unicodeScalars.count
        if let bound = site.lengthMin, count < bound {
            let wanted = Phrase.count(bound, "character", "characters")
            note(site, "minLength", at, "must have at least \(wanted), has \(count)")
            holds = false
        }
        if let bound = site.lengthMax, count > bound {
            let wanted = Phrase.count(bound, "character", "characters")
            note(site, "maxLength", at, "must have at most \(wanted), has \(count)")
            holds = false
        }
        if let pattern = site.pattern, !document.patterns[pattern].matches(text) {
            let source = document.patterns[pattern].source
            note(site, "pattern", at, "must match \(source), is \(Phrase.value(.string(text)))")
            holds = false
        }
        if let format = site.format, !format.holds(text) {
            note(
                site, "format", at, "must be \(format.phrase), is \(Phrase.value(.string(text)))")
            holds = false
        }
        return holds
    }

    mutating func checkArray(
        _ site: SchemaSite, _ items: [JSONValue], _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holds = true
        for (index, item) in items.enumerated() {
            let schema = index < site.prefixItems.count ? site.prefixItems[index] : site.items
            guard let schema else { continue }
            if evaluate(schema, item, at + "/\(index)") == nil { holds = false }
            evaluated.items.insert(index)
        }
        if let bound = site.itemsMin, items.count < bound {
            let wanted = Phrase.count(bound, "item", "items")
            note(site, "minItems", at, "must have at least \(wanted), has \(items.count)")
            holds = false
        }
        if let bound = site.itemsMax, items.count > bound {
            let wanted = Phrase.count(bound, "item", "items")
            note(site, "maxItems", at, "must have at most \(wanted), has \(items.count)")
            holds = false
        }
        if site.uniqueItems, Set(items).count < items.count {
            note(site, "uniqueItems", at, "must not hold the same item twice")
            holds = false
        }
        return checkContains(site, items, at, &evaluated) && holds
    }

    private mutating func checkContains(
        _ site: SchemaSite, _ items: [JSONValue], _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        guard let contains = site.contains else { return true }
        var count = 0
        for (index, item) in items.enumerated()
        where attempt(contains, item, at + "/\(index)") != nil {
            count += 1
            evaluated.items.insert(index)
        }
        let least = site.containsMin ?? 1
        if count < least {
            let keyword = site.containsMin == nil ? "contains" : "minContains"
            let wanted = Phrase.count(least, "item", "items")
            note(site, keyword, at, "must hold at least \(wanted) of the kind wanted, has \(count)")
            return false
        }
        if let most = site.containsMax, count > most {
            let wanted = Phrase.count(most, "item", "items")
            note(
                site, "maxContains", at,
                "must hold at most \(wanted) of the kind counted, has \(count)")
            return false
        }
        return true
    }

    mutating func checkObject(
        _ site: SchemaSite, _ object: JSONObject, _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holds = true
        for name in site.required where object[name] == nil {
            note(site, "required", at, "must have the property \(Phrase.value(.string(name)))")
            holds = false
        }
        for member in object.members
        where !checkMember(site, member.name, member.value, at, &evaluated) {
            holds = false
        }
        if let bound = site.propertiesMin, object.count < bound {
            let wanted = Phrase.count(bound, "property", "properties")
            note(site, "minProperties", at, "must have at least \(wanted), has \(object.count)")
            holds = false
        }
        if let bound = site.propertiesMax, object.count > bound {
            let wanted = Phrase.count(bound, "property", "properties")
            note(site, "maxProperties", at, "must have at most \(wanted), has \(object.count)")
            holds = false
        }
        return checkDependents(site, object, at, &evaluated) && holds
    }

    private mutating func checkMember(
        _ site: SchemaSite, _ name: String, _ value: JSONValue, _ at: String,
        _ evaluated: inout Evaluated
    ) -> Bool {
        let place = at + "/" + PointerTokens.escaped(name)
        var holds = true
        var known = false
        for property in site.properties where CodePoints.equal(property.name, name) {
            known = true
            if evaluate(property.site, value, place) == nil { holds = false }
        }
        for entry in site.patternProperties where document.patterns[entry.pattern].matches(name) {
            known = true
            if evaluate(entry.site, value, place) == nil { holds = false }
        }
        if !known, let extra = site.additionalProperties {
            known = true
            if document.sites[extra].boolean == false {
                let message = unknown(name, site)
                note(site, "additionalProperties", place, message)
                holds = false
            } else if evaluate(extra, value, place) == nil {
                holds = false
            }
        }
        if known { evaluated.names.insert(Array(name.utf8)) }
        if let names = site.propertyNames, attempt(names, .string(name), at) == nil {
            note(
                site, "propertyNames", place,
                "has a name that is not allowed: \(Phrase.value(.string(name)))")
            holds = false
        }
        return holds
    }

    private func unknown(_ name: String, _ site: SchemaSite) -> String {
        let known = site.properties.map { JSONValue.string($0.name) }
        let said = "is not a known property"
        return known.isEmpty ? said : "\(said); known are \(Phrase.list(known))"
    }

    private mutating func checkDependents(
        _ site: SchemaSite, _ object: JSONObject, _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holds = true
        for entry in site.dependentRequired where object[entry.name] != nil {
            for key in entry.keys where object[key] == nil {
                note(
                    site, "dependentRequired", at,
                    "must have the property \(Phrase.value(.string(key))) "
                        + "because it has \(Phrase.value(.string(entry.name)))")
                holds = false
            }
        }
        for entry in site.dependentSchemas where object[entry.name] != nil {
            if let found = evaluate(entry.site, .object(object), at) {
                evaluated.formUnion(found)
            } else {
                holds = false
            }
        }
        return holds
    }
}

extension JSONNumber {
    func isMultiple(of divisor: JSONNumber) -> Bool {
        let mine = Array(literal.utf8) + [UInt8](repeating: 0x20, count: 8)
        let others = Array(divisor.literal.utf8) + [UInt8](repeating: 0x20, count: 8)
        return unsafe mine.withUnsafeBufferPointer { left in
            unsafe others.withUnsafeBufferPointer { right in
                // SAFETY: arrays with bytes; a decimal reads only the literal's.
                guard let left = left.baseAddress, let right = right.baseAddress else {
                    return false
                }
                let value = unsafe DecimalText(Text(left), start: 0, end: literal.utf8.count)
                let by = unsafe DecimalText(Text(right), start: 0, end: divisor.literal.utf8.count)
                return value.isMultiple(of: by.significand ?? 1, exponent: by.exponent)
            }
        }
    }
}
