internal import RIGLoop
internal import RIGModel
internal import RIGRegistry

/// A tool that cannot do without a secret is not called without it: no placeholder, and no person
/// is asked for an approval that could not be used.
@RequestLoop
enum SecretStage {
    static func require(_ route: Route) throws(RTPError) {
        if let slot = route.missingSlot {
            throw .secretMissing(slot: slot, pack: route.tool.pack.name)
        }
    }
}
