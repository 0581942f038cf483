internal import RIGConfig
internal import RIGLinux
internal import RIGModel
internal import RIGSandbox
internal import RIGSecret
internal import RIGWorker

/// What rig.yaml grants and the pack asks for, put into the plan of the workers that serve.
extension SnapshotBuilder {
    /// Takes the values from their sources and makes the data folder. Blocks.
    nonisolated static func grant(
        _ grants: GrantsConfig, _ folders: [PackMetadata.Folder], _ slots: Set<String>,
        _ plan: WorkerPlan, _ machine: Machine, _ run: WorkRun
    ) throws(PackFault) -> (WorkerPlan, PackSecrets) {
        var plan = plan
        if folders.contains(.data), let access = grants.data {
            let path = try dataFolder(plan.namespace, run)
            plan.dataDirectory = path
            open(path, access, &plan)
        }
        if folders.contains(.workspace), let workspace = grants.workspace {
            let path = try workspaceFolder(workspace.path, run)
            plan.workspaceDirectory = path
            open(path, workspace.mode, &plan)
        }
        let secrets = try secrets(grants, slots, machine)
        if !plan.isElsewhere {
            plan.jail.environment.merge(secrets.environment) { _, secret in secret }
        }
        plan.redactor = secrets.redactor
        return (plan, secrets)
    }

    /// Takes the values from their sources. Blocks.
    nonisolated static func secrets(
        _ grants: GrantsConfig, _ slots: Set<String>, _ machine: Machine
    ) throws(PackFault) -> PackSecrets {
        do throws(SecretFault) {
            return try PackSecrets.resolve(
                grants.secrets, asked: slots, environment: machine.environment)
        } catch {
            throw .secret(error)
        }
    }

    private nonisolated static func open(
        _ path: String, _ access: GrantsConfig.Access, _ plan: inout WorkerPlan
    ) {
        // Where someone else confines it, the folder is what that one lets it be.
        if plan.isElsewhere { return }
        switch access {
        case .ro: plan.jail.readable.append(path)
        case .rw: plan.jail.writable.append(path)
        }
    }

    private nonisolated static func dataFolder(
        _ namespace: Namespace, _ run: WorkRun
    ) throws(PackFault) -> String {
        let path = Path.join(Path.join(run.stateFolder, "data"), namespace.text)
        do throws(Errno) {
            try Directory.makeAll(path)
            return try File.realPath(path)
        } catch {
            throw .dataFolder(path: path, error)
        }
    }

    /// A folder that holds RIG's own state, or lies in it, would give away tokens and the record.
    private nonisolated static func workspaceFolder(
        _ path: String, _ run: WorkRun
    ) throws(PackFault) -> String {
        let (real, state): (String, String)
        do throws(Errno) {
            real = try File.realPath(path)
            state = try File.realPath(run.stateFolder)
            guard try FileStatus.of(real).kind == .directory else { throw Errno.notDirectory }
        } catch {
            throw .workspace(path: path, why: "cannot be given: \(error.text)")
        }
        if isWithin(real, state) || isWithin(state, real) {
            throw .workspace(
                path: path, why: "cannot be given: it holds RIG's own state, or is in it")
        }
        return real
    }

    private nonisolated static func isWithin(_ path: String, _ folder: String) -> Bool {
        path == folder || folder == "/" || path.hasPrefix(folder + "/")
    }
}
