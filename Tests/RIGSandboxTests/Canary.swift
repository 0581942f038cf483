import Foundation
import RIGLinux
import XCTest

/// Things that a worker must not reach, and a look afterwards at whether it did.
final class Canary {
    private let directory: String
    private let server: Int32
    private let port: UInt16
    private let datagram: Int32
    private let datagramPath: String
    let readOnlyFile: String

    init(in parent: String) throws {
        directory = parent + "/canary"
        readOnlyFile = parent + "/read-only"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        for name in ["secret", "victim"] {
            try Data("treasure".utf8).write(to: URL(fileURLWithPath: directory + "/" + name))
        }
        try Data("public".utf8).write(to: URL(fileURLWithPath: readOnlyFile))
        // Modes that let everybody in: only the jail stands in between.
        try File.setMode(directory, 0o777)
        try File.setMode(directory + "/secret", 0o666)
        try File.setMode(directory + "/victim", 0o666)
        try File.setMode(readOnlyFile, 0o666)
        (server, port) = try Self.listen()
        datagramPath = parent + "/datagram"
        datagram = try Self.receive(at: datagramPath)
    }

    deinit {
        close(server)
        close(datagram)
    }

    var environment: [String: String] {
        [
            "RIG_CANARY_DIR": directory, "RIG_CANARY_PORT": "\(port)", "RIG_READ": readOnlyFile,
            "RIG_CANARY_DATAGRAM": datagramPath,
        ]
    }

    func assertUntouched(file: StaticString = #filePath, line: UInt = #line) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        XCTAssertEqual(names, ["secret", "victim"], file: file, line: line)
        for name in names {
            let path = directory + "/" + name
            XCTAssertEqual(
                try File.readWhole(path, sizeBytesMax: 100), Array("treasure".utf8), file: file,
                line: line)
            let status = try FileStatus.of(path)
            XCTAssertEqual(status.mode, 0o666, file: file, line: line)
            XCTAssertGreaterThan(
                status.modifiedNanoseconds, 1_000_000_000_000, file: file, line: line)
        }
        XCTAssertEqual(
            try File.readWhole(readOnlyFile, sizeBytesMax: 100), Array("public".utf8), file: file,
            line: line)
        let status = try FileStatus.of(readOnlyFile)
        XCTAssertEqual(status.mode, 0o666, file: file, line: line)
        XCTAssertEqual(status.links, 1, file: file, line: line)
        XCTAssertEqual(
            accept(server, nil, nil), -1, "nobody knocked at the port", file: file, line: line)
        var byte: UInt8 = 0
        XCTAssertEqual(
            recv(datagram, &byte, 1, Int32(MSG_DONTWAIT)), -1, "nobody wrote",
            file: file, line: line)
    }

    private static func receive(at path: String) throws -> Int32 {
        let fd = socket(
            AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
            }
        }
        _ = try XCTUnwrap(bound ? true : nil, "the canary is bound")
        try File.setMode(path, 0o777)
        return fd
    }

    private static func listen() throws -> (Int32, UInt16) {
        let fd = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, size) == 0 && Foundation.listen(fd, 16) == 0
                    && getsockname(fd, $0, &size) == 0
            }
        }
        _ = try XCTUnwrap(bound ? true : nil, "the canary listens")
        return (fd, UInt16(bigEndian: address.sin_port))
    }
}
