/// The formats that the standard names (2020-12 validation, section 7.3).
enum FormatCode: UInt8, CaseIterable {
    case none
    case dateTime, date, time, duration
    case email, idnEmail
    case hostname, idnHostname
    case ipv4, ipv6
    case uri, uriReference, iri, iriReference, uriTemplate
    case uuid
    case jsonPointer, relativeJSONPointer
    case regex

    /// Name in a schema, and what a message calls it.
    private var names: (name: String, phrase: String) {
        switch self {
        case .none: ("", "")
        case .dateTime: ("date-time", "a date-time of RFC 3339, as 2024-05-01T12:00:00Z")
        case .date: ("date", "a date, as 2024-05-01")
        case .time: ("time", "a time of RFC 3339, as 12:00:00Z")
        case .duration: ("duration", "a duration of ISO 8601, as P3DT12H")
        case .email: ("email", "an email address")
        case .idnEmail: ("idn-email", "an email address")
        case .hostname: ("hostname", "a host name")
        case .idnHostname: ("idn-hostname", "an international host name")
        case .ipv4: ("ipv4", "an IPv4 address")
        case .ipv6: ("ipv6", "an IPv6 address")
        case .uri: ("uri", "an absolute URI")
        case .uriReference: ("uri-reference", "a URI reference")
        case .iri: ("iri", "an absolute IRI")
        case .iriReference: ("iri-reference", "an IRI reference")
        case .uriTemplate: ("uri-template", "a URI template of RFC 6570")
        case .uuid: ("uuid", "a UUID")
        case .jsonPointer: ("json-pointer", "a JSON Pointer")
        case .relativeJSONPointer: ("relative-json-pointer", "a relative JSON Pointer")
        case .regex: ("regex", "a regular expression")
        }
    }

    var phrase: String { names.phrase }

    /// nil for names nobody knows, which ask nothing.
    static func named(_ name: String) -> FormatCode? {
        allCases.first { $0 != .none && $0.names.name == name }
    }

    func holds(_ text: String) -> Bool {
        let slackBytes = 64
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: slackBytes)
        return unsafe bytes.withUnsafeBufferPointer { all in
            // SAFETY: more bytes than the text has, so there is an address.
            guard let base = all.baseAddress else { return false }
            return unsafe holds(base, bytes.count - slackBytes)
        }
    }

    /// SAFETY: `bytes` is readable for `length` and 64 more: the slack of texts and of scratch.
    @inline(never)
    func holds(_ base: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let bytes = unsafe FormatBytes(base, length)
        return switch self {
        case .none: true
        case .dateTime: DateFormat.isDateTime(bytes)
        case .date: bytes.count == 10 && DateFormat.isDate(bytes)
        case .time: DateFormat.isTime(bytes, from: 0)
        case .duration: DurationFormat.isDuration(bytes)
        case .email: EmailFormat.isAddress(bytes, international: false)
        case .idnEmail: EmailFormat.isAddress(bytes, international: true)
        case .hostname: HostFormat.isHostname(bytes)
        case .idnHostname: HostFormat.isInternationalHostname(bytes)
        case .ipv4: AddressFormat.isIPv4(bytes)
        case .ipv6: AddressFormat.isIPv6(bytes)
        case .uri: URIFormat(international: false).isURI(bytes)
        case .uriReference: URIFormat(international: false).isReference(bytes)
        case .iri: URIFormat(international: true).isURI(bytes)
        case .iriReference: URIFormat(international: true).isReference(bytes)
        case .uriTemplate: URITemplateFormat.isTemplate(bytes)
        case .uuid: UUIDFormat.isUUID(bytes)
        case .jsonPointer: PointerFormat.isPointer(bytes)
        case .relativeJSONPointer: PointerFormat.isRelative(bytes)
        case .regex: PatternProgram.isValid(bytes.text)
        }
    }
}
