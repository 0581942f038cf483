/// The formats that the standard names (2020-12 validation, section 7.3).
enum FormatCode: UInt8 {
    case none

    /// SAFETY: `bytes` is readable for `length`.
    func holds(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        true
    }
}
