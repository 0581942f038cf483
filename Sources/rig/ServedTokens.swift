internal import RIGConfig
internal import RIGLinux
internal import RIGLoop
internal import RIGPack
internal import RIGServer

/// The tokens that count while a server runs: what the token files and rig.yaml say now. Each is
/// read by itself, so that trouble with one, or with a pack, gives nobody back a token that was
/// taken away.
@RequestLoop
final class ServedTokens {
    /// Between two looks at the token files.
    private static let pauseNanoseconds: UInt64 = 1_000_000_000

    let files: TokenFiles
    private let configPath: String
    /// Told once of each file that begins to be unusable.
    private let report: (TokenFault) -> Void
    /// Of the last rig.yaml that can be read; one that cannot says nothing of tokens.
    private var listed: [TokenConfig]
    private var ofFiles = TokenTable()
    private var faults: [TokenFault] = []
    private var access: Access?
    private var watch: ConfigWatch?
    private var isClosed = false
    /// The looks, numbered as they begin; and whose findings count.
    private var lookCount = 0
    private var filesLook = 0
    private var listLook = 0

    /// Makes the files that are missing.
    init(
        _ config: Config, stateFolder: String, report: @escaping (TokenFault) -> Void
    ) throws(TokenFault) {
        files = TokenFiles(stateFolder: stateFolder)
        configPath = config.file
        listed = config.tokens
        self.report = report
        try files.makeMissing()
    }

    /// What to begin with: who starts a server is there to mend a file that cannot be used.
    func table() throws(TokenFault) -> TokenTable {
        var (table, faults) = files.table()
        if let fault = faults.first { throw fault }
        table.add(listed)
        return table
    }

    /// From here on a token that was rotated counts, and the old one does not, a second later; and
    /// those of rig.yaml as soon as it says so.
    func keep(_ access: Access) throws(Errno) {
        self.access = access
        RequestLoop.start { [self] in
            // rig.yaml may have changed before it was watched.
            await refresh()
            while !isClosed {
                await EventLoop.shared.sleep(nanoseconds: Self.pauseNanoseconds)
                await take { _ in nil }
            }
        }
        watch = try ConfigWatch(configPath) { [weak self] in
            RequestLoop.start { await self?.refresh() }
        }
    }

    func close() {
        isClosed = true
        watch?.close()
    }

    /// Reads all again at once.
    func refresh() async {
        await take { path in
            do throws(ConfigErrors) {
                return try Config.load(path: path).tokens
            } catch {
                // Whoever reloads the packs says what is wrong.
                return nil
            }
        }
    }

    /// - Parameter list: reads the tokens of rig.yaml, or nil when those that are known stay.
    private func take(_ list: @escaping @Sendable (String) -> [TokenConfig]?) async {
        lookCount += 1
        let look = lookCount
        let (files, path) = (files, configPath)
        let (found, listed) = await RequestLoop.offload { (files.table(), list(path)) }
        // Two can overlap: what one that began later has seen is newer.
        if let listed, look > listLook {
            listLook = look
            self.listed = listed
        }
        if look > filesLook {
            filesLook = look
            ofFiles = found.table
            for fault in found.faults where !faults.contains(fault) { report(fault) }
            faults = found.faults
        }
        var table = ofFiles
        table.add(self.listed)
        access?.tokens = table
    }
}
