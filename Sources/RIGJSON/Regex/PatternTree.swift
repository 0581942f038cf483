/// A regular expression as a tree.
indirect enum PatternTree: Equatable {
    enum Assertion: Equatable { case start, end, word, notWord }

    case empty
    case set(ScalarSet)
    case sequence([PatternTree])
    case either([PatternTree])
    case repeated(PatternTree, least: Int, most: Int?)
    case assertion(Assertion)
}
