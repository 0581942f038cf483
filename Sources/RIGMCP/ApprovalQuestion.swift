internal import RIGBytes
internal import RIGJSON
internal import RIGLoop
internal import RIGModel

/// What a client is asked to put before its user: a page to open, where the person is known, or a
/// form of the host's own, where the operator takes the host's word for it.
@RequestLoop
struct ApprovalQuestion {
    enum Mode: Equatable { case page(String), form }

    /// The key of the one question in an `input_required` result.
    static let key = "rig_approval"
    private static let noteCharactersMax = 200

    let approval: ApprovalRequired
    let mode: Mode

    /// nil when this client cannot be asked, or must not be.
    init?(_ approval: ApprovalRequired, _ client: ClientAbilities, _ options: MCPBridge.Options) {
        self.approval = approval
        if client.elicitsByURL, let page = options.approvalPage {
            mode = .page(page + "/" + approval.approvalID)
        } else if client.elicitsByForm, options.formRisks().contains(approval.risk) {
            mode = .form
        } else {
            return nil
        }
    }

    /// What the person said in the form; nil when nothing was decided.
    static func decision(_ answer: JSONValue?) -> Bool? {
        guard let answer, let action = answer["action"]?.string else { return nil }
        switch (action, answer["content"]?["decision"]?.string) {
        case ("accept", "once"): return true
        case ("accept", "deny"), ("decline", _): return false
        default: return nil
        }
    }

    private var message: String {
        "RIG asks for approval \(approval.approvalID): \(approval.summary)."
            + " Nothing has been done yet."
    }

    /// The parameters of `elicitation/create`.
    func writeParams(_ revision: Revision, to writer: inout JSONWriter) {
        switch mode {
        case .page(let address):
            writer.key("mode" as StaticString)
            writer.string("url")
            writer.key("message" as StaticString)
            writer.string(message)
            writer.key("url" as StaticString)
            writer.string(address)
            if !revision.isModern {
                writer.key("elicitationId" as StaticString)
                writer.string(approval.approvalID)
            }
        case .form:
            if revision.hasURLElicitation {
                writer.key("mode" as StaticString)
                writer.string("form")
            }
            writer.key("message" as StaticString)
            writer.string(message)
            writer.key("requestedSchema" as StaticString)
            writer.value(Self.form(revision))
        }
    }

    /// Nothing is chosen beforehand but "deny".
    private static func form(_ revision: Revision) -> JSONValue {
        var decision: JSONObject = ["type": "string", "title": "Decision"]
        if revision.hasURLElicitation {
            decision["oneOf"] = [
                ["const": "deny", "title": "Deny"], ["const": "once", "title": "Approve once"],
            ]
            decision["default"] = "deny"
        } else {
            decision["enum"] = ["deny", "once"]
            decision["enumNames"] = ["Deny", "Approve once"]
        }
        return [
            "type": "object",
            "properties": [
                "decision": .object(decision),
                "note": [
                    "type": "string", "title": "Note",
                    "maxLength": .number(JSONNumber(noteCharactersMax)),
                ],
            ],
            "required": ["decision"],
        ]
    }

    /// The note that a person wrote beside the decision, cut to what a record holds.
    static func note(_ answer: JSONValue?) -> String {
        let text = answer?["content"]?["note"]?.string ?? ""
        return VisibleText.escaped(String(text.prefix(noteCharactersMax)))
    }

    /// The members of an `input_required` result.
    func writeInputRequired(
        _ state: String, _ bridge: MCPBridge, to writer: inout JSONWriter
    ) {
        writer.key("resultType" as StaticString)
        writer.string("input_required")
        writer.key("inputRequests" as StaticString)
        writer.beginObject()
        writer.key(Self.key)
        writer.beginObject()
        writer.key("method" as StaticString)
        writer.string("elicitation/create")
        writer.key("params" as StaticString)
        writer.beginObject()
        writeParams(.of2026July, to: &writer)
        writer.endObject()
        writer.endObject()
        writer.endObject()
        writer.key("requestState" as StaticString)
        writer.string(state)
        bridge.writeServerMeta(to: &writer)
    }
}
