import RIGJSON
import RIGModel
import XCTest

@testable import RIGPolicy

final class RateLimiterTests: XCTestCase {
    private static let second: UInt64 = 1_000_000_000
    private let minute = RateWindow(perMilliseconds: 60_000, calls: 3)

    /// A limiter with what it needs, and a clock in the test's hand.
    private struct Bench {
        let program: PolicyProgram
        let limiter: RateLimiter
        var now: UInt64 = 1_000 * RateLimiterTests.second

        init(_ policy: Policy) throws {
            program = try PolicyProgram.compile(policy)
            limiter = RateLimiter(program)
        }

        func call(
            _ tenant: String = "acme", _ tool: PolicyTool = refund
        ) throws -> RateLimiter.Refusal? {
            let decision = try program.decide(tool, [:], PolicyCaller(tenant: tenant, actor: "a"))
            return limiter.admit(
                decision, program.decision(for: tool), tenant: tenant, nowNanoseconds: now)
        }
    }

    func testTheCallsOfALimitPassAndTheNextIsToldWhenToRetry() throws {
        var bench = try Bench(policy(limits: [RateLimit(window: minute)]))
        for _ in 0..<3 { XCTAssertNil(try bench.call()) }
        let refusal = try XCTUnwrap(bench.call())
        XCTAssertEqual(refusal.limit.name, "rate_limits[0]")
        XCTAssertEqual(refusal.limit.text, "3 calls in 1m")
        XCTAssertGreaterThanOrEqual(refusal.retryAfterMilliseconds, 60_000)
        XCTAssertLessThanOrEqual(refusal.retryAfterMilliseconds, 60_000 * 65 / 63)
        bench.now += UInt64(refusal.retryAfterMilliseconds - 1) * 1_000_000
        XCTAssertNotNil(try bench.call(), "it was let in before its time")
        bench.now += 1_000_000
        XCTAssertNil(try bench.call(), "waiting as told was not enough")
    }

    func testTenantsAndToolsAreCountedApart() throws {
        let bench = try Bench(
            policy(limits: [RateLimit(tenant: "a*", tool: "shop.*", window: minute)]))
        for _ in 0..<3 { XCTAssertNil(try bench.call("acme")) }
        XCTAssertNotNil(try bench.call("acme"))
        XCTAssertNil(try bench.call("anna"), "another tenant has a window of its own")
        for _ in 0..<5 { XCTAssertNil(try bench.call("bert"), "the limit is not for this tenant") }
        let other = PolicyTool(name: "fs.read", pack: "p", risk: .read)
        XCTAssertNil(try bench.call("acme", other), "the limit is not for this tool")
        let same = PolicyTool(name: "shop.pay", pack: "p", risk: .money)
        XCTAssertNotNil(try bench.call("acme", same), "a limit counts all of its tools together")
    }

    func testARulesLimitCountsWhatTheRuleDecides() throws {
        let bench = try Bench(
            policy(rule("refunds", .allow, tool: "shop.refund", limit: minute)))
        for _ in 0..<3 { XCTAssertNil(try bench.call()) }
        XCTAssertEqual(try bench.call()?.limit.name, "refunds")
        let other = PolicyTool(name: "shop.pay", pack: "p", risk: .money)
        XCTAssertNil(try bench.call("acme", other))
    }

    func testWhatIsDeniedOrRefusedCountsNothing() throws {
        let small = RateWindow(perMilliseconds: 1_000, calls: 1)
        var bench = try Bench(
            policy(
                rule("never", .deny, tool: "shop.wipe"),
                limits: [RateLimit(window: minute), RateLimit(window: small)]))
        let wipe = PolicyTool(name: "shop.wipe", pack: "p", risk: .destructive)
        for _ in 0..<9 { XCTAssertNil(try bench.call("acme", wipe)) }
        // The small limit refuses all but one; those do not use up the wide one.
        for _ in 0..<2 {
            XCTAssertNil(try bench.call())
            for _ in 0..<5 { XCTAssertEqual(try bench.call()?.limit.name, "rate_limits[1]") }
            bench.now += 2 * Self.second
        }
        XCTAssertNil(try bench.call())
        XCTAssertEqual(try bench.call()?.limit.name, "rate_limits[0]")
    }

