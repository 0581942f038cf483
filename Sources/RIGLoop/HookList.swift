/// What runs at the end of every tick, in the order it was added.
@RequestLoop
struct HookList {
    private var hooks: [(id: Int, action: @RequestLoop () -> Void)] = []
    private var lastID = 0

    nonisolated init() {}

    mutating func add(_ action: @escaping @RequestLoop () -> Void) -> Int {
        lastID += 1
        hooks.append((lastID, action))
        return lastID
    }

    mutating func remove(_ id: Int) {
        hooks.removeAll { $0.id == id }
    }

    /// A copy, so that a hook may remove itself.
    var actions: [@RequestLoop () -> Void] { hooks.map(\.action) }
}
