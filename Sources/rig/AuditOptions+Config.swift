internal import RIGAudit
internal import RIGConfig
internal import RIGLinux
internal import RIGModel

extension AuditOptions {
    /// As rig.yaml says. What fails beside the rows is told on stderr.
    init(_ config: AuditConfig) {
        self.init()
        arguments =
            switch config.arguments {
            case .digest: .digest
            case .redacted: .redacted
            case .none: .none
            }
        for risk in Risk.allCases {
            durability[risk] = config.durability(of: risk) == .batched ? .batched : .strict
        }
        retentionMilliseconds = Int64(config.retentionMilliseconds)
        sinks = config.sinks.map { sink in
            switch sink {
            case .jsonl(let path): .jsonl(path: path)
            case .syslog(let path): .syslog(path: path)
            }
        }
        report = { Terminal.report("rig: audit: \(Printable.escaped($0))\n") }
    }
}
