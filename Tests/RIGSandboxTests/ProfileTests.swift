import CSeccomp
import Foundation
import RIGLinux
import XCTest

@testable import RIGSandbox

final class ProfileTests: XCTestCase {
    private func assertRefused(
        _ fault: ProfileFault, rule: Int? = 0, _ syscalls: String, before: String = "",
        file: StaticString = #filePath, line: UInt = #line
    ) {
        let arch = Machine.seccompName
        let text = """
            {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, \(before)
             "archMap": [{"architecture": "\(arch)", "subArchitectures": []}],
             "syscalls": [\(syscalls)]}
            """
        XCTAssertThrowsError(try SandboxProfile.parse(Array(text.utf8)), file: file, line: line) {
            XCTAssertEqual(
                $0 as? SandboxError, .profile(fault, rule: rule), file: file, line: line)
        }
    }

    func testWhatIsNotUnderstoodRefusesTheProfile() {
        let allow = #""action": "SCMP_ACT_ALLOW""#
        assertRefused(.unknownKey, #"{"names": ["read"], \#(allow), "priority": 1}"#)
        assertRefused(.unknownKey, rule: nil, "", before: #""flags": [],"#)
        assertRefused(.unsupportedAction, #"{"names": ["read"], "action": "SCMP_ACT_LOG"}"#)
        assertRefused(
            .unsupportedAction, #"{"names": ["read"], \#(allow), "errnoRet": 5}"#)
        assertRefused(
            .wrongType, #"{"names": ["read"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096}"#)
        assertRefused(.missingKey, #"{\#(allow)}"#)
        assertRefused(.missingKey, #"{"names": [], \#(allow)}"#)
        assertRefused(.wrongType, #"{"names": "read", \#(allow)}"#)
        assertRefused(.notAnObject, "1")
        let comparison = #""args": [{"index": 0, "value": 1, "op": "SCMP_CMP_NE"}]"#
        assertRefused(.unsupportedOperator, #"{"names": ["read"], \#(allow), \#(comparison)}"#)
        let sixth = #""args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]"#
        assertRefused(.wrongType, #"{"names": ["read"], \#(allow), \#(sixth)}"#)
        let capability = #""includes": {"caps": ["CAP_SYS_ADMIN"]}"#
        assertRefused(.unsupportedCapability, #"{"names": ["read"], \#(allow), \#(capability)}"#)
    }

    func testProfileThatAllowsByDefaultIsRefused() {
        let text = #"{"defaultAction": "SCMP_ACT_ALLOW", "archMap": [], "syscalls": []}"#
        XCTAssertThrowsError(try SandboxProfile.parse(Array(text.utf8))) {
            XCTAssertEqual($0 as? SandboxError, .profile(.defaultNotErrno, rule: nil))
        }
    }

    func testSubArchitecturesAreRefused() {
        let text = """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [], "archMap": [{"architecture":
            "\(Machine.seccompName)", "subArchitectures": ["SCMP_ARCH_X32"]}]}
            """
        XCTAssertThrowsError(try SandboxProfile.parse(Array(text.utf8))) {
            XCTAssertEqual($0 as? SandboxError, .profile(.architectureMissing, rule: nil))
        }
    }

    func testEveryEntrySaysWhy() throws {
        for runtime in Interpreter.Runtime.allCases {
            for rule in try Workbench.profile(runtime).rules {
                XCTAssertGreaterThan(rule.why?.count ?? 0, 6, "\(rule.names)")
            }
        }
    }

    func testEveryNameIsACallOfSomeMachine() throws {
        // Newer than the oldest libseccomp that RIG builds with.
        let newer: Set = ["fchmodat2"]
        let architectures = [
            seccomp_arch_resolve_name("x86_64"), seccomp_arch_resolve_name("aarch64"),
        ]
        for runtime in Interpreter.Runtime.allCases {
            for name in try Workbench.profile(runtime).rules.flatMap(\.names) {
                let isKnown = architectures.contains {
                    seccomp_syscall_resolve_name_arch($0, name) != __NR_SCMP_ERROR
                }
                XCTAssertTrue(isKnown || newer.contains(name), name)
            }
        }
    }

    func testCapabilitiesAddRules() throws {
        let profile = try Workbench.profile(.python)
        let base = try profile.compile([])
        let writing = try profile.compile([.writeFiles])
        let all = try profile.compile(Set(SandboxCapability.allCases))
        XCTAssertEqual(base.count % 8, 0)
        XCTAssertGreaterThan(writing.count, base.count)
        XCTAssertGreaterThan(all.count, writing.count)
        XCTAssertLessThanOrEqual(all.count / 8, 4096)
    }

    func testFilterIsCompiledOnceForEachSetOfCapabilities() throws {
        let cache = FilterCache()
        let profile = try Workbench.profile(.python)
        let one = try cache.filter(profile, [.writeFiles])
        XCTAssertTrue(one === (try cache.filter(try Workbench.profile(.python), [.writeFiles])))
        XCTAssertFalse(one === (try cache.filter(profile, [])))
        XCTAssertFalse(one === (try cache.filter(try Workbench.profile(.node), [.writeFiles])))
    }

    func testNetworkIsRefusedWithoutANamespace() throws {
        let bench = try Workbench()
        var request = try bench.request(.python, "idle.py", level: .standard)
        request.capabilities.insert(.network)
        XCTAssertThrowsError(try bench.plan(request)) {
            XCTAssertEqual($0 as? SandboxError, .capabilityUnavailable(.network, .standard))
        }
    }

    func testLevelBeyondTheMachineIsRefused() throws {
        let bench = try Workbench()
        let request = try bench.request(.python, "idle.py", level: .standard)
        let weak = SandboxFacts(
            landlockABI: 0, canFilter: true, canNotify: true, canTrace: true,
            canChangeIdentity: true, namespaces: .refused(.clone, .notSupported))
        XCTAssertEqual(weak.strongestLevel, .none)
        XCTAssertThrowsError(
            try JailPlan.make(
                request, on: weak, profile: Workbench.profile(.python), filters: FilterCache())
        ) {
            XCTAssertEqual($0 as? SandboxError, .levelUnavailable(.standard, lacks: [.landlock]))
        }
    }
}
