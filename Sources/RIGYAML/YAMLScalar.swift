/// An integer of any size, exact.
package struct YAMLInteger: Hashable, Sendable {
    /// Decimal digits without leading zeros, behind `-` where negative.
    package let text: String

    /// nil when it does not fit.
    package var int: Int? { Int(text) }
}

/// A number with a point, an exponent, or no end.
package struct YAMLFloat: Hashable, Sendable {
    /// The exact number in JSON's grammar; `.inf`, `-.inf` or `.nan` where JSON has none.
    package let text: String
    /// The nearest double.
    package let double: Double

    /// JSON can write it.
    package var isFinite: Bool { !text.hasSuffix("f") && !text.hasSuffix("n") }

    package static func == (left: YAMLFloat, right: YAMLFloat) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// Tag resolution of plain scalars by the core schema (YAML 1.2.2, section 10.3.2).
enum YAMLScalar {
    /// nil for a hexadecimal or octal number of more than 128 bits.
    static func resolve(_ text: [UInt8]) -> YAMLValue? {
        switch String(decoding: text, as: UTF8.self) {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
            return .float(YAMLFloat(text: ".inf", double: .infinity))
        case "-.inf", "-.Inf", "-.INF":
            return .float(YAMLFloat(text: "-.inf", double: -.infinity))
        case ".nan", ".NaN", ".NAN":
            return .float(YAMLFloat(text: ".nan", double: .nan))
        case let string:
            switch based(text) {
            case .some(let number): return number
            case .none where isBased(text): return nil
            case .none: return decimal(text) ?? .string(string)
            }
        }
    }

    private static func isBased(_ text: [UInt8]) -> Bool {
        guard text.count > 2, text[0] == 0x30 else { return false }
        if text[1] == 0x6F { return text[2...].allSatisfy { (0x30...0x37).contains($0) } }
        if text[1] == 0x78 { return text[2...].allSatisfy { digit($0) != nil } }
        return false
    }

    private static func based(_ text: [UInt8]) -> YAMLValue? {
        guard isBased(text) else { return nil }
        let base: UInt128 = text[1] == 0x6F ? 8 : 16
        var number: UInt128 = 0
        for byte in text[2...] {
            guard let digit = digit(byte) else { return nil }
            let (scaled, tooBig) = number.multipliedReportingOverflow(by: base)
            if tooBig { return nil }
            number = scaled + UInt128(digit)
        }
        return .integer(YAMLInteger(text: String(number)))
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static func decimal(_ text: [UInt8]) -> YAMLValue? {
        var index = 0
        var sign = ""
        if text[0] == 0x2B || text[0] == 0x2D {
            if text[0] == 0x2D { sign = "-" }
            index = 1
        }
        let whole = digits(text, &index)
        var fraction: ArraySlice<UInt8>?
        if index < text.count, text[index] == 0x2E {
            index += 1
            fraction = digits(text, &index)
        }
        guard !whole.isEmpty || fraction?.isEmpty == false else { return nil }
        var exponent = ""
        if index < text.count, text[index] | 0x20 == 0x65 {
            index += 1
            exponent = "e"
            if index < text.count, text[index] == 0x2B || text[index] == 0x2D {
                if text[index] == 0x2D { exponent = "e-" }
                index += 1
            }
            let power = digits(text, &index)
            guard !power.isEmpty else { return nil }
            exponent += String(decoding: power, as: UTF8.self)
        }
        guard index == text.count else { return nil }
        let integral = trimmed(whole)
        if fraction == nil && exponent.isEmpty {
            return .integer(YAMLInteger(text: (integral == "0" ? "" : sign) + integral))
        }
        var json = sign + integral
        if let fraction, !fraction.isEmpty {
            json += "." + String(decoding: fraction, as: UTF8.self)
        }
        if fraction?.isEmpty == true && exponent.isEmpty { json += ".0" }
        json += exponent
        return .float(YAMLFloat(text: json, double: Double(json) ?? .infinity))
    }

    private static func digits(_ text: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
        let start = index
        while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
        return text[start..<index]
    }

    private static func trimmed(_ digits: ArraySlice<UInt8>) -> String {
        let significant = digits.drop { $0 == 0x30 }
        return significant.isEmpty ? "0" : String(decoding: significant, as: UTF8.self)
    }
}
