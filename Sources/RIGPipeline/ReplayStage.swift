internal import RIGBytes
internal import RIGIdempotency
internal import RIGJSON
internal import RIGLinux
internal import RIGLoop
internal import RIGModel
internal import RIGRegistry
internal import RIGStore
internal import RIGWorker

/// Answers a call whose idempotency key was used before, without a worker (docs/reliability.md).
///
/// In: a call that policy lets through and its limits have counted. Out: the answer of the earlier
/// call, or nil: this one is the first, holds the key from here to its end, and its intent claims it.
@RequestLoop
enum ReplayStage {
    /// Between two looks at a key that another process has in hand.
    private static let lookNanoseconds: ClosedRange<UInt64> = 10_000_000...500_000_000

    static func earlier(
        _ call: inout Call, _ key: IdempotencyKey, _ route: Route, _ keys: KeysInFlight
    ) async throws(RTPError) -> Answer.Result? {
        defer { call.clock.mark(.idempotency) }
        let scope = try scope(call, route, key)
        let patience = call.patience(route)
        while let other = keys.flight(scope) {
            guard other.scope == scope else { throw .idempotencyConflict(key: key.text) }
            switch await Patience.wait(
                for: other.follow(), until: patience.deadlineNanoseconds,
                call.request.cancellation)
            {
            case .delivered:
                if let result = other.result { return try replay(&call, result, route) }
            case .late: throw .timeout(unsentAfterMilliseconds: patience.milliseconds)
            case .cancelled: throw .cancelled()
            }
        }
        let flight = keys.take(scope)
        call.trail.key = flight
        var wait = lookNanoseconds.lowerBound
        while true {
            switch try await standing(scope, keys.ledger) {
            case .free:
                return nil
            case .conflict:
                throw .idempotencyConflict(key: key.text)
            case .ended(let result):
                flight.result = result
                return try replay(&call, result, route)
            case .unknown(let callID):
                if route.tool.definition.isIdempotent { return nil }
                call.trail.replayed = unknown(callID, route)
                throw .unknownOutcome(
                    route.tool.qualifiedName,
                    how: "the sidecar ended while call \(callID) of this idempotency key ran")
            case .open:
                let look = MonotonicClock.nowNanoseconds() + wait
                wait = min(wait * 2, lookNanoseconds.upperBound)
                guard look < patience.deadlineNanoseconds else {
                    throw .timeout(unsentAfterMilliseconds: patience.milliseconds)
                }
                guard await Patience.pause(until: look, call.request.cancellation) else {
                    throw .cancelled()
                }
            }
        }
    }

    /// What to write of the key in the transaction of the call's outcome, and what to tell those who
    /// wait. Nothing was written of a key whose call did not come to its intent.
    static func end(
        _ call: borrowing Call, _ result: Answer.Result, _ ledger: KeyLedger
    ) -> DurableCondition? {
        guard let flight = call.trail.key, flight.isClaimed else { return nil }
        let now = WallClock.nowMilliseconds()
        guard let kept = kept(call, result) else {
            return ledger.release(flight.scope, callID: call.id, nowMilliseconds: now)
        }
        flight.result = kept
        return ledger.finish(flight.scope, kept, nowMilliseconds: now)
    }

    /// What answers the next call with this key; nil when that one may run: no worker was given this
    /// one, or what it ended with says that sending it again does no harm.
    private static func kept(
        _ call: borrowing Call, _ result: Answer.Result
    ) -> KeyedResult? {
        guard let route = call.trail.route, call.trail.attempts > 0 else { return nil }
        let pack = route.tool.pack
        let meta = KeyedMeta(
            callID: call.id.text, pack: pack.name, packVersion: pack.version,
            snapshot: call.snapshot.hash, attempts: call.trail.attempts,
            approvalID: call.trail.isApproved ? call.trail.approvalID : nil)
        switch result {
        case .output(let buffer, let range):
            return KeyedResult(isOutput: true, body: .text(buffer.array(range)), meta: meta)
        case .failure(let error):
            if error.retryable { return nil }
            var kept = error
            if error.type == .cancelled {
                if route.tool.definition.isIdempotent { return nil }
                kept = .unknownOutcome(
                    route.tool.qualifiedName, how: "its caller withdrew it while it ran")
            }
            let text = ByteBuffer()
            var writer = JSONWriter(text)
            kept.write(to: &writer)
            return KeyedResult(isOutput: false, body: .text(text.array(text.range)), meta: meta)
        }
    }

    private static func replay(
        _ call: inout Call, _ result: KeyedResult, _ route: Route
    ) throws(RTPError) -> Answer.Result {
        call.trail.replayed = result.meta
        switch result.body {
        case .dropped(let bytes):
            throw .replayDropped(bytes: bytes)
        case .text(let bytes) where result.isOutput:
            let buffer = ByteBuffer(bytes)
            return .output(buffer, buffer.range)
        case .text(let bytes):
            throw try error(bytes)
        }
    }

    /// An error as it was answered.
    private static func error(_ bytes: [UInt8]) throws(RTPError) -> RTPError {
        do {
            let limits = JSONLimits(bytesMax: Limits.payloadBytesMax)
            return try RTPError(decoding: try JSONValue.parse(bytes, limits: limits))
        } catch {
            throw .internal("an answer that was kept for its key cannot be read")
        }
    }

    private static func unknown(_ callID: String, _ route: Route) -> KeyedMeta {
        let pack = route.tool.pack
        return KeyedMeta(
            callID: callID, pack: pack.name, packVersion: pack.version,
            snapshot: route.snapshot, attempts: 0, approvalID: nil)
    }

    private static func scope(
        _ call: Call, _ route: Route, _ key: IdempotencyKey
    ) throws(RTPError) -> KeyScope {
        let request = call.request
        do throws(JSONError) {
            return KeyScope(
                tenant: request.caller.tenant.text, actor: request.caller.actor.text,
                tool: route.tool.name,
                key: key,
                arguments: try JSONValue.parse(
                    request.buffer, request.args, limits: route.inputLimits))
        } catch {
            throw Refusal.malformed(error, "the arguments")
        }
    }

    private static func standing(
        _ scope: KeyScope, _ ledger: KeyLedger
    ) async throws(RTPError) -> KeyStanding {
        do throws(StoreError) {
            return try await ledger.standing(of: scope)
        } catch {
            throw .internal("the idempotency keys cannot be read: \(error)")
        }
    }
}
