/// Allocates the records of one program. Nodes get their addresses first, so that records may
/// point at nodes that are filled later (recursion costs nothing).
@safe
final class ProgramBuilder {
    private var blocks: [UnsafeMutableRawPointer] = unsafe []
    private var nodes: [UnsafeMutablePointer<Node>] = unsafe []
    private let chunk = 64
    private var finished = false
    private var free: UnsafeMutableRawPointer
    private var room = 0
    private static let arenaBytes = 8192

    /// Node 0 asks nothing, node 1 refuses everything.
    static let anyNode = 0
    static let neverNode = 1

    init() {
        // SAFETY: never written through: the first record makes room for itself.
        unsafe free = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 16)
        unsafe blocks.append(free)
        _ = addNode()
        var never = Node()
        never.quick = .mixed
        never.kinds = []
        setNode(addNode(), never)
    }

    deinit {
        if !finished {
            unsafe blocks.forEach { unsafe $0.deallocate() }
        }
    }

    /// A place for a node, filled by `setNode`.
    func addNode() -> Int {
        let index = unsafe nodes.count
        if index % chunk == 0 {
            // SAFETY: chunks of nodes never move; each is initialised as a whole.
            let block = UnsafeMutableRawPointer.allocate(
                byteCount: chunk * MemoryLayout<Node>.stride, alignment: 64)
            unsafe blocks.append(block)
            let first = unsafe block.bindMemory(to: Node.self, capacity: chunk)
            unsafe first.initialize(repeating: Node(), count: chunk)
            unsafe nodes.append(first)
        } else {
            unsafe nodes.append(nodes[index - 1] + 1)
        }
        return index
    }

    func setNode(_ index: Int, _ node: Node) {
        // SAFETY: the array's bounds check covers `index`.
        unsafe nodes[index].pointee = node
    }

    func node(_ index: Int) -> Ref<Node> {
        unsafe Ref(UnsafePointer(nodes[index]))
    }

    /// Copies records to where they will stay.
    func add<Record: BitwiseCopyable>(_ records: [Record]) -> Ref<Record> {
        let count = max(records.count, 1)
        let bytes = (count * MemoryLayout<Record>.stride + 15) & ~15
        if room < bytes {
            room = max(bytes, Self.arenaBytes)
            // SAFETY: released with the program; zeroed, so that no padding is ever undefined.
            let block = UnsafeMutableRawPointer.allocate(byteCount: room + 64, alignment: 64)
            unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: room + 64)
            unsafe blocks.append(block)
            unsafe free = block
        }
        // SAFETY: the lines above left room for `bytes`, and 16 suits every record.
        let first = unsafe free.bindMemory(to: Record.self, capacity: count)
        unsafe free += bytes
        room -= bytes
        for (index, record) in records.enumerated() {
            unsafe (first + index).initialize(to: record)
        }
        return unsafe Ref(UnsafePointer(first))
    }

    /// A key table over distinct texts; entry i leads to `nodes[i]`, and all other texts to
    /// `others`, if anywhere.
    func table(
        _ keys: [String], nodes: [Ref<Node>?], declared: [Bool], others: Ref<Node>? = nil
    ) -> KeyTable {
        let views = keys.map { KeyView(bytes: $0.utf8) }
        var entries: [KeyEntry] = []
        for index in keys.indices {
            entries.append(
                KeyEntry(
                    views[index], bytes: add(Array(keys[index].utf8)), node: nodes[index],
                    index: index, declared: declared[index]))
        }
        // The loop foresees "the entry behind the last one", also behind that of other keys.
        let end = KeyEntry(others: others, bytes: add([0]))
        entries += [end, end]
        let hashed = SeedSearch.find(views)
        return KeyTable(
            entries: add(entries), count: keys.count, slots: add(hashed.slots),
            shift: hashed.shift, mask: hashed.slots.count - 1, seed: hashed.seed,
            holdsBackslash: keys.contains { $0.utf8.contains(Byte.backslash) })
    }

    func finish(root: Int, view: SchemaProgramView? = nil) -> ProgramStorage {
        finished = true
        return unsafe ProgramStorage(root: node(root), view: view, blocks: blocks)
    }
}

/// Looks for a multiplier that gives every key of a table a slot of its own.
enum SeedSearch {
    struct Found {
        var slots: [UInt32]
        var shift: UInt64
        var seed: UInt64
    }

    private static let triesMax = 200
    /// Larger tables collide with nearly any multiplier.
    private static let searchedKeysMax = 96
    private static let growthMax = 3

    /// The multiplier with the fewest collisions; a lookup probes past those that stay.
    static func find(_ keys: [KeyView]) -> Found {
        var bits = 1
        while 1 << bits < keys.count * 2 { bits += 1 }
        var best: (collisions: Int, found: Found)?
        for growth in 0...growthMax {
            var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
            for _ in 0..<triesMax {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let (collisions, found) = place(keys, bits + growth, seed | 1)
                if collisions == 0 { return found }
                if collisions < best?.collisions ?? Int.max { best = (collisions, found) }
                if keys.count > searchedKeysMax { break }
            }
        }
        return best?.found ?? Found(slots: [0, 0], shift: 63, seed: 1)
    }

    private static func place(_ keys: [KeyView], _ bits: Int, _ seed: UInt64) -> (Int, Found) {
        var slots = [UInt32](repeating: 0, count: 1 << bits)
        let shift = UInt64(64 - bits)
        var collisions = 0
        for (index, key) in keys.enumerated() {
            var slot = Int(KeyTable.hash(key, seed) >> shift)
            while slots[slot] != 0 {
                collisions += 1
                slot = (slot + 1) & (slots.count - 1)
            }
            slots[slot] = UInt32(index + 1)
        }
        return (collisions, Found(slots: slots, shift: shift, seed: seed))
    }
}
