// swift-tools-version: 6.2
// The house: one target a folder under Sources/, each importing lower floors only.
// docs/ARCHITECTURE.md says what lives where; RIGTidyTests checks that imports go down.
import PackageDescription

let strict: [SwiftSetting] = [
    // Overlapping access is a compile error wherever the compiler sees it, and tests run with the
    // dynamic check; in release that check costs more than half of the JSON writer's time.
    .unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release)),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
]

/// Tests may use Foundation and trade strict memory safety for brevity.
let relaxed: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// rig-jail is C only: the linker flag "Embedded" is what makes the Swift driver leave its runtime
/// out, so that the launcher is 0.8 MB and starts in 0.4 ms. The driver's own -pie is then unused.
/// A sanitizer's runtime is no static one: RIG_SANITIZE, for the tests that start no worker.
let staticWithoutSwift =
    Context.environment["RIG_SANITIZE"] != nil
    ? []
    : [
        "-enable-experimental-feature", "Embedded", "-Xclang-linker", "-static",
        "-Xclang-linker", "-Wno-unused-command-line-argument",
    ]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: relaxed)
}

let package = Package(
    name: "rig",
    products: [
        .executable(name: "rig", targets: ["rig"]),
        .executable(name: "rig-jail", targets: ["rig-jail"]),
        .executable(name: "rig-egress", targets: ["rig-egress"]),
    ],
    targets: [
        // Floor 0: C shims and system libraries.
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
        .target(name: "CScan"),
        .target(name: "CTLS"),
        .systemLibrary(
            name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),

        // Floor 1: bytes and the kernel.
        room("RIGBytes", ["CScan"]),
        room("RIGLinux", ["CLinux"]),

        // Floor 2: languages and the loop.
        room("RIGJSON", ["RIGBytes", "CScan"]),
        room("RIGYAML", ["RIGBytes"]),
        room("RIGLoop", ["RIGBytes", "RIGLinux"]),

        // Floor 3: vocabulary and storage.
        room("RIGModel", ["RIGBytes", "RIGJSON"]),
        room("RIGHTTP", ["RIGBytes"]),
        room("RIGStore", ["RIGBytes", "RIGLinux", "RIGLoop", "CSQLite"]),

        // Floor 4: rules.
        room("RIGPolicy", ["RIGBytes", "RIGJSON", "RIGModel"]),
        room("RIGRegistry", ["RIGBytes", "RIGJSON", "RIGModel"]),
        room("RIGSandbox", ["RIGBytes", "RIGLinux", "RIGJSON", "CSeccomp"]),
        room("RIGRedact", ["RIGBytes"]),
        room("RIGConfig", ["RIGBytes", "RIGLinux", "RIGJSON", "RIGYAML", "RIGModel"]),

        // Floor 5: organs.
        room("RIGAudit", ["RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGStore"]),
        room(
            "RIGApproval",
            ["RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGStore"]),
        room(
            "RIGIdempotency",
            ["RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGStore"]),
        room(
            "RIGSecret", ["RIGBytes", "RIGLinux", "RIGJSON", "RIGModel", "RIGConfig", "RIGRedact"]),
        room(
            "RIGWorker",
            ["RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGSandbox", "RIGRedact"]),

        room(
            "RIGEgress",
            [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGHTTP", "RIGSandbox",
                "RIGRedact",
            ]),

        // Floor 6: the life of a call.
        room(
            "RIGPipeline",
            [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGPolicy",
                "RIGStore", "RIGRegistry", "RIGAudit", "RIGApproval", "RIGWorker", "RIGRedact",
                "RIGSecret", "RIGIdempotency",
            ]),

        // Floor 7: where packs come from and how a snapshot is built.
        room(
            "RIGPack",
            [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGConfig", "RIGPolicy",
                "RIGRegistry", "RIGSandbox", "RIGWorker", "RIGPipeline", "RIGAudit", "RIGEgress",
                "RIGSecret",
            ]),

        room(
            "RIGServer",
            [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGHTTP", "RIGJSON", "RIGModel", "RIGPolicy",
                "RIGConfig",
            ]),

        // Floor 8: fronts.
        room(
            "RIGRGP",
            [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGHTTP", "RIGJSON", "RIGYAML", "RIGModel",
                "RIGStore", "RIGPolicy", "RIGRegistry", "RIGConfig", "RIGAudit", "RIGApproval",
                "RIGWorker", "RIGPipeline", "RIGServer",
            ]),
        room(
            "RIGMCP",
            [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGRegistry",
                "RIGApproval", "RIGAudit", "RIGWorker", "RIGPipeline", "RIGHTTP", "RIGServer",
            ]),
        // Floor 8: fronts and what stands beside them.
        room(
            "RIGDoctor",
            ["RIGLinux", "RIGLoop", "RIGStore", "RIGConfig", "RIGSandbox", "RIGWorker", "RIGPack"]),

        // Floor 9: programs.
        .executableTarget(
            name: "rig-egress",
            dependencies: [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGHTTP", "RIGEgress", "CTLS",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rig",
            dependencies: [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGStore", "RIGConfig",
                "RIGPolicy", "RIGRegistry", "RIGSandbox", "RIGAudit", "RIGApproval", "RIGWorker",
                "RIGPipeline", "RIGPack", "RIGMCP", "RIGDoctor", "RIGHTTP", "RIGServer", "RIGRGP",
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rig-jail", cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.unsafeFlags(staticWithoutSwift)]),

        // Benchmarks: they print, tests assert.
        .executableTarget(
            name: "rig-bench-audit",
            dependencies: ["RIGAudit", "RIGStore", "RIGModel", "RIGBytes", "RIGLinux", "RIGLoop"],
            path: "bench/audit", swiftSettings: relaxed),
        .executableTarget(
            name: "rig-bench-path",
            dependencies: [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGConfig", "RIGSandbox",
                "RIGAudit", "RIGStore", "RIGWorker", "RIGPipeline", "RIGPack",
            ],
            path: "bench/path", swiftSettings: relaxed),

        .executableTarget(
            name: "rig-bench-jail", dependencies: ["RIGLinux", "RIGSandbox", "RIGPack"],
            path: "bench/jail", swiftSettings: relaxed),

        .executableTarget(
            name: "rig-bench-pool",
            dependencies: [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGConfig", "RIGSandbox",
                "RIGAudit", "RIGStore", "RIGWorker", "RIGPipeline", "RIGPack",
            ],
            path: "bench/pool", swiftSettings: relaxed),

        .executableTarget(
            name: "rig-bench-policy",
            dependencies: ["RIGBytes", "RIGJSON", "RIGLinux", "RIGModel", "RIGPolicy"],
            path: "bench/policy", swiftSettings: relaxed),

        .executableTarget(
            name: "rig-bench-redact", dependencies: ["RIGBytes", "RIGRedact"],
            path: "bench/redact", swiftSettings: relaxed),

        // Tests, beside the rules they hold.
        tests("RIGBytesTests", ["RIGBytes", "CScan"]),
        tests("RIGYAMLTests", ["RIGYAML"]),
        tests("RIGConfigTests", ["RIGJSON", "RIGYAML", "RIGModel", "RIGConfig"]),
        tests("RIGTidyTests", []),
        .target(
            name: "RIGTestSupport", dependencies: ["RIGBytes", "RIGLinux", "RIGHTTP"],
            path: "Tests/Support", swiftSettings: relaxed),
        tests("RIGStoreTests", ["RIGTestSupport", "RIGStore", "RIGBytes", "RIGLinux", "RIGLoop"]),
        tests(
            "RIGAuditTests",
            [
                "RIGTestSupport", "RIGAudit", "RIGStore", "RIGModel", "RIGJSON", "RIGBytes",
                "RIGLinux", "RIGLoop", "audit-load",
            ]),
        .executableTarget(
            name: "audit-load",
            dependencies: ["RIGAudit", "RIGStore", "RIGModel", "RIGLinux", "RIGLoop"],
            path: "Tests/Programs/audit-load", swiftSettings: relaxed),
        .executableTarget(
            name: "rig-bench-json",
            dependencies: ["RIGJSON", "RIGBytes", "CScan", "CAllocationCount"],
            path: "bench/json", exclude: ["peers", "peers.py", "instructions.txt"],
            swiftSettings: relaxed),
        tests(
            "RIGApprovalTests",
            [
                "RIGTestSupport",
                "RIGApproval", "RIGAudit", "RIGStore", "RIGModel", "RIGJSON", "RIGBytes",
                "RIGLinux", "RIGLoop", "approval-load",
            ]),
        .executableTarget(
            name: "approval-load",
            dependencies: [
                "RIGApproval", "RIGAudit", "RIGStore", "RIGModel", "RIGJSON", "RIGBytes",
                "RIGLinux", "RIGLoop",
            ],
            path: "Tests/Programs/approval-load", swiftSettings: relaxed),
        tests(
            "RIGIdempotencyTests",
            [
                "RIGTestSupport", "RIGIdempotency", "RIGApproval", "RIGAudit", "RIGStore",
                "RIGModel", "RIGJSON", "RIGBytes", "RIGLinux", "RIGLoop",
            ]),
        tests("RIGModelTests", ["RIGBytes", "RIGJSON", "RIGModel"]),
        tests("RIGJSONTests", ["RIGJSON", "RIGBytes", "CScan"]),
        tests("RIGLinuxTests", ["RIGLinux"]),
        tests("RIGLoopTests", ["RIGBytes", "RIGLinux", "RIGLoop"]),
        tests("RIGSandboxTests", ["RIGSandbox", "RIGLinux", "CSeccomp", "rig-jail"]),
        tests(
            "RIGPolicyTests",
            ["RIGBytes", "RIGJSON", "RIGModel", "RIGPolicy", "CAllocationCount"]),
        tests("RIGRegistryTests", ["RIGBytes", "RIGJSON", "RIGModel", "RIGRegistry"]),
        tests("RIGPipelineTests", ["RIGPipeline", "RIGModel"]),
        tests(
            "RIGPackTests",
            [
                "RIGAudit", "RIGBytes", "RIGConfig", "RIGLinux", "RIGLoop", "RIGModel", "RIGPack",
                "RIGPipeline", "RIGRegistry", "RIGWorker", "rig", "rig-jail",
            ]),
        tests("RIGRedactTests", ["RIGBytes", "RIGRedact"]),
        tests(
            "RIGEgressTests",
            [
                "RIGEgress", "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGSandbox", "RIGHTTP",
                "RIGTestSupport", "rig-egress",
            ]),
        tests("RIGSecretTests", ["RIGConfig", "RIGLinux", "RIGRedact", "RIGSecret"]),
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        tests("RIGConformanceTests", ["RIGJSON", "RIGBytes", "CAllocationCount"]),
        .executableTarget(
            name: "call-storm",
            dependencies: [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGConfig", "RIGRegistry",
                "RIGAudit", "RIGWorker", "RIGPipeline", "RIGPack",
            ],
            path: "Tests/Programs/call-storm", swiftSettings: relaxed),
        tests(
            "RIGWorkerTests",
            [
                "RIGBytes", "RIGLinux", "RIGJSON", "RIGLoop", "RIGModel", "RIGSandbox", "RIGWorker",
                "rig-jail",
            ]),
        tests(
            "RIGServerTests",
            [
                "RIGBytes", "RIGLinux", "RIGLoop", "RIGModel", "RIGConfig", "RIGServer",
                "RIGTestSupport",
            ]),
        tests("RIGHTTPTests", ["RIGBytes", "RIGHTTP", "CAllocationCount"]),
        tests("RIGDoctorTests", ["RIGDoctor", "RIGSandbox"]),
        tests(
            "RIGEndToEndTests",
            [
                "rig", "rig-jail", "rig-egress", "RIGTestSupport", "call-storm", "RIGAudit",
                "RIGLinux",
            ]),
        tests(
            "RIGMCPTests",
            [
                "RIGMCP", "RIGBytes", "RIGJSON", "RIGLoop", "RIGModel", "RIGRegistry",
                "RIGPipeline",
            ]),
    ],
    swiftLanguageModes: [.v6]
)

// Fuzz targets have no main function of their own, so no normal build may see them.
if Context.environment["RIG_FUZZ"] != nil {
    package.products.append(.executable(name: "rig-fuzz-json", targets: ["rig-fuzz-json"]))
    package.targets.append(
        .executableTarget(
            name: "rig-fuzz-json", dependencies: ["RIGJSON", "RIGBytes", "CScan"],
            path: "Tests/Fuzz/rig-fuzz-json",
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
    package.products.append(.executable(name: "rig-fuzz-http", targets: ["rig-fuzz-http"]))
    package.targets.append(
        .executableTarget(
            name: "rig-fuzz-http", dependencies: ["RIGHTTP", "RIGBytes"],
            path: "Tests/Fuzz/rig-fuzz-http", exclude: ["corpus"],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
