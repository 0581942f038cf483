internal import RIGBytes
internal import RIGJSON
internal import RIGLinux

/// What a client brings back with the answer it was asked for (`requestState`): which approval of
/// which call, and until when. Readable by anyone, made by this process only.
///
///     hex(payload) "." hex(HMAC-SHA-256(payload))
struct RequestSeal: Sendable {
    struct State: Equatable {
        let approvalID: String
        /// Names caller, tool and arguments.
        let call: String
        /// How often the client was asked.
        let rounds: Int
        let expiresMilliseconds: Int64
    }

    private let hmac = HMAC(key: Random.bytes(32))

    func sealed(_ state: State) -> String {
        let payload: JSONValue = [
            "approval": .string(state.approvalID), "call": .string(state.call),
            "rounds": .number(JSONNumber(state.rounds)),
            "expires_ms": .number(JSONNumber(state.expiresMilliseconds)),
        ]
        let bytes = Array(payload.text.utf8)
        return Hex.encode(bytes) + "." + hmac.digest(bytes).hex
    }

    /// nil for whatever this process did not seal, or for another call, or too long ago.
    func opened(_ text: String, for call: String, nowMilliseconds: Int64) -> State? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count < 4096,
            let bytes = Hex.decode(String(parts[0])), let mac = Digest(hex: String(parts[1])),
            hmac.digest(bytes).equalsInConstantTime(mac)
        else { return nil }
        let payload: JSONValue
        do throws(JSONError) { payload = try JSONValue.parse(bytes) } catch { return nil }
        guard let approval = payload["approval"]?.string, payload["call"]?.string == call,
            let rounds = payload["rounds"]?.int64,
            let expires = payload["expires_ms"]?.int64, nowMilliseconds < expires
        else { return nil }
        return State(
            approvalID: approval, call: call, rounds: Int(rounds), expiresMilliseconds: expires)
    }
}
