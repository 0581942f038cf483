package import RIGLinux
package import RIGLoop

/// Calls back when one file changed, however an editor writes it: in place, or by a rename.
@RequestLoop
package final class ConfigWatch {
    /// Editors write in several steps; the last of them counts.
    private static let quietNanoseconds: UInt64 = 100_000_000

    private let folder: FolderWatch
    private let name: String
    private let action: @RequestLoop () -> Void
    private var watch: Watch?
    private var timer: LoopTimer?

    /// - Throws: what the kernel refused.
    package init(
        _ path: String, _ action: @escaping @RequestLoop () -> Void
    ) throws(Errno) {
        folder = try FolderWatch(Path.parent(path))
        name = Path.name(path)
        self.action = action
        watch = try EventLoop.shared.watch(folder.fd, .readable) { [weak self] _ in self?.look() }
    }

    /// No callback comes after this.
    package func close() {
        if let watch { EventLoop.shared.cancel(watch) }
        if let timer { EventLoop.shared.cancel(timer) }
        watch = nil
        timer = nil
    }

    private func look() {
        do throws(Errno) {
            let names = try folder.take()
            // The empty name: the kernel dropped some.
            guard names.contains(name) || names.contains("") else { return }
        } catch {
            // A watch that cannot be read would be reported for ever.
            return close()
        }
        if let timer { EventLoop.shared.cancel(timer) }
        timer = EventLoop.shared.after(nanoseconds: Self.quietNanoseconds) { [weak self] in
            self?.timer = nil
            self?.action()
        }
    }
}
