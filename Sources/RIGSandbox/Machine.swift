/// Names of the architecture this program was built for.
enum Machine {
    #if arch(x86_64)
        static let seccompName = "SCMP_ARCH_X86_64"
        static let ociName = "amd64"
    #elseif arch(arm64)
        static let seccompName = "SCMP_ARCH_AARCH64"
        static let ociName = "arm64"
    #else
        #error("the profiles name x86_64 and aarch64 only")
    #endif
}
