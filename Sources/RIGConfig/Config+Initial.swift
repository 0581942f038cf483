extension Config {
    /// The rig.yaml that `rig init` writes.
    package static func initialText(sandbox level: SandboxConfig.Level) -> String {
        """
        # rig.yaml: which packs run here, what each may reach, and who has to agree to what.
        # Check it with `rig config check`. Unknown keys are errors.
        version: 1

        # `rig add path DIR` writes entries here. A pack gets nothing that is not granted:
        #
        #   - path: ../packs/echo
        #     as: demo                      # its tools are demo.say, demo.big, ...
        #     tools: [say, big]             # what is not listed stays disabled
        #     grants:
        #       net: ["api.example.com:443"]
        #       fs: {workspace: {path: ./work, mode: ro}, data: rw}
        #       secrets: {api_token: {from: "env:API_TOKEN", deliver: ctx}}
        #     limits: {timeout: 30s, memory: 512MiB, workers: {min: 1, max: 4}}
        packs: []

        # strict: namespaces, Landlock, seccomp and limits, or nothing starts; standard: no namespaces.
        # This is the strongest that `rig init` saw this machine enforce: `rig doctor --sandbox`.
        sandbox: {level: \(level.rawValue)}

        # What a call may do without asking, by the risk its tool declares. Rules come first:
        #
        #   rules:
        #     - {id: small-refunds, tool: "shop.refund", effect: allow,
        #        when: {properties: {amount: {maximum: 1000}}}}
        policy:
          defaults: {read: allow, write: approve, money: approve, destructive: deny}
          approvals: {ttl: 15m}

        audit: {args: digest, retention: 90d}

        server: {listen: "127.0.0.1:8741", socket: .rig/rig.sock}

        """
    }
}
