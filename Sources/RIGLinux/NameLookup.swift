internal import Glibc

/// Looks names of hosts up the way the system is set up to: files, DNS, whatever else.
package enum NameLookup {
    package enum Failure: Error, Equatable, Sendable {
        /// There is no such name, or it has no addresses.
        case notFound
        /// Nobody answered; later somebody may.
        case temporary
        case other(code: Int32)
    }

    /// The addresses of `name` in the order of RFC 6724, each once. Blocks for as long as the
    /// system's resolver does: seconds, when no server answers.
    package static func addresses(of name: String) throws(Failure) -> [IPAddress] {
        guard !name.isEmpty, !name.utf8.contains(0) else { throw .notFound }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(name, nil, &hints, &list)
        guard code == 0 else { throw failure(code) }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = unsafe list
        // SAFETY: the list is the resolver's until it is freed above, and ends with null.
        while let entry = unsafe next {
            if let address = unsafe address(entry.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        if addresses.isEmpty { throw .notFound }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> IPAddress? {
        guard let raw = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        let size = Int(unsafe entry.ai_addrlen)
        // SAFETY: the family says which structure stands there, and the length that all of it does.
        switch unsafe entry.ai_family {
        case AF_INET where size >= MemoryLayout<sockaddr_in>.size:
            let found = unsafe raw.loadUnaligned(as: sockaddr_in.self)
            return IPAddress(ipv4: UInt32(bigEndian: found.sin_addr.s_addr))
        case AF_INET6 where size >= MemoryLayout<sockaddr_in6>.size:
            return IPAddress(unsafe raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
        default:
            return nil
        }
    }

    private static func failure(_ code: CInt) -> Failure {
        switch code {
        // -5 and -9: EAI_NODATA and EAI_ADDRFAMILY, which the C library shows to GNU sources only.
        case EAI_NONAME, -5, -9: .notFound
        case EAI_AGAIN: .temporary
        default: .other(code: code)
        }
    }
}
