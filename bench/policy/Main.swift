import RIGBytes
import RIGJSON
import RIGLinux
import RIGModel
import RIGPolicy

/// What a decision costs, by what the rules ask. Usage: rig-bench-policy [DECISIONS]
@main
struct Main {
    private static let tool = PolicyTool(name: "shop.refund", pack: "rig-pack-shop", risk: .money)
    private static let caller = PolicyCaller(tenant: "tenant-with-a-long-name", actor: "agent-7")
    private static let args = #"{"order":"A-4711","amount":1200,"currency":"EUR","reason":"torn"}"#

    static func main() {
        let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2_000_000
        do {
            try run(count)
        } catch {
            Terminal.report("rig-bench-policy: \(error)\n")
            ProcessEnd.exit(1)
        }
    }

    private static func run(_ count: Int) throws {
        print("\(count) decisions each; nanoseconds a decision\n")
        try measure("no rule speaks of the tool", others(100), count)
        try measure("10 rules ask for another tenant", tenants(10), count)
        try measure("100 rules ask for another tenant", tenants(100), count)
        try measure("a `when` of two keywords decides", [condition("small", 10_000)], count)
        try measure("10 such `when` say no", (1...10).map { condition("r\($0)", $0) }, count)
        var limited = Policy()
        limited.rateLimits = [
            RateLimit(window: RateWindow(perMilliseconds: 60_000, calls: 1 << 30))
        ]
        try measure("one rate limit counts", limited, count)
    }

    private static func others(_ count: Int) -> [PolicyRule] {
        (0..<count).map { number in
            var rule = PolicyRule(id: "other\(number)", effect: .deny)
            rule.tool = "pack\(number).*"
            return rule
        }
    }

    private static func tenants(_ count: Int) -> [PolicyRule] {
        (0..<count).map { number in
            var rule = PolicyRule(id: "tenant\(number)", effect: .deny)
            rule.tenant = "tenant-of-other-name-\(number)-*"
            return rule
        }
    }

    private static func condition(_ id: String, _ most: Int) -> PolicyRule {
        var rule = PolicyRule(id: id, effect: .allow)
        rule.when = [
            "required": ["amount"],
            "properties": [
                "amount": ["maximum": .number(JSONNumber(most))], "currency": ["const": "EUR"],
            ],
        ]
        return rule
    }

    private static func measure(_ name: String, _ rules: [PolicyRule], _ count: Int) throws {
        var policy = Policy()
        policy.rules = rules
        try measure(name, policy, count)
    }

    private static func measure(_ name: String, _ policy: Policy, _ count: Int) throws {
        let compiled = try PolicyProgram.compile(policy)
        let program = compiled.decision(for: tool)
        let limiter = RateLimiter(compiled)
        let buffer = ByteBuffer(Array(args.utf8))
        var scanner = Scanner()
        var checker = Checker()
        try scanner.scan(buffer, buffer.range)
        var allowed = 0
        let start = MonotonicClock.nowNanoseconds()
        for number in 0..<count {
            let decision = program.decide(caller, scanner, &checker, buffer)
            let refusal = limiter.admit(
                decision, program, tenant: caller.tenant,
                nowNanoseconds: start &+ UInt64(number))
            if decision.effect == .allow, refusal == nil { allowed += 1 }
        }
        let nanoseconds = Double(MonotonicClock.nowNanoseconds() - start) / Double(count)
        let shown = Double(Int(nanoseconds * 10)) / 10
        let pad = String(repeating: " ", count: max(1, 36 - name.count))
        print("\(name)\(pad)\(shown)   (\(allowed) allowed)")
    }
}
