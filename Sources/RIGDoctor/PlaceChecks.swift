internal import RIGLinux
package import RIGPack
package import RIGSandbox
internal import RIGStore
internal import RIGWorker

/// What RIG starts and writes: its own files, interpreters, state, disk.
package enum PlaceChecks {
    /// Files that this copy of RIG starts or reads.
    package static func installation(_ installation: Installation) -> HealthCheck {
        var missing: [String] = []
        for runtime in Interpreter.Runtime.allCases {
            for path in [installation.runner(runtime), installation.profile(runtime)]
            where !isPresent(path) {
                missing.append(path)
            }
        }
        if missing.isEmpty {
            return HealthCheck("installation", .good, "whole, in \(installation.home)")
        }
        return HealthCheck(
            "installation", .bad, "missing: \(missing.joined(separator: ", "))",
            hint: "install RIG again, or set RIG_HOME")
    }

    /// Runs the interpreter to ask; blocks for up to some 100 ms.
    package static func interpreter(
        _ runtime: Interpreter.Runtime, named program: String, _ machine: Machine
    ) -> HealthCheck {
        let name = "interpreter.\(runtime.rawValue)"
        do throws(SandboxError) {
            let found = try machine.interpreter(runtime, named: program)
            return HealthCheck(name, .good, "\(found.version), \(found.executable)")
        } catch {
            return HealthCheck(
                name, .worth, "\(program): \(error.text)",
                hint: error.hint ?? "\(runtime.rawValue) packs cannot run without it")
        }
    }

    /// The profile compiles, which needs libseccomp to know this machine.
    package static func profile(
        _ runtime: Interpreter.Runtime, _ machine: Machine
    ) -> HealthCheck {
        let name = "profile.\(runtime.rawValue)"
        do throws(SandboxError) {
            let profile = try machine.jail(runtime).profile
            let filter = try FilterCache().filter(profile, [.writeFiles])
            return HealthCheck(
                name, .good, "libseccomp compiles it to \(filter.instructionCount) instructions")
        } catch {
            return HealthCheck(name, .bad, error.text, hint: error.hint)
        }
    }

    package static let freeBytesMin: UInt64 = 256 << 20

    /// Room and its inodes where state is kept.
    package static func disk(_ folder: String) -> HealthCheck {
        do throws(Errno) {
            let room = try DiskRoom.of(folder)
            let text = "\(room.freeBytes >> 20) MiB free in \(folder)"
            let isShort = room.freeBytes < freeBytesMin
            return HealthCheck(
                "disk", isShort ? .bad : .good, text,
                hint: isShort ? "side effects are refused when their record cannot be kept" : nil)
        } catch {
            return HealthCheck("disk", .bad, "\(folder): \(error.text)")
        }
    }

    /// The database opens as RIG's own; one that is not there yet is fine.
    package static func store(_ database: String) -> HealthCheck {
        do throws(StoreError) {
            guard isPresent(database) else {
                return HealthCheck("store", .good, "no call was made yet")
            }
            let opened = try Database.open(database, schema: .state, access: .reader)
            withExtendedLifetime(opened) {}
            return HealthCheck("store", .good, database)
        } catch {
            return HealthCheck(
                "store", .bad, "\(database) cannot be used: \(error)",
                hint: "rig audit verify says more; moving it away starts a new record")
        }
    }

    private static func isPresent(_ path: String) -> Bool {
        do throws(Errno) {
            return try FileStatus.ifPresent(path) != nil
        } catch {
            // What cannot be looked at cannot be used.
            return false
        }
    }
}
