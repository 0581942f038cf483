package import RIGBytes
package import RIGPipeline

/// Who a request comes from, as its transport found out.
package struct Principal: Sendable {
    package let caller: Caller
    /// Of the token that was presented: names can be given twice, or anew. nil where there is none.
    package let fingerprint: Digest?
    /// By RIG's names; nil when nothing is hidden.
    package let mayUse: (@Sendable (String) -> Bool)?

    package init(
        _ caller: Caller, fingerprint: Digest? = nil,
        mayUse: (@Sendable (String) -> Bool)? = nil
    ) {
        self.caller = caller
        self.fingerprint = fingerprint
        self.mayUse = mayUse
    }

    /// Whether both are one client, whatever it may use by now.
    package func isSame(as other: Principal) -> Bool {
        fingerprint == other.fingerprint && caller.tenant == other.caller.tenant
            && caller.actor == other.caller.actor
    }
}
