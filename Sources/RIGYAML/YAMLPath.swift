/// A step from a node to one it holds.
package enum YAMLStep: Hashable, Sendable {
    case key(String)
    case index(Int)
}

/// A node of a document together with what an edit must know of the way to it.
struct YAMLPlace {
    let node: YAMLNode
    /// The entry whose value the node is, when its parent is a mapping.
    let entry: YAMLEntry?
    /// The node or one above it stands in brackets.
    let isInFlow: Bool

    /// nil when the path leads nowhere.
    init?(_ path: [YAMLStep], from root: YAMLNode) {
        var node = root
        var entry: YAMLEntry?
        var isInFlow = false
        for step in path {
            isInFlow = isInFlow || node.isFlowCollection
            switch (step, node.value) {
            case (.key(let name), .mapping(let entries)):
                guard let found = entries.first(where: { $0.name == name }) else { return nil }
                (node, entry) = (found.value, found)
            case (.index(let index), .sequence(let items)):
                guard items.indices.contains(index) else { return nil }
                (node, entry) = (items[index], nil)
            default: return nil
            }
        }
        self.node = node
        self.entry = entry
        self.isInFlow = isInFlow
    }
}

extension YAMLNode {
    var isFlowCollection: Bool {
        style == .flowSequence || style == .flowMapping || style == .flowPair
    }

    /// The same tree with the node at `path` changed; nil when the path leads nowhere or `change`
    /// returns nil.
    func changed(_ path: ArraySlice<YAMLStep>, _ change: (YAMLNode) -> YAMLValue?) -> YAMLNode? {
        guard let step = path.first else { return change(self).map(with) }
        switch (step, value) {
        case (.key(let name), .mapping(var entries)):
            guard let place = entries.firstIndex(where: { $0.name == name }),
                let value = entries[place].value.changed(path.dropFirst(), change)
            else { return nil }
            entries[place] = YAMLEntry(key: entries[place].key, value: value, name: name)
            return with(.mapping(entries))
        case (.index(let index), .sequence(var items)):
            guard items.indices.contains(index),
                let item = items[index].changed(path.dropFirst(), change)
            else { return nil }
            items[index] = item
            return with(.sequence(items))
        default: return nil
        }
    }

    private func with(_ value: YAMLValue) -> YAMLNode {
        YAMLNode(value: value, style: style, start: start, end: end)
    }
}
