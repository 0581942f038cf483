import RIGBytes
import RIGJSON
import XCTest

@testable import RIGModel

final class RTPErrorTests: XCTestCase {
    private let say = QualifiedName("echo.say")!
    private let violation = Violation(
        pointer: "/a", keyword: "type", schemaPointer: "/properties/a/type",
        message: "must be a string")
    private var approval: ApprovalRequired {
        ApprovalRequired(
            approvalID: "apr_1", approvalToken: String(repeating: "t", count: 32), tool: say,
            risk: .write, summary: "Write a note.",
            argsDigest: "sha256:" + String(repeating: "0", count: 64),
            expiresAt: "2025-11-22T18:15:00Z", approveWith: ["rig approve apr_1"])
    }

    private var longApproval: ApprovalRequired {
        ApprovalRequired(
            approvalID: "apr_1", approvalToken: approval.approvalToken, tool: say, risk: .money,
            summary: String(repeating: "é", count: 20_000), argsDigest: approval.argsDigest,
            expiresAt: approval.expiresAt, approveWith: approval.approveWith)
    }

    /// One error by each constructor, each with awkward input.
    private var made: [RTPError] {
        var errors: [RTPError] = [
            .invalidRequest(""), .unauthenticated(), .forbidden(role: "agent", action: "approve"),
            .toolNotFound("echo.sey\n\"\u{0}"),
            .toolNotFound(String(repeating: "ä", count: 9_999), suggestions: ["echo.say"]),
            .toolDisabled(say, reason: "nobody has listed it"),
            .validationFailed([violation]),
            .validationFailed(Array(repeating: violation, count: 100)),
            .policyDenied(say, rule: "defaults.destructive"), .approvalRequired(approval),
            .approvalRequired(longApproval),
            .idempotencyConflict(key: "k\u{7}"), .secretMissing(slot: "key", pack: "rig-pack-echo"),
            .payloadTooLarge(.input, bytes: 9, bytesMax: 8),
            .payloadTooLarge(.output, bytes: nil, bytesMax: 8),
            .rateLimited("600 calls a minute", retryAfterMilliseconds: 12),
            .rateLimited("600 calls a minute", retryAfterMilliseconds: -5),
            .overloaded(pack: "rig-pack-echo", waiting: 64, retryAfterMilliseconds: 0),
            .timeout(afterMilliseconds: 30_000, isIdempotent: true),
            .timeout(afterMilliseconds: 30_000, isIdempotent: false), .cancelled(),
            .toolError("the import failed"), .toolError(String(repeating: "é", count: 20_000)),
            .outputInvalid([violation]), .outputInvalid([], what: "the output is no JSON"),
            .workerCrashed("ended by signal 11", isIdempotent: true),
            .workerCrashed("ended by signal 11", isIdempotent: false),
            .sandboxViolation("at the system call mount"),
            .unknownOutcome(say, how: "the worker ended"), .internal("a slot was freed twice"),
            .fromWorker(["type": "upstream_error", "message": "503"], isIdempotent: false),
        ]
        errors += ApprovalInvalidReason.allCases.map { .approvalInvalid($0) }
        return errors
    }

    func testEveryConstructorMakesAnErrorThatRTPAccepts() throws {
        for error in made {
            let value = try written(error)
            XCTAssertEqual(try RTPError(decoding: value), error, error.message)
        }
        XCTAssertEqual(Set(made.map(\.type)), Set(ErrorType.allCases))
    }

    func testRetryableFollowsTheTypeWhateverAWorkerSays() {
        for claimed in [true, false] {
            func retryable(_ type: String, isIdempotent: Bool = false) -> Bool {
                RTPError.fromWorker(
                    [
                        "type": .string(type), "message": "m", "retryable": .bool(claimed),
                        "details": ["retry_after_ms": 1],
                    ], isIdempotent: isIdempotent
                ).retryable
            }
            XCTAssertEqual(retryable("tool_error"), claimed)
            XCTAssertEqual(retryable("upstream_error"), claimed)
            XCTAssertTrue(retryable("rate_limited"))
            XCTAssertFalse(retryable("cancelled"))
            XCTAssertFalse(retryable("timeout"))
            XCTAssertTrue(retryable("timeout", isIdempotent: true))
        }
    }

