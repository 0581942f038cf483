import CAllocationCount
import RIGBytes
import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

/// A decision, its conditions and its limits cost no heap allocation once they are warm.
final class AllocationTests: XCTestCase {
    func testDecidingAndCountingAllocatesNothing() throws {
        let window = RateWindow(perMilliseconds: 1_000, calls: 50)
        let compiled = try PolicyProgram.compile(
            policy(
                rule("a-rule-with-a-long-name-1", .deny, tenant: "another-tenant-*"),
                rule("a-rule-with-a-long-name-2", .allow, when: at(most: 10)),
                rule("a-rule-with-a-long-name-3", .approve, when: at(most: 100), limit: window),
                limits: [RateLimit(tool: "shop.*", window: window), RateLimit(window: window)]))
        let caller = PolicyCaller(tenant: "a-tenant-with-a-long-name", actor: "an-actor-as-long")
        let other = PolicyTool(name: "fs.read", pack: "p", risk: .read)
        let buffer = ByteBuffer(Array(#"{"amount": 50, "to": "alice"}"#.utf8))
        var scanner = Scanner()
        var checker = Checker()
        try scanner.scan(buffer, buffer.range)
        let limiter = RateLimiter(compiled)
        for tool in [refund, other] {
            let program = compiled.decision(for: tool)
            var refused = 0
            func once(_ number: UInt64) {
                let decision = program.decide(caller, scanner, &checker, buffer)
                let refusal = limiter.admit(
                    decision, program, tenant: caller.tenant, nowNanoseconds: number * 1_000_000)
                if refusal != nil { refused += 1 }
            }
            for number in 0..<100 { once(UInt64(number)) }
            let before = rig_allocation_count()
            for number in 100..<2_000 { once(UInt64(number)) }
            XCTAssertEqual(rig_allocation_count() - before, 0, tool.name)
            XCTAssertGreaterThan(refused, 0, "the limits were not used up")
        }
    }
}
