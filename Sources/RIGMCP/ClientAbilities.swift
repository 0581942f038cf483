internal import RIGJSON

/// What a client said it can do, as far as RIG makes use of it.
package struct ClientAbilities: Sendable, Equatable {
    /// Asks its user to fill in a form.
    package var elicitsByForm = false
    /// Asks its user to open a page.
    package var elicitsByURL = false

    package init() {}

    /// Reads `capabilities`. An empty `elicitation` means forms: it is older than pages.
    init(_ capabilities: JSONValue?, _ revision: Revision) {
        guard revision.hasStructuredContent, let elicitation = capabilities?["elicitation"]?.object
        else { return }
        elicitsByURL = revision.hasURLElicitation && elicitation["url"]?.object != nil
        elicitsByForm = elicitation["form"]?.object != nil || !elicitsByURL
    }
}
