/// Host names: RFC 1123 section 2.1, and the international ones of RFC 5890 to 5893.
enum HostFormat {
    private static let bytesMax = 253
    private static let labelBytesMax = 63

    /// Letters, digits and hyphens in labels of 1 to 63 bytes.
    @inline(__always)
    static func isPlainHostname(_ bytes: FormatBytes) -> Bool {
        guard bytes.count > 0, bytes.count <= bytesMax else { return false }
        var start = 0
        var index = 0
        while index <= bytes.count {
            let byte = index == bytes.count ? Byte.dot : bytes[index]
            if byte == Byte.dot {
                let length = index - start
                guard length > 0, length <= labelBytesMax, bytes[start] != Byte.minus,
                    bytes[index - 1] != Byte.minus
                else { return false }
                start = index + 1
            } else if !ASCII.isAlphanumeric(byte) && byte != Byte.minus {
                return false
            }
            index += 1
        }
        return true
    }

    /// The same, and labels that begin with `xn--` must be proper A-labels.
    static func isHostname(_ bytes: FormatBytes) -> Bool {
        guard isPlainHostname(bytes) else { return false }
        var start = 0
        while start < bytes.count {
            let end = bytes.firstIndex(of: Byte.dot, from: start) ?? bytes.count
            guard isASCIILabel(bytes[start..<end]) else { return false }
            start = end + 1
        }
        return true
    }

    /// Hyphens in the third and fourth place are reserved for `xn--`.
    private static func isASCIILabel(_ label: FormatBytes) -> Bool {
        guard label.count >= 4, label[2] == Byte.minus, label[3] == Byte.minus else { return true }
        guard label[0] | 0x20 == UInt8(ascii: "x"), label[1] | 0x20 == UInt8(ascii: "n"),
            let scalars = Punycode.decode(label.suffix(from: 4))
        else { return false }
        // What decodes must encode to the same label again.
        return scalars.contains { $0.value >= 0x80 } && InternationalLabel.isValid(scalars)
            && Punycode.encode(scalars) == label.suffix(from: 4).text.lowercased()
            && BidiRule.holds([scalars])
    }

    static func isInternationalHostname(_ bytes: FormatBytes) -> Bool {
        guard bytes.count > 0 else { return false }
        if bytes.allSatisfy({ $0 < 0x80 }) { return isHostname(bytes) }
        // RFC 3490 section 3.1: other full stops divide labels too.
        let text = bytes.text.unicodeScalars
        let labels = text.split(omittingEmptySubsequences: false) {
            $0 == "." || $0 == "\u{3002}" || $0 == "\u{FF0E}" || $0 == "\u{FF61}"
        }
        guard BidiRule.holds(labels.map(Array.init)) else { return false }
        var length = 0
        for label in labels {
            let scalars = Array(label)
            guard !scalars.isEmpty else { return false }
            if scalars.allSatisfy({ $0.isASCII }) {
                let plain = FormatLabel(scalars)
                guard plain.isASCIIHostname else { return false }
                length += scalars.count + 1
            } else {
                guard InternationalLabel.isValid(scalars),
                    let encoded = Punycode.encode(scalars)?.utf8.count, encoded + 4 <= labelBytesMax
                else { return false }
                length += encoded + 5
            }
        }
        return length - 1 <= bytesMax
    }

    private struct FormatLabel {
        let bytes: [UInt8]
        private static let slack = 64

        init(_ scalars: [Unicode.Scalar]) {
            bytes =
                scalars.map { UInt8(truncatingIfNeeded: $0.value) }
                + [UInt8](repeating: 0, count: Self.slack)
        }

        var isASCIIHostname: Bool {
            unsafe bytes.withUnsafeBufferPointer { all in
                // SAFETY: more bytes than the label has, so there is an address.
                guard let base = all.baseAddress else { return false }
                return isHostname(unsafe FormatBytes(base, bytes.count - Self.slack))
            }
        }
    }
}

/// U-labels (RFC 5891 section 4.2 and the context rules of RFC 5892 appendix A).
enum InternationalLabel {
    static func isValid(_ scalars: [Unicode.Scalar]) -> Bool {
        guard let first = scalars.first, let last = scalars.last else { return false }
        guard first != "-", last != "-" else { return false }
        if scalars.count >= 4, scalars[2] == "-", scalars[3] == "-" { return false }
        switch first.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        for index in scalars.indices where !isAllowed(scalars, index) { return false }
        return true
    }

    private static func isAllowed(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        let scalar = scalars[index]
        func neighbour(_ offset: Int) -> Unicode.Scalar? {
            scalars.indices.contains(index + offset) ? scalars[index + offset] : nil
        }
        switch scalar.value {
        case 0x200C:
            // Zero width non-joiner: behind a virama, or where letters join around it.
            return isVirama(neighbour(-1)) || isArabicJoin(scalars, index)
        case 0x200D: return isVirama(neighbour(-1))
        case 0x00B7: return neighbour(-1) == "l" && neighbour(1) == "l"
        case 0x0375: return neighbour(1).map { isScript($0, 0x370...0x3FF) } ?? false
        case 0x05F3, 0x05F4: return neighbour(-1).map { isScript($0, 0x590...0x5FF) } ?? false
        case 0x30FB:
            return scalars.contains {
                (0x3041...0x309F).contains($0.value)
                    || ((0x30A0...0x30FF).contains($0.value) && $0.value != 0x30FB)
                    || $0.properties.isIdeographic || $0.value == 0x3005
            }
        case 0x0660...0x0669:
            return !scalars.contains { (0x06F0...0x06F9).contains($0.value) }
        case 0x06F0...0x06F9:
            return !scalars.contains { (0x0660...0x0669).contains($0.value) }
        // Exceptions of RFC 5892 section 2.6, allowed and not.
        case 0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007: return true
        case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        case 0..<0x80: return false
        default: return isLetterDigit(scalar)
        }
    }

