internal import RIGModel
internal import RIGYAML

/// `update` and `audit`.
extension ConfigReader {
    func update(_ section: ConfigSection) -> UpdateConfig {
        var update = UpdateConfig()
        update.intervalMilliseconds = section.duration(
            "interval", default: update.intervalMilliseconds)
        update.cooldownMilliseconds = section.duration(
            "cooldown", default: update.cooldownMilliseconds, zero: true)
        update.mode = section.choice("auto", UpdateConfig.Mode.self) ?? .canary
        let canary = section.section("canary", ConfigShape.canary)
        update.canary.percent = canary.integer("percent", 1...99, default: 10)
        update.canary.callsMin = canary.integer("min_calls", 1...1_000_000_000, default: 50)
        update.canary.durationMillisecondsMax = canary.duration(
            "max_duration", default: update.canary.durationMillisecondsMax)
        update.canary.hasSideEffects = canary.flag("side_effects", default: false)
        let rollback = section.section("rollback", ConfigShape.rollback)
        update.rollback.alpha = rollback.number("alpha", above: 0, upTo: 0.5, default: 0.02)
        update.rollback.beta = rollback.number("beta", above: 0, upTo: 0.5, default: 0.05)
        update.rollback.delta = rollback.number("delta", above: 0, upTo: 0.5, default: 0.1)
        update.rollback.latencyRatio = rollback.number(
            "latency_ratio", above: 1, upTo: 100, default: 1.5)
        if section.has("on_event") {
            update.onEvent = event(section.section("on_event", ConfigShape.event))
        }
        return update
    }

    private func event(_ section: ConfigSection) -> UpdateConfig.EventHook? {
        let webhook = section.value("webhook", "an http or https address") { text -> String? in
            let rest =
                if text.hasPrefix("https://") {
                    text.utf8.dropFirst(8)
                } else if text.hasPrefix(
                    "http://")
                {
                    text.utf8.dropFirst(7)
                } else { text.utf8.dropFirst(text.utf8.count) }
            return !rest.isEmpty && rest.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
        }
        let command = section.text("command", "a command")
        guard checkOne(section, ["webhook", "command"]) else { return nil }
        return webhook.map(UpdateConfig.EventHook.webhook)
            ?? command.map(UpdateConfig.EventHook.command)
    }

    /// Exactly one of the keys is there.
    private func checkOne(_ section: ConfigSection, _ keys: [String]) -> Bool {
        let count = keys.count { section.has($0) }
        if count != 1 && section.node.kind == "mapping" {
            section.report.add(
                section.start, section.path, "needs one of " + keys.joined(separator: ", "))
        }
        return count == 1
    }

    func audit(_ section: ConfigSection) -> AuditConfig {
        var audit = AuditConfig()
        audit.arguments = section.choice("args", AuditConfig.Arguments.self) ?? .digest
        let durability = section.section("durability", ConfigShape.durability)
        audit.durabilityDefault =
            durability.choice("default", AuditConfig.Durability.self) ?? .strict
        for risk in Risk.allCases {
            if let level = durability.choice(risk.rawValue, AuditConfig.Durability.self) {
                audit.durabilityByRisk[risk] = level
            }
        }
        audit.retentionMilliseconds = section.duration(
            "retention", default: audit.retentionMilliseconds)
        audit.sinks = section.sections("sinks", ConfigShape.sink).compactMap { section in
            let file = section.text("jsonl", "a path")
            let socket = section.text("syslog", "a socket's path")
            guard checkOne(section, ["jsonl", "syslog"]) else { return nil }
            return file.map { .jsonl(path: resolve($0)) }
                ?? socket.map { .syslog(path: resolve($0)) }
        }
        return audit
    }
}