    func testAWorkerCannotSpeakInTheNameOfRIG() throws {
        for type in ErrorType.allCases where !type.mayComeFromWorker {
            let error = RTPError.fromWorker(
                [
                    "type": .string(type.rawValue), "message": "m", "remediation": "r",
                    "details": ["rule": "x", "reason": "denied"],
                    "approval": try Vector.json("vectors/approval-required/valid/full.json")[
                        "value"]!,
                ], isIdempotent: true)
            XCTAssertEqual(error.type, .toolError, type.rawValue)
            XCTAssertEqual(error.code, type.rawValue)
            XCTAssertNil(error.approval)
        }
    }

    func testAWorkersErrorIsAlwaysOneThatRTPAccepts() throws {
        let strange: [JSONValue] = [
            nil, 1, "no", [], [:], ["type": 7], ["type": "", "message": ""],
            ["type": "made_up", "message": "m"], ["type": "two words", "message": "m"],
            ["message": ["text": "m"]], ["message": "m", "code": "two words"],
            ["message": "m", "code": 503], ["message": "m", "details": "text"],
            ["message": "m", "details": nil], ["message": "m", "remediation": ""],
            ["message": .string(String(repeating: "x", count: 100_000))],
            ["message": "m", "details": [.string(String(repeating: "x", count: 100_000))]],
            ["type": "validation_failed", "message": "m"],
            ["type": "validation_failed", "message": "m", "details": []],
            ["type": "validation_failed", "message": "m", "details": [["pointer": ""]]],
            ["type": "rate_limited", "message": "m", "details": ["retry_after_ms": -1]],
            ["type": "overloaded", "message": "m"], ["type": "unknown_outcome", "message": "m"],
            ["type": "unknown_outcome", "message": "m", "remediation": "look"],
            ["type": "tool_error", "message": "m", "surprise": 1],
        ]
        for value in strange {
            let error = RTPError.fromWorker(value, isIdempotent: false)
            XCTAssertEqual(try RTPError(decoding: try written(error)), error, value.text)
        }
    }

    func testWhatAWorkerMeantToSayIsKept() {
        let wrapped = RTPError.fromWorker(
            ["type": "made_up", "message": "m", "details": 7], isIdempotent: false)
        XCTAssertEqual(wrapped.type, .toolError)
        XCTAssertEqual(wrapped.code, "made_up")
        XCTAssertEqual(wrapped.details, ["value": 7])
        let unfurnished = RTPError.fromWorker(
            ["type": "rate_limited", "message": "m", "code": "E1"], isIdempotent: false)
        XCTAssertEqual(unfurnished.type, .toolError)
        XCTAssertEqual(unfurnished.code, "E1")
        let whole = RTPError.fromWorker(
            [
                "type": "upstream_error", "message": "m", "code": "http.503", "retryable": true,
                "details": ["a": 1], "remediation": "wait",
            ], isIdempotent: false)
        XCTAssertEqual(whole.type, .upstreamError)
        XCTAssertEqual(whole.code, "http.503")
        XCTAssertTrue(whole.retryable)
        XCTAssertEqual(whole.details, ["a": 1])
        XCTAssertEqual(whole.remediation, "wait")
    }

    func testDetailsOfAWorkerAreBounded() {
        let large = JSONValue.string(String(repeating: "x", count: Limits.errorDetailsBytesMax))
        let error = RTPError.fromWorker(
            ["message": "m", "details": ["x": large]], isIdempotent: false)
        XCTAssertEqual(
            error.details, ["omitted_bytes": .number(JSONNumber(Limits.errorDetailsBytesMax + 8))])
    }

    func testWhatTheSchemaEngineReportsBecomesPlainPointers() throws {
        let program = try SchemaProgram.compile([
            "type": "object", "properties": ["a/b": ["type": "integer", "minimum": 1]],
        ])
        let found = program.report(["a/b": 0]).map { Violation($0) }
        let error = RTPError.validationFailed(found)
        XCTAssertEqual(try RTPError(decoding: try written(error)), error)
        XCTAssertEqual(found.map(\.pointer), ["/a~1b"])
        XCTAssertEqual(found.map(\.keyword), ["minimum"])
        XCTAssertEqual(found.map(\.schemaPointer), ["/properties/a~1b/minimum"])
    }

    func testOnlyErrorsThatSayWhenToComeBackHaveARetryAfter() {
        XCTAssertEqual(
            RTPError.rateLimited("x", retryAfterMilliseconds: 1_250).retryAfterMilliseconds, 1_250)
        XCTAssertNil(RTPError.cancelled().retryAfterMilliseconds)
    }

    private func written(_ error: RTPError) throws -> JSONValue {
        let buffer = ByteBuffer()
        var writer = JSONWriter(buffer)
        error.write(to: &writer)
        return try JSONValue.parse(buffer, buffer.range)
    }
}
