internal import RIGModel

/// What to write in place of a word that rig.yaml does not know.
enum Suggestion {
    /// `did you mean 'tools'?`, else the list of what is known.
    static func hint(for word: String, among known: [String]) -> String {
        if let nearest = Spelling.nearest(to: word, in: known) {
            return "did you mean '\(nearest)'?"
        }
        return "known here: " + known.joined(separator: ", ")
    }
}
