internal import RIGLoop
internal import RIGModel

/// Turns calls away that would only fail: of a pack that keeps failing, or whose queue is full. Before
/// a person is asked and the intent written, so that shedding costs next to nothing and uses up no
/// approval. Dispatch looks again: a moment may have passed.
@RequestLoop
enum ShedStage {
    static func admit(_ call: borrowing Call, _ route: Route) throws(RTPError) {
        if let refusal = route.health.refusal(call, route) { throw refusal }
    }
}
