internal import RIGModel

/// Columns for eyes: every column as wide as its widest cell, the last one free.
struct Table {
    private let headers: [String]
    private var rows: [[String]] = []

    init(_ headers: String...) {
        self.headers = headers
    }

    mutating func add(_ cells: String...) {
        precondition(cells.count == headers.count, "a row has a cell for every header")
        rows.append(cells.map(Printable.escaped))
    }

    /// The table with a line feed after every row.
    var text: String {
        let all = [headers] + rows
        let widths = headers.indices.map { column in
            all.map { $0[column].count }.max() ?? 0
        }
        var text = ""
        for row in all {
            for (column, cell) in row.enumerated() {
                text += cell
                if column + 1 < row.count {
                    text += String(repeating: " ", count: widths[column] - cell.count + 2)
                }
            }
            text += "\n"
        }
        return text
    }
}

/// Text from a pack or a caller, made safe to show on a terminal.
enum Printable {
    /// Control, format and bidirectional characters become \u{…}: what is shown is what is there.
    static func escaped(_ text: String) -> String {
        VisibleText.escaped(text)
    }
}

extension Printable {
    /// The same for text of several lines.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
            .joined(separator: "\n")
    }

    /// The same for what a pack says: set in after the first line, so that none of it can pass for
    /// a line of RIG's own.
    static func foreign(_ text: String) -> String {
        lines(text).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n    ")
    }
}
