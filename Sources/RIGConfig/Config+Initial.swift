extension Config {
    /// The rig.yaml that `rig init` writes.
    package static func initialText(sandbox level: SandboxConfig.Level) -> String {
        """
        # rig.yaml: which packs run here, what each may reach, and who has to agree to what.
        # Check it with `rig config check`. Unknown keys are errors.
        version: 1

        # `rig add pip NAME`, `rig add npm NAME` and `rig add path DIR` write entries here.
        # A pack gets nothing that is not granted:
        #
        #   - npm: "@rig/pack-fs"
        #     version: "1.0.0"
        #     as: fs                        # its tools are fs.read, fs.list, ...
        #     tools: [read, list]           # what is not listed stays disabled
        #     grants:
        #       net: ["api.github.com:443"]
        #       fs: {workspace: {path: ./work, mode: ro}, data: rw}
        #       secrets:
        #         github_token: {from: "env:GITHUB_TOKEN", host: api.github.com}
        #     limits: {timeout: 30s, memory: 512MiB}
        packs: []

        # strict: every layer, or nothing starts. standard: what needs no namespaces.
        # `rig doctor --sandbox` tries what this machine can enforce.
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
