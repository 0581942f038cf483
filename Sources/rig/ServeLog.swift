internal import RIGJSON
internal import RIGLinux

/// What a server says of itself: one JSON object a line on standard error.
struct ServeLog: Sendable {
    func write(_ level: String, _ event: String, _ fields: JSONObject = [:]) {
        var object: JSONObject = [
            "time": .string(Timestamp.text(milliseconds: WallClock.nowMilliseconds())),
            "level": .string(level), "event": .string(event),
        ]
        for member in fields.members { object[member.name] = member.value }
        Terminal.report(JSONValue.object(object).text + "\n")
    }
}
