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

    /// nil past the last one.
    func entry(_ index: Int) -> (id: Int, action: @RequestLoop () -> Void)? {
        index < hooks.count ? hooks[index] : nil
    }

    /// Where the hook after `id` stands, which stood at `index` before it ran.
    func index(after id: Int, at index: Int) -> Int {
        // Identities rise along the list, so the first larger one is the next.
        var next = min(index, hooks.count)
        while next > 0 && hooks[next - 1].id > id { next -= 1 }
        while next < hooks.count && hooks[next].id <= id { next += 1 }
        return next
    }
}
