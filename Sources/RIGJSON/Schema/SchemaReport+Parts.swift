// The keywords that look at the same value again, and which alternative was probably meant.

extension SchemaReporter {
    /// Keywords that look at the same value again.
    mutating func checkParts(
        _ site: SchemaSite, _ value: JSONValue, _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holds = true
        var must = site.allOf
        if let reference = site.reference { must.append(reference) }
        if let reference = site.dynamicReference { must.append(target(reference)) }
        for index in must {
            if let found = evaluate(index, value, at) {
                evaluated.formUnion(found)
            } else {
                holds = false
            }
        }
        if !site.anyOf.isEmpty {
            holds = checkAlternatives(site, site.anyOf, "anyOf", value, at, &evaluated) && holds
        }
        if !site.oneOf.isEmpty {
            holds = checkAlternatives(site, site.oneOf, "oneOf", value, at, &evaluated) && holds
        }
        if let not = site.not, attempt(not, value, at) != nil {
            note(site, "not", at, "must not be what the schema under \"not\" describes")
            holds = false
        }
        if let condition = site.condition {
            let found = attempt(condition, value, at)
            if let found { evaluated.formUnion(found) }
            if let next = found == nil ? site.otherwise : site.then {
                if let more = evaluate(next, value, at) {
                    evaluated.formUnion(more)
                } else {
                    holds = false
                }
            }
        }
        return holds
    }

    private func target(_ reference: SchemaSite.DynamicReference) -> Int {
        guard let anchor = reference.anchor, let places = document.dynamicAnchors[anchor] else {
            return reference.target
        }
        for resource in scope {
            if let place = places.first(where: { $0.resource == resource }) { return place.site }
        }
        return reference.target
    }

    private mutating func checkAlternatives(
        _ site: SchemaSite, _ branches: [Int], _ keyword: String, _ value: JSONValue,
        _ at: String, _ evaluated: inout Evaluated
    ) -> Bool {
        var holding = 0
        for branch in branches {
            guard let found = attempt(branch, value, at) else { continue }
            holding += 1
            evaluated.formUnion(found)
        }
        if holding == 1 || (holding > 1 && keyword == "anyOf") { return true }
        if holding > 1 {
            note(
                site, keyword, at,
                "must fit exactly one of \(branches.count) alternatives, fits \(holding)")
            return false
        }
        note(site, keyword, at, "must fit one of \(branches.count) alternatives, fits none")
        // The alternative that is meant, when one can be told: that says what to change.
        if let likely = likelyBranch(branches, value) { _ = evaluate(likely, value, at) }
        return false
    }

    /// The only alternative whose `type` and string constants fit the value.
    private func likelyBranch(_ branches: [Int], _ value: JSONValue) -> Int? {
        let fitting = branches.filter { fits(resolved($0), value) }
        return fitting.count == 1 ? fitting.first : nil
    }

    private func resolved(_ index: Int) -> Int {
        var index = index
        for _ in 0..<64 {
            guard let next = document.sites[index].reference,
                document.sites[index].isOnlyReference
            else { break }
            index = next
        }
        return index
    }

    private func fits(_ index: Int, _ value: JSONValue) -> Bool {
        let site = document.sites[index]
        if site.boolean == false { return false }
        if let types = site.types, !types.allows(value) { return false }
        for property in site.properties {
            guard let member = value[property.name] else { continue }
            let known = document.sites[resolved(property.site)]
            guard let constant = known.constant else { continue }
            if constant != member { return false }
        }
        return true
    }
}
