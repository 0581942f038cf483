import Foundation
import XCTest

/// A call for `call-storm … each`, one process that makes many calls.
struct StormCall {
    let tool: String
    let args: Data
    var deadlineMilliseconds: Int?

    init(_ tool: String, _ args: String, deadlineMilliseconds: Int? = nil) {
        self.init(tool, Data(args.utf8), deadlineMilliseconds: deadlineMilliseconds)
    }

    init(_ tool: String, _ args: Data, deadlineMilliseconds: Int? = nil) {
        (self.tool, self.args) = (tool, args)
        self.deadlineMilliseconds = deadlineMilliseconds
    }
}

/// What came back.
struct StormAnswer {
    let value: [String: Any]

    var isOK: Bool { value["ok"] as? Bool == true }
    var output: [String: Any]? { value["output"] as? [String: Any] }
    var error: [String: Any] { value["error"] as? [String: Any] ?? [:] }
    /// "ok", or the error's type.
    var end: String { isOK ? "ok" : error["type"] as? String ?? "no type" }
    var message: String { error["message"] as? String ?? "" }
    var details: [String: Any]? { error["details"] as? [String: Any] }
}

extension Workbench {
    /// Makes the calls one after the other in one process, and holds that it lives to the end.
    func callEach(
        _ calls: [StormCall], file: StaticString = #filePath, line: UInt = #line
    ) throws -> [StormAnswer] {
        var input = Data()
        for call in calls {
            let deadline = call.deadlineMilliseconds.map(String.init) ?? ""
            input += Data("\(call.tool)\t\(deadline)\t".utf8) + call.args + Data("\n".utf8)
        }
        let outcome = try rig([".", "each"], program: "call-storm", input: input)
        XCTAssertEqual(outcome.status, 0, outcome.err, file: file, line: line)
        let answers = try outcome.out.split(separator: "\n").map { text in
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return StormAnswer(
                value: try XCTUnwrap(value as? [String: Any], file: file, line: line))
        }
        XCTAssertEqual(answers.count, calls.count, outcome.err, file: file, line: line)
        return answers
    }
}