    /// The longest wait is the one that helps.
    func testOfTwoLimitsTheLaterOneIsNamed() throws {
        let day = RateWindow(perMilliseconds: 86_400_000, calls: 1)
        let bench = try Bench(
            policy(limits: [
                RateLimit(window: RateWindow(perMilliseconds: 10, calls: 1)),
                RateLimit(window: day),
            ]))
        XCTAssertNil(try bench.call())
        XCTAssertEqual(try bench.call()?.limit.text, "1 call in 1d")
    }

    func testASnapshotTakesOverWhatWasCountedOfTheSameLimit() throws {
        let old = try Bench(policy(limits: [RateLimit(window: minute)]))
        for _ in 0..<3 { _ = try old.call() }
        let kept = try Bench(
            policy(
                rule("new", .allow, tool: "shop.x"),
                limits: [RateLimit(tool: "shop.*", window: minute), RateLimit(window: minute)]))
        kept.limiter.inherit(old.limiter)
        XCTAssertNil(try kept.call("other"))
        XCTAssertNotNil(try kept.call("acme"), "the count was lost")
        let changed = try Bench(
            policy(limits: [RateLimit(window: RateWindow(perMilliseconds: 60_000, calls: 4))]))
        changed.limiter.inherit(old.limiter)
        XCTAssertNil(try changed.call("acme"), "another limit begins anew")
    }

    func testInventedTenantsTakeNoMemoryAndShareOneWindow() throws {
        var bench = try Bench(policy(limits: [RateLimit(window: minute)]))
        XCTAssertNil(try bench.call("regular"))
        for number in 0..<(TenantWindows.tenantsMax - 1) {
            XCTAssertNil(try bench.call("t\(number)"))
        }
        for number in 0..<3 { XCTAssertNil(try bench.call("late\(number)")) }
        XCTAssertNotNil(try bench.call("late4"), "they share one window")
        XCTAssertNil(try bench.call("regular"), "a tenant with a window keeps it")
        XCTAssertEqual(bench.limiter.tenantCount, TenantWindows.tenantsMax)
        bench.now += 120 * Self.second
        for number in 0..<100 {
            XCTAssertNil(try bench.call("new\(number)"), "idle windows are reused")
        }
        XCTAssertEqual(bench.limiter.tenantCount, TenantWindows.tenantsMax)
    }

    /// Random traffic against the plain definition: never more than allowed in any stretch, and
    /// never refused when a stretch of 65/63 of the length has room.
    func testNoStretchHoldsMoreAndNoCallWaitsLong() throws {
        var random = SplitMix(seed: 42)
        for _ in 0..<40 {
            let length = Int(random.next(below: 5_000)) + 1
            let calls = Int(random.next(below: 20)) + 1
            var bench = try Bench(
                policy(limits: [
                    RateLimit(window: RateWindow(perMilliseconds: length, calls: calls))
                ]))
            let nanoseconds = UInt64(length) * 1_000_000
            let slack = 2 * SlidingWindow.sliceNanoseconds(lengthMilliseconds: length)
            var passed: [UInt64] = []
            for _ in 0..<400 {
                bench.now += random.next(below: nanoseconds / UInt64(calls) * 2 + 1)
                let now = bench.now
                let recent = passed.filter { now - $0 < nanoseconds }.count
                let nearly = passed.filter { now - $0 < nanoseconds + slack }.count
                if try bench.call() == nil {
                    XCTAssertLessThan(recent, calls, "one too many in \(length) ms")
                    passed.append(now)
                } else {
                    XCTAssertGreaterThanOrEqual(nearly, calls, "refused with room in \(length) ms")
                }
            }
            XCTAssertGreaterThan(passed.count, calls)
        }
    }
}
