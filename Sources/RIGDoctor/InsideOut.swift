/// Invariants of a worker as the kernel tells them from outside: where the worker's own /proc is
/// closed, the probes cannot look.
enum InsideOut {
    private static let demands:
        [(name: String, field: String, isRight: @Sendable (String) -> Bool)] = [
            ("outside.no_new_privs", "NoNewPrivs", { $0 == "1" }),
            ("outside.seccomp", "Seccomp", { $0 == "2" }),
            ("outside.uid", "Uid", { $0.split(separator: "\t").allSatisfy { $0 != "0" } }),
            ("outside.gid", "Gid", { $0.split(separator: "\t").allSatisfy { $0 != "0" } }),
            ("outside.cap_effective", "CapEff", { Int($0, radix: 16) == 0 }),
            ("outside.cap_permitted", "CapPrm", { Int($0, radix: 16) == 0 }),
            ("outside.cap_inheritable", "CapInh", { Int($0, radix: 16) == 0 }),
            ("outside.cap_ambient", "CapAmb", { Int($0, radix: 16) == 0 }),
        ]

    static func attempts(_ status: String) -> [Attempt] {
        var fields: [String: String] = [:]
        for line in status.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = String(parts[1].drop { $0 == "\t" || $0 == " " })
        }
        return demands.map { demand in
            let value = fields[demand.field] ?? "unknown"
            let holds = demand.isRight(value)
            return Attempt(
                name: demand.name, verdict: holds ? .denied : .escaped,
                detail: holds
                    ? "HOLDS \(demand.field) \(value)" : "\(demand.field) is \(value)")
        }
    }
}
