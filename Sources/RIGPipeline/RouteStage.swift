internal import RIGLoop
internal import RIGModel
internal import RIGRegistry

/// Finds the tool a call names, in the call's own snapshot.
@RequestLoop
enum RouteStage {
    static func route(_ call: inout Call) throws(RTPError) -> Route {
        defer { call.clock.mark(.route) }
        guard let route = call.snapshot.route(call.request.tool) else {
            throw call.snapshot.unknown(call.request.tool)
        }
        call.trail.route = route
        guard route.tool.isEnabled else {
            throw .toolDisabled(
                route.tool.qualifiedName, reason: "its pack's `tools` in rig.yaml does not list it")
        }
        return route
    }
}
