import RIGSandbox
import XCTest

@testable import RIGDoctor

/// The layer that is named is the one that denies at that level.
final class DenialLayerTests: XCTestCase {
    private func layer(
        _ name: String, _ detail: String, _ level: SandboxLevel = .standard
    ) -> DenialLayer {
        DenialLayer.of(Attempt(name: name, verdict: .denied, detail: detail), at: level)
    }

    func testTheWayOfFailingTellsTheLayer() {
        XCTAssertEqual(layer("fs.read_shadow", "EACCES Permission denied"), .landlock)
        XCTAssertEqual(layer("kernel.bpf", "EPERM Operation not permitted"), .seccomp)
        XCTAssertEqual(layer("exec.true", "ENOSYS Function not implemented"), .seccomp)
        XCTAssertEqual(layer("use.descriptors", "EMFILE after 250"), .rlimit)
        XCTAssertEqual(
            layer("env.foreign_variables", "CLEAN what the plan names only"), .environment)
        XCTAssertEqual(layer("outside.cap_effective", "HOLDS CapEff 0"), .credentials)
        XCTAssertEqual(layer("outside.seccomp", "HOLDS Seccomp 2"), .seccomp)
        XCTAssertEqual(layer("fs.hard_link_out", "EXDEV Invalid cross-device link"), .landlock)
    }

    func testWhatIsNotThereIsTheNamespacesDoingOnlyAtStrict() {
        XCTAssertEqual(layer("fs.read_shadow", "ENOENT No such file", .strict), .namespaces)
        XCTAssertEqual(layer("fs.read_aws", "ENOENT No such file"), .kernel)
        XCTAssertEqual(layer("use.files", "ENOSPC after 4093 files", .strict), .namespaces)
    }

    func testWithoutWallsNoneIsNamed() {
        XCTAssertEqual(layer("kernel.bpf", "EPERM Operation not permitted", .none), .credentials)
        XCTAssertEqual(layer("fs.read_shadow", "EACCES Permission denied", .none), .credentials)
    }

    func testALibrarysWordsHideNoErrno() {
        XCTAssertEqual(
            layer("limit.priority_up", "ERR_SYSTEM_ERROR uv_os_setpriority returned EPERM (no)"),
            .seccomp)
    }
}
