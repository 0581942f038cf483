import Foundation
import RIGTestSupport
import XCTest

/// A `rig serve` in a folder of its own, on a free port, and what clients say to it.
final class ServedSidecar {
    let bench: Workbench
    let port: UInt16
    private let process: Process
    private let log: URL

    init(_ bench: Workbench, _ environment: [String: String] = [:]) throws {
        self.bench = bench
        let text = try bench.read("rig.yaml")
        try bench.write(
            text.replacingOccurrences(of: "127.0.0.1:8741", with: "127.0.0.1:0"), to: "rig.yaml")
        process = bench.process(["serve"], environment: environment)
        log = bench.folder.appendingPathComponent("serve.log")
        try Data().write(to: log)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
        let deadline = Date(timeIntervalSinceNow: 60)
        var found: UInt16?
        while found == nil, Date() < deadline, process.isRunning {
            let events = try Self.events(log)
            if let ready = events.first(where: { $0["event"] as? String == "ready" }) {
                let listen = try XCTUnwrap(ready["listen"] as? String)
                found = UInt16(try XCTUnwrap(listen.split(separator: ":").last))
            } else {
                usleep(10_000)
            }
        }
        let said = try bench.read("serve.log")
        port = try XCTUnwrap(found, "rig serve did not begin: \(said)")
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var processIdentifier: Int32 { process.processIdentifier }

    var events: [[String: Any]] { get throws { try Self.events(log) } }

    private static func events(_ log: URL) throws -> [[String: Any]] {
        try String(contentsOf: log, encoding: .utf8).split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    func token(_ role: String) throws -> String {
        try bench.read(".rig/tokens/\(role)").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    struct Reply {
        let status: Int
        let text: String
        let fields: [String: String]

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]) ?? [:]
        }
        var error: [String: Any] { json["error"] as? [String: Any] ?? [:] }
        var type: String? { error["type"] as? String }
    }

    static func request(
        _ method: String, _ path: String, host: String, token: String?, _ fields: [String],
        body: String?
    ) -> String {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: \(host)"]
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            lines.append("Content-Length: \(body.utf8.count)")
            if !fields.contains(where: { $0.lowercased().hasPrefix("content-type") }) {
                lines.append("Content-Type: application/json")
            }
        }
        return (lines + fields).joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
    }

    func ask(
        _ method: String, _ path: String, as role: String? = "agent", token: String? = nil,
        _ fields: [String] = [], body: String? = nil
    ) throws -> Reply {
        let client = try HTTPClient(port: port)
        try client.send(
            Self.request(
                method, path, host: "localhost:\(port)",
                token: try token ?? role.map { try self.token($0) }, fields, body: body))
        let response = try XCTUnwrap(try client.response(), "no answer to \(method) \(path)")
        return Reply(status: response.status, text: response.body, fields: response.fields)
    }

    func call(
        _ tool: String, _ args: String, as role: String = "agent", _ fields: [String] = [],
        approval: String? = nil
    ) throws -> Reply {
        let token = approval.map { ", \"approval_token\": \"\($0)\"" } ?? ""
        return try ask(
            "POST", "/v1/tools/\(tool)/call", as: role, fields, body: "{\"args\": \(args)\(token)}")
    }

    /// Ends it as a supervisor would.
    /// - Returns: its exit status.
    func terminate() -> Int32 {
        process.terminate()
        process.waitUntilExit()
        return process.terminationStatus
    }

    func waitUntilExit() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
