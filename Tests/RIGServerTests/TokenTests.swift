import Foundation
import RIGBytes
import RIGConfig
import RIGServer
import RIGTestSupport
import XCTest

final class TokenTests: XCTestCase {
    private let folder = TemporaryFolder("tokens")

    func testFilesAreMadeOnceAndAreTheirOwnersAlone() throws {
        let files = TokenFiles(stateFolder: folder.path("state"))
        try files.makeMissing()
        let first = try files.read(.agent)
        try files.makeMissing()
        XCTAssertEqual(try files.read(.agent), first)
        XCTAssertNotEqual(try files.read(.operator), first)
        XCTAssertGreaterThanOrEqual(first.count, 64)
        for (path, mode) in [(files.folder, 0o700), (files.path(.agent), 0o600)] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            XCTAssertEqual(attributes[.posixPermissions] as? Int, mode)
        }
    }

    func testAFileThatOthersCanReadOrThatHoldsNoTokenIsRefused() throws {
        let files = TokenFiles(stateFolder: folder.path("state"))
        try files.makeMissing()
        let path = files.path(.agent)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        XCTAssertThrowsError(try files.read(.agent)) {
            XCTAssertEqual(($0 as? TokenFault)?.reason, .exposed)
        }
        for text in ["", "short\n", String(repeating: "a", count: 40) + "\nb"] {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            XCTAssertThrowsError(try files.read(.agent)) {
                XCTAssertEqual(($0 as? TokenFault)?.reason, .malformed)
            }
        }
    }

    func testATokenIsKnownByItsHashAndByNothingElse() throws {
        let files = TokenFiles(stateFolder: folder.path("state"))
        try files.makeMissing()
        var table = files.table().table
        var config = TokenConfig(
            name: "partner", role: .agent, hash: SHA256.digest("secret".utf8).description)
        config.tools = ["a.*"]
        table.add([config])
        func name(_ token: [UInt8]) -> String? {
            let buffer = ByteBuffer(token)
            return table.identity(of: buffer, buffer.range)?.name
        }
        let token = try files.read(.operator)
        XCTAssertEqual(name(token), "operator")
        XCTAssertEqual(name(Array("secret".utf8)), "partner")
        XCTAssertNil(name(token.dropLast()))
        XCTAssertNil(name(token + [0x61]))
        XCTAssertNil(name([]))
        XCTAssertNil(name(Array(config.hash.utf8)), "the hash is no token")
        try files.rotate(.operator)
        table = files.table().table
        XCTAssertNil(name(token))
    }

    func testAFileThatCannotBeUsedTakesNoOtherWithIt() throws {
        let files = TokenFiles(stateFolder: folder.path("state"))
        try files.makeMissing()
        let (agent, operatorToken) = (try files.read(.agent), try files.read(.operator))
        let path = files.path(.agent)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let (table, faults) = files.table()
        func name(_ token: [UInt8]) -> String? {
            let buffer = ByteBuffer(token)
            return table.identity(of: buffer, buffer.range)?.name
        }
        XCTAssertNil(name(agent), "others may have read it")
        XCTAssertEqual(name(operatorToken), "operator")
        XCTAssertEqual(faults.map(\.path), [path])
        XCTAssertEqual(faults.map(\.reason), [.exposed])
    }
}