    /// LetterDigits of RFC 5892 section 2.1 that case folding and NFKC leave alone.
    private static func isLetterDigit(_ scalar: Unicode.Scalar) -> Bool {
        // Old Hangul Jamo and characters without a meaning of their own.
        if (0x1100...0x11FF).contains(scalar.value) || (0xA960...0xA97F).contains(scalar.value)
            || (0xD7B0...0xD7FF).contains(scalar.value)
        {
            return false
        }
        if scalar.properties.isDefaultIgnorableCodePoint { return false }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return !scalar.properties.changesWhenNFKCCaseFolded
        default: return false
        }
    }

    private static func isVirama(_ scalar: Unicode.Scalar?) -> Bool {
        scalar?.properties.canonicalCombiningClass == .virama
    }

    private static func isScript(_ scalar: Unicode.Scalar, _ block: ClosedRange<UInt32>) -> Bool {
        block.contains(scalar.value)
            || (block.lowerBound == 0x370
                && (0x1F00...0x1FFF).contains(scalar.value))
    }

    /// RFC 5892 appendix A.1, second rule, for the scripts whose letters join: between two letters
    /// of Arabic, Syriac or their kin, marks aside.
    private static func isArabicJoin(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        func joins(_ step: Int) -> Bool {
            var place = index + step
            while scalars.indices.contains(place) {
                let scalar = scalars[place]
                if scalar.properties.generalCategory != .nonspacingMark {
                    return scalar.properties.generalCategory == .otherLetter
                        && (0x0620...0x08FF).contains(scalar.value)
                }
                place += step
            }
            return false
        }
        return joins(-1) && joins(1)
    }
}

/// RFC 3492, as far as telling what an A-label stands for and how long one would be.
enum Punycode {
    private static let base = 36
    private static let lettersMin = 1
    private static let lettersMax = 26
    private static let skew = 38
    private static let damp = 700

    static func decode(_ bytes: FormatBytes) -> [Unicode.Scalar]? {
        var scalars: [Unicode.Scalar] = []
        var index = 0
        if let hyphen = bytes.lastIndex(of: Byte.minus) {
            for place in 0..<hyphen { scalars.append(Unicode.Scalar(bytes[place])) }
            index = hyphen + 1
        }
        guard index < bytes.count else { return nil }
        var code = 128
        var position = 0
        var bias = 72
        while index < bytes.count {
            let old = position
            var weight = 1
            var step = base
            while true {
                guard let digit = digit(bytes[index]) else { return nil }
                index += 1
                let (product, over) = digit.multipliedReportingOverflow(by: weight)
                guard !over, position <= 0x7FFF_FFFF - product else { return nil }
                position += product
                let threshold = threshold(step, bias)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight <= 0x7FFF_FFFF, index < bytes.count else { return nil }
                step += base
            }
            let count = scalars.count + 1
            bias = adapt(position - old, count, old == 0)
            code += position / count
            position %= count
            guard code <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
            scalars.insert(scalar, at: position)
            position += 1
        }
        return scalars
    }

    /// The encoded form, without the prefix.
    static func encode(_ scalars: [Unicode.Scalar]) -> String? {
        let basic = scalars.count { $0.isASCII }
        var text = ""
        for scalar in scalars where scalar.isASCII { text.unicodeScalars.append(scalar) }
        if basic > 0 { text += "-" }
        var code = 128
        var delta = 0
        var bias = 72
        var handled = basic
        while handled < scalars.count {
            guard let next = scalars.map({ Int($0.value) }).filter({ $0 >= code }).min() else {
                return nil
            }
            delta += (next - code) * (handled + 1)
            code = next
            for scalar in scalars {
                if Int(scalar.value) < code { delta += 1 }
                guard Int(scalar.value) == code else { continue }
                var rest = delta
                var step = base
                while true {
                    let threshold = threshold(step, bias)
                    if rest < threshold { break }
                    text.unicodeScalars.append(
                        letter(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    step += base
                }
                text.unicodeScalars.append(letter(rest))
                bias = adapt(delta, handled + 1, handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            code += 1
        }
        return text
    }

    private static func letter(_ digit: Int) -> Unicode.Scalar {
        Unicode.Scalar(UInt8(digit < 26 ? digit + 97 : digit + 22))
    }

    private static func threshold(_ step: Int, _ bias: Int) -> Int {
        min(max(step - bias, lettersMin), lettersMax)
    }

    private static func adapt(_ delta: Int, _ count: Int, _ first: Bool) -> Int {
        var delta = first ? delta / damp : delta / 2
        delta += delta / count
        var step = 0
        while delta > ((base - lettersMin) * lettersMax) / 2 {
            delta /= base - lettersMin
            step += base
        }
        return step + (base - lettersMin + 1) * delta / (delta + skew)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        if ASCII.isDigit(byte) { return Int(byte) - 22 }
        return ASCII.isLetter(byte) ? Int(byte | 0x20) - 97 : nil
    }
}
