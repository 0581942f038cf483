/// The formats that the standard names (2020-12 validation, section 7.3).
enum FormatCode: UInt8 {
    case none

    /// nil for names nobody knows, which ask nothing.
    static func named(_ name: String) -> FormatCode? {
        nil
    }

    var phrase: String { "" }

    func holds(_ text: String) -> Bool { true }

    /// SAFETY: `bytes` is readable for `length`.
    func holds(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        true
    }
}
