internal import RIGLinux
internal import RIGLoop

/// What is behind a worker's frames: a process that RIG started in a jail, or a connection to a
/// runner that someone else supervises.
@RequestLoop
protocol WorkerBody: AnyObject {
    /// 0 where it is not known.
    var processID: Int32 { get }
    /// nil: the runner has one of its own.
    var workDirectoryInside: String? { get }
    /// How it ended, once it did.
    var end: WorkerEnd? { get }
    /// The last line on stderr, where RIG sees that.
    var lastWords: String? { get }

    /// `onEnd` is told of its end, once.
    func watch(onEnd: @escaping @RequestLoop () -> Void) throws(Errno)
    /// The descriptors of its frames, each taken once.
    func takeToWorker() throws(Errno) -> Descriptor
    func takeFromWorker() throws(Errno) -> Descriptor
    /// Begins to read what it prints, where RIG sees that.
    func listen(_ plan: WorkerPlan, _ voice: WorkerVoice) throws(Errno)
    /// Ends it now.
    func kill()
    /// It has ended: reports what it printed last.
    func close()
    /// Removes what it left.
    func discard() async
}
