/// Documents to start from and small damages to do to them.
enum TextMutation {
    static let seeds: [[UInt8]] = [
        #"{"city":"Zürich","days":3,"units":"metric","include":["wind","rain"],"at":null}"#,
        #"{"a":{"b":[1,2.5,-3e-7,0.1E+2,{"c":"d\n\"\\\u00e9\ud83d\ude00"}],"e":true},"f":false}"#,
        "[\n  [],\n  {},\n  \"\",\n  0,\n  [[[1]]],\n  \"\u{e9}\u{20ac}\u{1f600}\"\n]",
        #""a string of its own with \\ and \" and \/ in it""#,
        "-12345.678e+90",
        #"[{"id":1,"t":"x"},{"id":2,"t":"yy"},{"id":3,"t":"zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"}]"#,
        #"{"":{"":{"":[null,true,false,"\b\f\n\r\t"]}}}"#,
        "[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31]",
    ].map { Array($0.utf8) }

    private static let tokens: [[UInt8]] = [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "\\udc00", "0", "1", "-", ".",
        "e", "E+", "true", "null", " ", "\n", "\t", "\u{0}", "\u{1}", "\u{7f}", "é", "😀",
        "\u{feff}",
        "\"a\":", "{\"a\":1}", "[]", "//", "1e999",
    ].map { Array($0.utf8) }

    static func mutate(_ text: inout [UInt8], using random: inout SeededGenerator) {
        let place = Int.random(in: 0...text.count, using: &random)
        let end = min(text.count, place + Int.random(in: 0...6, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0: text.removeSubrange(place..<end)
        case 1: text.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: place)
        case 2: text.insert(contentsOf: text[place..<end], at: place)
        case 3:
            if place < text.count { text[place] = UInt8.random(in: 0...255, using: &random) }
        case 4:
            if place < text.count { text[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 5: text.removeSubrange(place...)
        default:
            if place < text.count, let other = text.indices.randomElement(using: &random) {
                text.swapAt(place, other)
            }
        }
    }
}
