internal import RIGBytes
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGWorker

/// What became of one attempt.
enum Attempt {
    case answered(ReplyFrame)
    case failed(DispatchFailure)
}

/// Whether an attempt is repeated, and after how long.
///
/// Only where nothing can happen twice: the tool is idempotent, or no worker was given the call. An
/// idempotency key that the pack is told does not make a tool idempotent: nobody knows whether the
/// pack heeds it.
@RequestLoop
enum Retry {
    /// When to try again; nil when not.
    static func time(
        after attempt: Attempt, tries: Int, _ route: Route, deadlineNanoseconds: UInt64
    ) -> UInt64? {
        guard tries < Limits.callAttemptsMax, let hint = hint(attempt, route) else { return nil }
        let now = MonotonicClock.nowNanoseconds()
        let pause = max(RetryPause.nanoseconds(tries: tries, random: .random(in: 0..<1)), hint)
        guard now < deadlineNanoseconds, pause < deadlineNanoseconds - now else { return nil }
        return now + pause
    }

    /// The shortest pause that what failed asks for; nil when it is not to be repeated.
    private static func hint(_ attempt: Attempt, _ route: Route) -> UInt64? {
        let isIdempotent = route.tool.definition.isIdempotent
        switch attempt {
        case .answered(let reply):
            return isIdempotent ? hint(reply, route) : nil
        case .failed(.crashed(.killed(signal: 31))):
            // The filter would stop it again.
            return nil
        case .failed(.crashed):
            return isIdempotent ? 0 : nil
        case .failed(.unavailable(let error)):
            return error.retryable ? 0 : nil
        case .failed(.overloaded), .failed(.timeout), .failed(.cancelled):
            return nil
        }
    }

    /// A pack's own error is repeated when the pack says so.
    private static func hint(_ reply: ReplyFrame, _ route: Route) -> UInt64? {
        guard !saysOK(reply), reply.text.count <= 2 * Limits.envelopeBytesMax else { return nil }
        let frame: JSONValue
        do throws(JSONError) {
            frame = try JSONValue.parse(reply.buffer, reply.text, limits: route.frameLimits)
        } catch {
            // The output stage says what is wrong with it.
            return nil
        }
        guard frame["ok"]?.bool == false, let said = frame["error"] else { return nil }
        let error = RTPError.fromWorker(said, isIdempotent: true)
        guard error.retryable, error.type == .toolError || error.type == .upstreamError else {
            return nil
        }
        let milliseconds = min(
            max(0, error.retryAfterMilliseconds ?? 0), Limits.callTimeoutMillisecondsMax)
        return UInt64(milliseconds) * 1_000_000
    }

    /// Read without a parser, where our runners write it: behind the id. This is every answer of an
    /// idempotent tool.
    private static func saysOK(_ reply: ReplyFrame) -> Bool {
        let opening: StaticString = #"{"type":"result","id":"#
        let word: StaticString = #","ok":true"#
        var at = reply.text.offset + opening.utf8CodeUnitCount
        let last = min(reply.text.end - word.utf8CodeUnitCount, at + 20)
        while at <= last {
            if reply.buffer[at] == UInt8(ascii: ",") {
                return reply.buffer.equals(
                    ByteRange(offset: at, count: word.utf8CodeUnitCount), word)
            }
            at += 1
        }
        return false
    }
}

/// How long to wait before an attempt is repeated.
enum RetryPause {
    /// Exponential, with full jitter: anything between nothing and the longest, so that calls which
    /// failed together do not come back together.
    static func nanoseconds(tries: Int, random: Double) -> UInt64 {
        let longest = min(
            Limits.retryMillisecondsMin << min(tries - 1, 20), Limits.retryMillisecondsMax)
        return UInt64(Double(longest) * 1_000_000 * random)
    }
}

/// How many retries a pack's calls may still bring. Each call puts in a part of one and each retry
/// takes one out, so that retries never add more than that part to the load, but for a few.
struct RetryBudget {
    private(set) var tokens = Limits.retriesAtOnceMax

    mutating func add() {
        tokens = min(Limits.retriesAtOnceMax, tokens + Limits.retriesPerCall)
    }

    mutating func take() -> Bool {
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
