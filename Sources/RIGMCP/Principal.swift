package import RIGPipeline

/// Who a session belongs to, as its transport found out.
package struct Principal: Sendable {
    package let caller: Caller
    /// Tells apart whoever may see other tools: the name of a token.
    package let name: String
    /// By RIG's names; nil when nothing is hidden.
    package let mayUse: (@Sendable (String) -> Bool)?

    package init(
        _ caller: Caller, name: String = "", mayUse: (@Sendable (String) -> Bool)? = nil
    ) {
        self.caller = caller
        self.name = name
        self.mayUse = mayUse
    }
}
