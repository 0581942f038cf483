import Foundation

/// An HTTPS server with a certificate of an authority of its own, both made for this one test by
/// the machine's openssl and python3.
package final class TLSPeer {
    package let port: UInt16
    /// The authority's certificate.
    package let authority: String
    private let server: Process
    private let input = Pipe()
    private let folder: URL

    package struct Missing: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - names: What the certificate names: hosts, and addresses.
    ///   - days: How long it is valid; 0 for one that has run out.
    package init(names: [String], addresses: [String] = [], isExpired: Bool = false) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("rig-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = folder.appendingPathComponent("ca.pem").path
        let all = names.map { "DNS:\($0)" } + addresses.map { "IP:\($0)" }
        try Data("subjectAltName=\(all.joined(separator: ","))\n".utf8)
            .write(to: folder.appendingPathComponent("san"))
        let dates = isExpired ? "-days -1" : "-days 2"
        let script = """
            set -e
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
              -subj '/CN=rig test authority' -addext basicConstraints=critical,CA:TRUE \
              -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
              -subj '/CN=rig test peer' -keyout key.pem -out request.pem
            openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial \
              \(dates) -extfile san -out cert.pem
            """
        try Self.run(["/bin/sh", "-c", script], in: folder)
        server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        server.arguments = [
            "python3", root.appendingPathComponent("Programs/tls-peer/peer.py").path,
            folder.appendingPathComponent("cert.pem").path,
            folder.appendingPathComponent("key.pem").path,
        ]
        let output = Pipe()
        server.standardOutput = output
        server.standardInput = input
        try server.run()
        var line = Data()
        while !line.contains(0x0A) {
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { throw Missing(description: "the HTTPS peer did not start") }
            line += more
        }
        let text = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)
        guard let number = UInt16(text) else { throw Missing(description: "no port: \(text)") }
        port = number
    }

    deinit {
        try? input.fileHandleForWriting.close()
        server.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    private static func run(_ command: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = folder
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Missing(description: "openssl: \(String(decoding: said, as: UTF8.self))")
        }
    }
}
