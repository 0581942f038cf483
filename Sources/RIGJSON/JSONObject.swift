/// The members of an object in the order in which they stand, each name once.
package struct JSONObject: Sendable {
    package struct Member: Sendable {
        package let name: String
        package fileprivate(set) var value: JSONValue
    }

    package private(set) var members: [Member] = []
    /// Where each name stands, once there are so many that looking at all of them would be slow.
    private var index: [Name: Int] = [:]

    private static let linearMax = 12

    /// A name under code point equality.
    private struct Name: Hashable, Sendable {
        let text: String
        static func == (left: Name, right: Name) -> Bool { CodePoints.equal(left.text, right.text) }
        func hash(into hasher: inout Hasher) { CodePoints.hash(text, into: &hasher) }
    }

    package init() {}

    /// Members in this order. The names differ.
    package init(_ members: KeyValuePairs<String, JSONValue>) {
        for (name, value) in members {
            precondition(append(name, value), "a literal object names each member once")
        }
    }

    package var count: Int { members.count }
    package var isEmpty: Bool { members.isEmpty }
    package var names: [String] { members.map(\.name) }

    package subscript(name: String) -> JSONValue? {
        get { position(of: name).map { members[$0].value } }
        set {
            switch (position(of: name), newValue) {
            case (nil, nil): break
            case (nil, let value?): insert(name, value)
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): remove(at: place)
            }
        }
    }

    /// Adds a member at the end; false, and nothing changes, when the name is there already.
    package mutating func append(_ name: String, _ value: JSONValue) -> Bool {
        guard position(of: name) == nil else { return false }
        insert(name, value)
        return true
    }

    private mutating func insert(_ name: String, _ value: JSONValue) {
        members.append(Member(name: name, value: value))
        if members.count > Self.linearMax {
            if index.isEmpty { reindex() } else { index[Name(text: name)] = members.count - 1 }
        }
    }

    private mutating func remove(at place: Int) {
        members.remove(at: place)
        index = [:]
        if members.count > Self.linearMax { reindex() }
    }

    private mutating func reindex() {
        for (place, member) in members.enumerated() { index[Name(text: member.name)] = place }
    }

    private func position(of name: String) -> Int? {
        if members.count > Self.linearMax { return index[Name(text: name)] }
        return members.firstIndex { CodePoints.equal($0.name, name) }
    }
}

extension JSONObject: Hashable {
    /// The order of members does not count.
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count
            && left.members.allSatisfy { member in
                right[member.name].map { $0 == member.value } ?? false
            }
    }

    package func hash(into hasher: inout Hasher) {
        // A sum, because the order does not count.
        var sum = 0
        for member in members {
            var one = hasher
            CodePoints.hash(member.name, into: &one)
            one.combine(member.value)
            sum &+= one.finalize()
        }
        hasher.combine(sum)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (name, value) in elements {
            precondition(append(name, value), "a literal object names each member once")
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        var object = JSONObject()
        for (name, value) in elements {
            precondition(object.append(name, value), "a literal object names each member once")
        }
        self = .object(object)
    }
}
