internal import CSeccomp
internal import RIGLinux

/// From rules to BPF by libseccomp.
extension SandboxProfile {
    /// The filter for a worker that was granted `capabilities`, as the kernel takes it: 8 bytes an
    /// instruction.
    ///
    /// A name that this machine does not have is left out, whatever its rule says: nothing can call
    /// it, and the default refuses it where a newer kernel knows it.
    package func compile(
        _ capabilities: Set<SandboxCapability>
    ) throws(SandboxError) -> [UInt8] {
        // SAFETY: the context is made here, used by this call only and released at its end.
        guard let context = unsafe seccomp_init(Self.refuse(defaultErrno)) else {
            throw .system(.readProfile, .noMemory)
        }
        defer { unsafe seccomp_release(context) }
        // A binary tree over the numbers; kernels before 5.11 walk a long filter at each call.
        unsafe try Self.accept(seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2), nil)
        // A foreign ABI is nobody's fallback, so it kills.
        unsafe try Self.accept(
            seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS), nil)
        for (index, rule) in rules.enumerated() where applies(rule, capabilities) {
            for name in rule.names {
                let number = unsafe seccomp_syscall_resolve_name(name)
                guard number >= 0 else { continue }
                unsafe try Self.add(rule, number, to: context, index)
            }
        }
        return unsafe try Self.export(context)
    }

    private func applies(_ rule: Rule, _ capabilities: Set<SandboxCapability>) -> Bool {
        rule.included.isSubset(of: capabilities) && rule.excluded.isDisjoint(with: capabilities)
            && (rule.architectures.isEmpty || rule.architectures.contains(Machine.ociName))
    }

    @unsafe
    private static func add(
        _ rule: Rule, _ number: CInt, to context: scmp_filter_ctx, _ index: Int
    ) throws(SandboxError) {
        let action =
            switch rule.action {
            case .allow, .askLauncher: SCMP_ACT_ALLOW
            case .errno(let code): refuse(code)
            }
        let comparisons = rule.conditions.map { condition in
            let op = condition.mask == .max ? SCMP_CMP_EQ : SCMP_CMP_MASKED_EQ
            let isPlain = condition.mask == .max
            return scmp_arg_cmp(
                arg: condition.argument, op: op,
                datum_a: isPlain ? condition.value : condition.mask,
                datum_b: isPlain ? 0 : condition.value)
        }
        let code = unsafe comparisons.withUnsafeBufferPointer {
            unsafe seccomp_rule_add_array(
                context, action, number, UInt32($0.count), $0.baseAddress)
        }
        try accept(code, index)
    }

    /// At most 4096 instructions of 8 bytes fit a pipe's buffer, so that the write cannot block.
    @unsafe
    private static func export(_ context: scmp_filter_ctx) throws(SandboxError) -> [UInt8] {
        do throws(Errno) {
            var pipe = try Pipe.make()
            let code = unsafe seccomp_export_bpf(context, pipe.writingFd)
            pipe.closeWriting()
            if code < 0 { throw Errno(code: -code) }
            return try Transmit.readAll(pipe.readingFd, bytesMax: 4096 * 8)
        } catch {
            throw .system(.readProfile, error)
        }
    }

    /// The macro SCMP_ACT_ERRNO.
    private static func refuse(_ code: UInt16) -> UInt32 { 0x0005_0000 | UInt32(code) }

    private static func accept(_ code: CInt, _ rule: Int?) throws(SandboxError) {
        if code < 0 { throw .profile(.refused(Errno(code: -code)), rule: rule) }
    }
}
